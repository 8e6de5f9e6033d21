import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ServerProcess, until } from '../setup/server-process.ts'
import { isGone } from './from-outside.ts'
import { benchImage } from './image.ts'
import { addRepository, answers, pushAndCreate, sampleOrigin } from './origin.ts'
import { median, type BenchRow } from './table.ts'

const bareScript = fileURLToPath(new URL('bare-push.sh', import.meta.url))
const rounds = 5

/** `push_cold`: from the push of a new branch to its first 200, beside the same git and docker work by a bare script. */
export async function benchPush(): Promise<BenchRow[]> {
  const image = await benchImage()
  const work = mkdtempSync(join(tmpdir(), 'qaack-bench-'))
  const origin = sampleOrigin(join(work, 'origin.git'), image)
  const ours: number[] = []
  const bare: number[] = []
  try {
    await using server = await ServerProcess.start()
    const repository = await addRepository(server, 'bench', origin.dir)
    // Taking turns, so that whatever else the machine does meets both.
    for (let round = 0; round < rounds; round += 1) {
      ours.push(await pushToUs(server, repository, origin, `ours-${round}`))
      bare.push(pushToBare(origin, `bare-${round}`, work, image))
    }
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
  const [mine, theirs] = [median(ours), median(bare)]
  return [
    {
      name: 'push_cold',
      measure: 'push of a new branch to its first 200',
      value: mine,
      unit: 's',
      beside: { 'bare script': theirs },
    },
  ]
}

/** Seconds from the push to the first 200 through the proxy. */
export async function pushToUs(
  server: ServerProcess,
  repository: string,
  origin: { push(branch: string): void },
  branch: string,
): Promise<number> {
  const began = performance.now()
  const id = await pushAndCreate(server, repository, origin, branch)
  await answers(server, id)
  const seconds = (performance.now() - began) / 1000
  await server.api('DELETE', `/api/environment/${id}`)
  await until(() => Promise.resolve(isGone(id)), 'the preview is gone')
  return seconds
}

/** The same by a bare script, from an image that it is given. */
export function pushToBare(
  origin: { dir: string; push(branch: string): void },
  branch: string,
  work: string,
  image: string,
): number {
  const began = Date.now()
  origin.push(branch)
  const answered = execFileSync(bareScript, [origin.dir, branch, work, image], { encoding: 'utf8' })
  return (Number(answered) / 1e6 - began) / 1000
}
