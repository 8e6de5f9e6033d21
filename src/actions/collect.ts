/** Bytes of output that are kept. */
const most = 1024 * 1024

export interface Collected {
  add: (chunk: Buffer) => void
  /** As UTF-8; says so at its end if something is left out. */
  text(): string
}

/** Gathers output up to 1 MiB; what is beyond is left out. */
export function collect(): Collected {
  const chunks: Buffer[] = []
  let kept = 0
  let seen = 0
  return {
    add(chunk) {
      seen += chunk.length
      const part = chunk.subarray(0, most - kept)
      if (part.length === 0) return
      kept += part.length
      chunks.push(part)
    },
    text() {
      const text = new TextDecoder().decode(Buffer.concat(chunks), { stream: seen > kept })
      return seen > kept
        ? `${text}\n[the output was ${seen} bytes long; what came after the first ${most} is left out]\n`
        : text
    },
  }
}
