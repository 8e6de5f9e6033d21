import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { betterHeadline, headline } from '../demo/headline.ts'
import { addSample } from '../demo/previews.ts'
import { makeSampleRepository } from '../demo/repository.ts'
import { ServerProcess, until } from '../setup/server-process.ts'
import { benchImage } from './image.ts'
import type { BenchRow } from './table.ts'

/** Milliseconds between two looks: what is measured must neither wait for who measures, nor share its processors with them. */
const often = 50

/**
 * The sample shop, which installs from npm and has a database: its first build, and a push after which it answers with
 * what was pushed, started from what the first one saved.
 */
export async function benchPushShop(): Promise<BenchRow[]> {
  await benchImage()
  const work = mkdtempSync(join(tmpdir(), 'qaack-bench-'))
  try {
    await using server = await ServerProcess.start()
    const sample = await makeSampleRepository(work)
    const { repository, environments } = await addSample(server, sample)
    const id = environments.get('main') ?? ''
    const says = async (text: string) => {
      const { status, body } = await server.get('/', `${id}.qaack.localhost`)
      return status === 200 && body.includes(text)
    }
    const first = await timed(async () => {
      await server.api('PUT', `/api/environment/${id}`)
      await until(() => says(''), 'the shop answers', 300, often)
    })
    const second = await timed(async () => {
      await sample.push('main', 'feat: a better headline', { 'web/page.js': betterHeadline() })
      await server.api('POST', `/api/repository/${repository}/sync`)
      await until(() => says(headline), 'the shop answers with what was pushed', 300, often)
    })
    return [
      {
        name: 'push_warm',
        measure: 'sample shop: push to what was pushed',
        value: second,
        unit: 's',
        beside: { 'its first build': first },
      },
    ]
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

/** Seconds. */
async function timed(work: () => Promise<void>): Promise<number> {
  const began = performance.now()
  await work()
  return (performance.now() - began) / 1000
}
