/**
 * Flags of the Node that runs the service, wherever it is started; the first line of src/cli/qaack.mjs and the Dockerfile
 * have the same. With it memory is given back when the service is quiet (see memory.ts).
 */
export const nodeFlags = ['--expose-gc']
