import type { Parts } from '../parts.ts'
import { createLiveMasker, type Masker } from './mask.ts'
import { secretsOf } from './masker-for.ts'

/** Milliseconds between two looks where nothing was heard: another process may have been told the secret. */
const lookTime = 5_000

export interface FollowingMasker {
  /** Its masks hide what is a secret when a piece goes through them, not only what was one when they were made. */
  masker: Masker
  /** Resolves when it knows what this process was told till now. Fails as `maskerFor` does. */
  fresh: () => Promise<void>
  /** The same of what any process was told. */
  look: () => Promise<void>
  /** Safe twice. */
  stop: () => void
}

/**
 * Hides what a repository's services may know, as `maskerOf` does, also such secrets as come while it is in use. It looks by
 * itself until it is stopped; whoever can wait asks for `fresh` before each piece.
 */
export async function followMasker(
  parts: Pick<Parts, 'store' | 'secretKey' | 'clock' | 'logger'>,
  repositoryId: string,
): Promise<FollowingMasker> {
  const masker = createLiveMasker([])
  const stopped = new AbortController()
  let isStale = true
  let reading: Promise<void> = Promise.resolve()

  async function read(): Promise<void> {
    if (!isStale) return
    // Before: what comes while it reads is read the next time.
    isStale = false
    try {
      const repository = await parts.store.get('repository', repositoryId)
      // Of one that is gone all stays hidden that was.
      if (repository) masker.hide(await secretsOf(parts, repository))
    } catch (error) {
      isStale = true
      throw error
    }
  }

  function fresh(): Promise<void> {
    reading = reading.catch(() => undefined).then(read)
    return reading
  }

  function look(): Promise<void> {
    isStale = true
    return fresh()
  }

  const failed = (error: unknown) => parts.logger.error({ err: error }, 'new secrets could not be read')
  const forget = parts.store.watch(({ kind, id }) => {
    if (kind === 'variable' || (kind === 'repository' && id === repositoryId)) look().catch(failed)
  })
  try {
    await fresh()
  } catch (error) {
    forget()
    throw error
  }
  stopped.signal.addEventListener('abort', forget)
  parts.clock.every(lookTime, look, stopped.signal, failed)
  return { masker, fresh, look, stop: () => stopped.abort() }
}
