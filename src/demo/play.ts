import type Docker from 'dockerode'
import type { ServerProcess } from '../setup/server-process.ts'

/** What a show happens on. */
export interface Stage {
  server: ServerProcess
  /** The engine that the server uses. */
  docker: Docker
  /** For whatever the show writes; goes with it. */
  folder: string
}

/** One demo: what happens on the stage, each step told and proven on the terminal. What goes wrong is thrown. */
export interface Play extends AsyncDisposable {
  /** Environment variables that its server is started with. */
  settings: Record<string, string>
  /** Up to where people may look around. */
  show(stage: Stage): Promise<void>
  /** What is left to show when they have; nothing in some. */
  finish(stage: Stage): Promise<void>
}
