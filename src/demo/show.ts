import { seconds } from '../setup/say.ts'
import { betterHeadline, headline } from './headline.ts'
import type { Play, Stage } from './play.ts'
import { addSample, followBuild, type Preview } from './previews.ts'
import { provePreview, proveText } from './prove.ts'
import { makeSampleRepository } from './repository.ts'
import { tell } from './terminal.ts'

/** Products of each branch: the overlay of the second one adds one. */
const products: Record<string, number> = { main: 6, 'new-look': 7 }

/** From a repository to previews of its branches that answer, and one push more. */
export function showBranches(): Play {
  return {
    settings: {},
    show,
    finish: () => Promise.resolve(),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }
}

async function show({ server, folder }: Stage): Promise<void> {
  tell.step('A repository with two branches')
  const sample = await makeSampleRepository(folder)
  tell.plain(`  ${sample.origin}: ${sample.branches.join(', ')}`)
  const { repository, environments } = await addSample(server, sample)

  tell.step('A preview of each branch')
  const width = Math.max(...sample.branches.map((branch) => branch.length))
  const started = performance.now()
  const previews = await Promise.all(
    sample.branches.map(async (branch, index) => {
      const id = environments.get(branch) ?? ''
      await server.api('PUT', `/api/environment/${id}`, {})
      return followBuild(server, { id, branch }, { build: 1, width, index })
    }),
  )
  tell.plain(`  both built in ${seconds(performance.now() - started)}`)

  tell.step('They answer')
  for (const preview of previews) await provePreview(server, preview, products[preview.branch] ?? 0)

  const [, changed] = previews
  if (!changed) return
  tell.step('A push, and its preview follows')
  const pushed = performance.now()
  await sample.push(changed.branch, 'feat: a better headline', { 'web/page.js': betterHeadline() })
  await server.api('POST', `/api/repository/${repository}/sync`)
  const rebuilt = await followBuild(server, changed, { build: 2, width, index: 1 })
  await proveText(server, rebuilt, headline)
  tell.plain(`  ${seconds(performance.now() - pushed)} from the push to the answer`)

  tell.step('Look at them')
  for (const { weburl, branch } of [previews[0], rebuilt].filter(
    (each): each is Preview => each !== undefined,
  ))
    tell.plain(`  ${branch.padEnd(width)}  ${weburl}`)
  tell.plain(`\n  QAACK_URL=http://127.0.0.1:${server.port} QAACK_TOKEN=${server.token} npx qaack env list`)
}
