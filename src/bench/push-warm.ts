import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ServerProcess, until } from '../setup/server-process.ts'
import { benchImage } from './image.ts'
import { addRepository, environments, sampleOrigin, type SampleOrigin } from './origin.ts'
import { pushToBare, pushToUs } from './push.ts'
import { median, type BenchRow } from './table.ts'

const rounds = 5
const savedImage = 'qaack-bench/saved:latest'

/**
 * `push_warm`: from the push of a changed branch to its first 200, starting from what main saved after its install step; beside it
 * the bare script, starting from an image that was committed after the same step. The first build of main, which installs, is
 * shown too.
 */
export async function benchPushWarm(): Promise<BenchRow[]> {
  const image = await benchImage()
  const work = mkdtempSync(join(tmpdir(), 'qaack-bench-'))
  const origin = sampleOrigin(join(work, 'origin.git'), image, { installs: true })
  const changed = { dir: origin.dir, push: (branch: string) => origin.pushChange(branch) }
  const [ours, bare]: [number[], number[]] = [[], []]
  try {
    await using server = await ServerProcess.start()
    const repository = await addRepository(server, 'bench', origin.dir)
    const first = await buildMain(server, repository)
    saveBare(origin, work, image)
    for (let round = 0; round < rounds; round += 1) {
      ours.push(await pushToUs(server, repository, changed, `ours-${round}`))
      bare.push(pushToBare(changed, `bare-${round}`, work, savedImage))
    }
    const theirs = median(bare)
    return [
      {
        name: 'push_warm',
        measure: 'first build, which installs and saves',
        value: first,
        unit: 's',
        beside: {},
      },
      {
        name: 'push_warm',
        measure: 'push of a change to its first 200',
        value: median(ours),
        unit: 's',
        beside: { 'bare script from a saved image': theirs },
      },
    ]
  } finally {
    rmSync(work, { recursive: true, force: true })
    execFileSync('docker', ['image', 'rm', '-f', savedImage], { stdio: 'ignore' })
  }
}

/** Seconds of the build that saves; throws if it did not save. */
async function buildMain(server: ServerProcess, repository: string): Promise<number> {
  const main = (await environments(server, repository)).find(({ gitRef }) => gitRef.name === 'main')
  const path = `/api/environment/${main?.id}`
  const began = performance.now()
  await server.api('PUT', path)
  const view = () =>
    server.api<{ status: string; reason: string; reusable: { saved: string[] } }>('GET', path)
  await until(
    async () => !['creating', 'created', 'queued', 'building'].includes((await view()).status),
    'main is built',
  )
  const { status, reason, reusable } = await view()
  if (status !== 'built' || !reusable.saved.includes('deps'))
    throw new Error(`main is ${status} and saved ${reusable.saved.join(', ') || 'nothing'}: ${reason}`)
  return (performance.now() - began) / 1000
}

/** What somebody with docker alone would save: the same image after the same step. */
function saveBare({ dir }: SampleOrigin, work: string, image: string): void {
  const name = `qaack-bench-save-${process.pid}`
  const clone = join(work, 'saved')
  execFileSync('git', ['clone', '-q', '--branch', 'main', dir, clone])
  const docker = (...words: string[]) => void execFileSync('docker', words, { stdio: 'ignore' })
  try {
    docker('run', '-d', '--name', name, image, 'sleep', 'infinity')
    docker('exec', name, 'mkdir', '-p', '/app')
    docker('cp', `${clone}/.`, `${name}:/app`)
    docker('exec', '-w', '/app', name, 'node', 'install.mjs')
    docker('commit', name, savedImage)
  } finally {
    docker('rm', '-f', name)
  }
}
