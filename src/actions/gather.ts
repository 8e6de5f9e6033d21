import type { Parts } from '../parts.ts'
import { collect } from './collect.ts'
import { startAction } from './run.ts'

/** What a quick action gave that went well. */
export type ActionOutput =
  | { output: 'string'; text: string }
  | { output: 'file'; filename: string; bytes: number }
  | { output: 'none' }

/**
 * Runs a quick action to its end. Of text the first MiB is kept, of a file only its length. What speaks against it, and a
 * command that fails, is QaackError `conflict`. `by` is who asked, for people.
 */
export async function runAction(
  parts: Parts,
  environmentId: string,
  name: string,
  asked: { by: string; signal: AbortSignal },
): Promise<ActionOutput> {
  const { output, filename, pieces, ended } = await startAction(parts, environmentId, name, asked)
  const text = collect()
  let bytes = 0
  for await (const piece of pieces as AsyncIterable<Buffer>) {
    bytes += piece.length
    if (output === 'string') text.add(piece)
  }
  await ended
  switch (output) {
    case 'none':
      return { output }
    case 'string':
      return { output, text: text.text() }
    case 'file':
      return { output, filename, bytes }
  }
}
