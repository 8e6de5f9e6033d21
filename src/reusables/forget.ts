import type { BuildRecord } from '../builds/build.ts'
import type { ReusableRecord } from '../builds/reusable.ts'
import { removeAll } from '../environments/effects.ts'
import type { Resource } from '../engines/engine.ts'
import { messageOf } from '../errors.ts'
import type { Parts } from '../parts.ts'
import { Conflict } from '../stores/store.ts'
import { isOwnedImage, isSavedImage } from './owned.ts'

/** Forgets what was saved, then takes the images away. False for one that was changed since it was read: somebody uses it. */
export async function dropReusable(parts: Parts, { id, version }: ReusableRecord): Promise<boolean> {
  try {
    await parts.store.commit([{ remove: 'reusable', id, version }])
  } catch (error) {
    if (error instanceof Conflict) return false
    throw error
  }
  await removeLostImages(parts)
  return true
}

/**
 * What only an environment itself may start from goes with it: what it is reset to, and what somebody untrusted had a hand in.
 * Other environments go on using the rest.
 */
export async function forgetEnvironment(parts: Parts, environmentId: string): Promise<void> {
  const records = await parts.store.list('reusable', { environmentId })
  const own = records.filter(({ purpose, trusted }) => purpose === 'reset' || !trusted)
  if (own.length === 0) return
  for (const record of own) await dropReusable(parts, record)
  await removeWhenFree(parts)
}

/** A build has come to a good end: what the environment was reset to before it is not what it would be reset to now. */
export async function forgetOlderResets(parts: Parts, build: BuildRecord): Promise<void> {
  if (build.start === 'reset') return
  const { environmentId } = build
  const records = await parts.store.list('reusable', { environmentId, purpose: 'reset' })
  for (const record of records) if (record.buildId !== build.id) await dropReusable(parts, record)
}

/** Milliseconds before the second try; twice as many before each after it. */
const firstPause = 250
const tries = 9
/** Tries that a server which ends still makes, so that nothing stays if it was the last thing that it did. */
const lastTries = 20

/** Takes away what no record knows as soon as no container is made of it any more; not for ever, a later look is there too. */
export async function removeWhenFree(parts: Parts): Promise<void> {
  const { clock, ending } = parts
  for (let done = 0; done < tries && !ending.aborted; done += 1) {
    if ((await removeLostImages(parts)) === 0) return
    await clock.sleep(firstPause * 2 ** done, ending)
  }
  if (!ending.aborted) return
  for (let done = 0; done < lastTries; done += 1) {
    if ((await removeLostImages(parts)) === 0) return
    await clock.sleep(firstPause)
  }
}

/** Milliseconds before each look for what the engine was still making when its save was given up. */
const lateLooks = [1_000, 5_000, 15_000, 60_000, 240_000, 900_000]

/** A save was given up, and an engine ends what it has begun all the same. Looks for that beside whoever asks, for 20 minutes. */
export function removeLater(parts: Parts): void {
  const { background, clock, ending } = parts
  const look = async () => {
    for (const pause of lateLooks) {
      await clock.sleep(pause, ending)
      await removeLostImages(parts)
      if (ending.aborted) return
    }
  }
  background.run('look for what was saved too late', () => background.latest('late images', look))
}

/**
 * Takes away saved images that no record knows, and returns how many the engine did not give up, since a container is made of
 * them. Images are listed first: whatever is saved was written down before.
 */
export async function removeLostImages(parts: Parts): Promise<number> {
  const lost = await lostImages(parts)
  for (const image of lost)
    await removeAll(parts, [image]).catch((error: unknown) =>
      parts.logger.debug({ image: image.name }, `a saved image stays for now: ${messageOf(error)}`),
    )
  return lost.length === 0 ? 0 : (await lostImages(parts)).length
}

async function lostImages(parts: Parts): Promise<Resource[]> {
  const listed = await parts.engine.list({ 'qaack.instance': parts.instance }, ['image'])
  const saved = listed.filter(isSavedImage)
  if (saved.length === 0) return []
  const records = await parts.store.list('reusable')
  return saved.filter((image) => !isOwnedImage(image, records))
}
