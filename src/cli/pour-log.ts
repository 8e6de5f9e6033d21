import { once } from 'node:events'
import type { World } from './terminal/world.ts'

/** Writes a log to stdout as it comes, no faster than it is read there; as JSON, one `{"log": line}` a line. */
export async function pourLog(world: World, chunks: AsyncIterable<string>): Promise<void> {
  if (!world.json) {
    let last = '\n'
    for await (const chunk of chunks) {
      await write(world, chunk)
      last = chunk.at(-1) ?? last
    }
    if (last !== '\n') await write(world, '\n')
    return
  }
  let rest = ''
  for await (const chunk of chunks) {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) await write(world, `${JSON.stringify({ log: line })}\n`)
  }
  if (rest !== '') await write(world, `${JSON.stringify({ log: rest })}\n`)
}

async function write(world: World, text: string): Promise<void> {
  if (!world.stdout.write(text)) await once(world.stdout, 'drain')
}
