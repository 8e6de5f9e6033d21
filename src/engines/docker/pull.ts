import type { Readable } from 'node:stream'
import { BuildFailure, isQaackError, messageOf, QaackError } from '../../errors.ts'
import type { Connection } from './connection.ts'
import { credentialsFor } from './credentials.ts'
import { explain, wordsOf } from './errors.ts'
import { registryOf, withTag } from './image-name.ts'
import { jsonLines } from './json-lines.ts'
import { createProgress, type Progress } from './progress.ts'

/** Pulls an image. A BuildFailure says what to do when it cannot be had. */
export async function pull(
  connection: Connection,
  image: string,
  options: { configFile: string; onProgress: (progress: Progress) => void; signal: AbortSignal },
): Promise<void> {
  const { signal } = options
  const what = `pull the image ${image}`
  const authconfig = await credentialsFor(image, options.configFile)
  const progress = createProgress()
  try {
    const lines = await connection.stream(
      what,
      (docker, abortSignal) =>
        docker.pull(withTag(image), { abortSignal, ...(authconfig ? { authconfig } : {}) }),
      signal,
    )
    for await (const line of jsonLines(lines as Readable)) options.onProgress(progress.add(line))
  } catch (error) {
    if (signal.aborted) throw signal.reason
    throw failure(image, error, what)
  }
  if (progress.fault !== undefined) throw failure(image, new Error(progress.fault), what)
}

function failure(image: string, error: unknown, what: string): Error {
  const known = explain(error, what)
  if (isQaackError(known, 'engine_unavailable') || isQaackError(known, 'disk_full')) return known
  const cause = known instanceof QaackError && known.cause !== undefined ? known.cause : error
  const words = wordsOf(cause)
  return new BuildFailure(`the image ${image} cannot be pulled: ${words}; ${remedy(image, words)}`, {
    cause: messageOf(error) === words ? error : cause,
  })
}

function remedy(image: string, words: string): string {
  const registry = registryOf(image)
  if (/toomanyrequests|rate limit/i.test(words))
    return `wait, or log in to ${registry} with docker login on this machine`
  if (
    /no such host|i\/o timeout|connection refused|TLS handshake|deadline exceeded|network is unreachable/i.test(
      words,
    )
  ) {
    return `check that this machine reaches ${registry}`
  }
  if (/invalid reference format/i.test(words)) return 'write it as name:tag'
  return `check its name, or log in to ${registry} with docker login on this machine if it is private`
}
