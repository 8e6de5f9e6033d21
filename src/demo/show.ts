import { readFileSync } from 'node:fs'
import path from 'node:path'
import type { ServerProcess } from '../setup/server-process.ts'
import { seconds } from '../setup/say.ts'
import { addSample, followBuild, type Preview } from './previews.ts'
import { provePreview, proveText } from './prove.ts'
import { makeSampleRepository } from './repository.ts'
import { tell } from './terminal.ts'

/** Products of each branch: the overlay of the second one adds one. */
const products: Record<string, number> = { main: 6, 'new-look': 7 }

/** The show itself, on a server that runs: from a repository to previews that answer, and one push more. */
export async function showDemo(server: ServerProcess, folder: string): Promise<void> {
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

const headline = 'in a brown paper bag'

function betterHeadline(): string {
  const page = readFileSync(path.join(import.meta.dirname, 'shop/web/page.js'), 'utf8')
  return page.replace('in a paper bag', headline)
}
