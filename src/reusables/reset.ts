import type { BuildRecord } from '../builds/build.ts'
import type { ReusableRecord } from '../builds/reusable.ts'
import type { Parts } from '../parts.ts'

/** What an environment is reset to: saved by the newest build that came to a good end, if that was one of this commit. */
export async function resetOf(
  parts: Parts,
  environmentId: string,
  hash: string,
): Promise<{ record: ReusableRecord; build: BuildRecord } | null> {
  const records = await parts.store.list('reusable', { environmentId, purpose: 'reset', status: 'ready' })
  for (const record of records.toSorted((one, other) => other.savedAt - one.savedAt)) {
    const build = await parts.store.get('build', record.buildId)
    if (build?.outcome === 'succeeded' && build.hash === hash) return { record, build }
  }
  return null
}
