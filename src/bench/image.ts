import { ensureBaseImages } from '../setup/base-image.ts'
import { ensureEngine } from '../setup/engine.ts'
import { saySetup } from '../setup/say.ts'

let made: Promise<string> | undefined

/** The image that everything measured here runs in: Debian with git and Node. Made once, kept by the engine. */
export function benchImage(): Promise<string> {
  made ??= make()
  return made
}

async function make(): Promise<string> {
  const { docker } = await ensureEngine({ say: saySetup })
  const { node } = await ensureBaseImages({ docker, say: saySetup })
  return node
}
