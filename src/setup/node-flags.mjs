/**
 * Flags of the Node that runs the service, wherever it is started; the first line of src/cli/qaack.mjs and the Dockerfile
 * have the same. With the first, memory is given back when the service is quiet (see memory.ts). The second keeps the young
 * generation at 8 MiB: with more, what webhooks leave outside of V8's heap piles up until V8 collects everything, which
 * holds the thread up for 10 to 20 ms (see decision 15).
 */
export const nodeFlags = ['--expose-gc', '--max-semi-space-size=8']
