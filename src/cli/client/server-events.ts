/** One message of a stream of server-sent events. */
export interface ServerEvent {
  id: string
  event: string
  data: string
}

/** Characters of one message; more is not a message of ours. */
const mostData = 1024 * 1024

/** Reads server-sent events from text in chunks of any size, as the HTML standard has it; comments are left out. */
export async function* readServerEvents(chunks: AsyncIterable<string>): AsyncGenerator<ServerEvent> {
  let message = { event: 'message', data: [] as string[] }
  let id = ''
  for await (const line of readLines(chunks)) {
    if (line === '') {
      if (message.data.length > 0) yield { id, event: message.event, data: message.data.join('\n') }
      message = { event: 'message', data: [] }
      continue
    }
    const colon = line.indexOf(':')
    const field = colon === -1 ? line : line.slice(0, colon)
    const value = colon === -1 ? '' : line.slice(colon + 1).replace(/^ /, '')
    if (field === 'data') message.data.push(value)
    if (field === 'event') message.event = value
    if (field === 'id') id = value
  }
}

/** Lines that end with LF, CR or CRLF; what comes after the last line break is not a line yet. */
async function* readLines(chunks: AsyncIterable<string>): AsyncGenerator<string> {
  let rest = ''
  for await (const chunk of chunks) {
    rest += chunk
    if (rest.length > mostData) throw new Error('a message of the stream is larger than 1 MiB')
    // A CR at the very end may be the first half of a CRLF: it waits for what follows.
    const lines = rest.split(/\r\n|\n|\r(?!$)/)
    rest = lines.pop() ?? ''
    yield* lines
  }
}
