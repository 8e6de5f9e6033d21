import { createHttp, type Http } from './client/http.ts'
import { findServer } from './client/server.ts'
import type { World } from './terminal/world.ts'

/** The server this command talks to. */
export function connect(world: World): Http {
  return createHttp(findServer(world))
}

/** Shown below the help of a command. */
export function example(...lines: string[]): string {
  return `\nExample:\n${lines.map((line) => `  ${line}`).join('\n')}`
}
