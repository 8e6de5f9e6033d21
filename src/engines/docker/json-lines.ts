import type { Readable } from 'node:stream'

/** The values of a stream of JSON, one a line, as the engine sends progress and events. */
export async function* jsonLines(stream: Readable): AsyncGenerator<unknown> {
  let rest = ''
  stream.setEncoding('utf8')
  for await (const chunk of stream as AsyncIterable<string>) {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) if (line.trim() !== '') yield JSON.parse(line)
  }
  if (rest.trim() !== '') yield JSON.parse(rest)
}
