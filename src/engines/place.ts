import type { ContainerState } from './engine.ts'

/** Where this process reaches a port of a container that was started. */
export function placeOf(
  state: Pick<ContainerState, 'address' | 'publishedPorts'>,
  port: number,
): { host: string; port: number } {
  const published = state.publishedPorts[port]
  return published === undefined ? { host: state.address, port } : { host: '127.0.0.1', port: published }
}
