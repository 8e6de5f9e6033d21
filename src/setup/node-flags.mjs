/**
 * Flags of the Node that runs the service, wherever it is started; the first line of src/cli/qaack.mjs and the Dockerfile
 * have the same. With the first, memory is given back when the service is quiet (see memory.ts). The others make V8 collect
 * everything every few seconds under load instead of every second: each time holds the thread up for 10 to 20 ms, and
 * takes a tenth of a processor (see decision 15).
 */
export const nodeFlags = ['--expose-gc', '--max-semi-space-size=24', '--heap-growing-percent=200']
