import { readTree } from '../builds/checkout-tree.ts'
import type { Plan } from '../builds/plan.ts'
import { hasInputs, inputsOf, partKey, type Makings } from '../builds/reuse/makings.ts'
import type { ImageFacts } from '../engines/engine.ts'
import type { Parts } from '../parts.ts'

/** All that what this build makes depends on. `images` by the reference that the Qaackfile gives, as far as they are known. */
export async function makingsOf(
  parts: Parts,
  plan: Plan,
  images: ReadonlyMap<string, ImageFacts>,
  signal: AbortSignal,
): Promise<Makings> {
  const { qaackfile, identity, custom, mirror, source, environment } = plan
  const locked = environment.services.filter((service) => service.locked)
  const digestOf = async ({ name, image }: { name: string; image: string }) => {
    // That of a locked service is not needed any more, and may be nowhere.
    const facts = images.get(image) ?? (await parts.engine.prepare(image, { signal }).catch(() => undefined))
    signal.throwIfAborted()
    return [name, facts?.digest ?? image] as const
  }
  const [digests, inputs, { tree }] = await Promise.all([
    Promise.all(qaackfile.services.map(digestOf)),
    readInputs(plan, signal),
    // Remembered, and the next push asks it of this commit too.
    mirror.commitInfo(source.commit),
  ])
  return {
    qaackfile,
    identity,
    custom,
    digests: new Map(digests),
    locked: new Map(locked.map(({ name, containerId }) => [name, containerId ?? ''])),
    inputs,
    tree,
    key: partKey(parts.secretKey),
  }
}

async function readInputs(
  { qaackfile, mirror, source }: Plan,
  signal: AbortSignal,
): Promise<Makings['inputs']> {
  if (!hasInputs(qaackfile)) return new Map()
  const entries = await readTree(mirror, source.commit, { sizes: false, signal })
  const files = entries.map(({ path, mode, hash }) => ({
    path: Buffer.from(path, 'latin1').toString('utf8'),
    mode: mode.toString(8),
    hash,
  }))
  return inputsOf(qaackfile, files)
}
