import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { checkout } from '../builds/checkout.ts'
import { systemClock } from '../clock.ts'
import type { Container } from '../engines/engine.ts'
import { createGit } from '../repositories/git.ts'
import { createMirror, type Mirror } from '../repositories/mirror.ts'
import { branchesAndTags } from '../repositories/remote.ts'
import { inBenchContainer } from './container.ts'
import { makeFiveThousand } from './five-thousand.ts'
import { median, type BenchRow } from './table.ts'

const rounds = 5
const options = { path: null, depth: 0, submodules: false, lfs: false }

/**
 * `checkout`: the code of a repository of 5,000 files into a container that runs, fresh and as a change of ten files;
 * beside it `git clone` and `git pull` in the same container, from a bare repository that lies in it too. The rounds go
 * around all of them, so that a busy minute of the machine hits all.
 */
export async function benchCheckout(): Promise<BenchRow[]> {
  const work = mkdtempSync(join(tmpdir(), 'qaack-bench-'))
  try {
    const { origin, before, after } = await makeFiveThousand(work)
    const git = createGit({ environment: process.env, clock: systemClock })
    const remote = {
      address: { kind: 'local' as const, url: origin, origin: '' },
      credentials: null,
      refspecs: branchesAndTags,
    }
    const mirror = createMirror({ dir: join(work, 'mirror.git'), remote, git, clock: systemClock })
    await mirror.fetch()
    return await inBenchContainer((container) => measure(container, mirror, { before, after }))
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

async function measure(
  container: Container,
  mirror: Mirror,
  commits: { before: string; after: string },
): Promise<BenchRow[]> {
  const { before, after } = commits
  const put = (path: string, hash: string, previous?: string) =>
    checkout({
      mirror,
      hash,
      ref: { type: 'branch', name: 'main' },
      container,
      path,
      options,
      ...(previous === undefined ? {} : { previous }),
    })
  // The bare repository that the peers fetch from is one of our own checkouts.
  await put('/bench/origin', after)
  const took = { fresh: [] as number[], clone: [] as number[], change: [] as number[], pull: [] as number[] }
  for (let round = 0; round < rounds; round += 1) {
    await run(container, ['git', '-C', '/bench/origin', 'update-ref', 'refs/heads/main', before])
    const fresh = async () => took.fresh.push(await time(() => put(`/bench/ours-${round}`, before)))
    const clone = async () =>
      took.clone.push(
        await time(() =>
          run(container, ['git', 'clone', '-q', 'file:///bench/origin', `/bench/clone-${round}`]),
        ),
      )
    // Who comes first finds the machine colder.
    for (const one of round % 2 === 0 ? [fresh, clone] : [clone, fresh]) await one()
    await run(container, ['git', '-C', '/bench/origin', 'update-ref', 'refs/heads/main', after])
    took.change.push(await time(() => put(`/bench/ours-${round}`, after, before)))
    took.pull.push(
      await time(() => run(container, ['git', '-C', `/bench/clone-${round}`, 'pull', '-q', '--ff-only'])),
    )
    await mustBeClean(container, `/bench/ours-${round}`)
  }
  const clone = median(took.clone)
  return [
    row('5,000 files, fresh', median(took.fresh), { 'git clone': clone }),
    row('change of 10 files', median(took.change), { 'git pull': median(took.pull), 'git clone': clone }),
  ]
}

function row(measure: string, value: number, beside: BenchRow['beside']): BenchRow {
  return { name: 'checkout', measure, value, unit: 'ms', beside }
}

async function time(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  await work()
  return performance.now() - began
}

/** A checkout that is not what it should be is not fast, it is wrong. */
async function mustBeClean(container: Container, path: string): Promise<void> {
  const said = await run(container, ['git', '-C', path, 'status', '--porcelain'])
  if (said !== '') throw new Error(`the checkout is not clean: ${said.slice(0, 200)}`)
}

async function run(container: Container, command: string[]): Promise<string> {
  const said: Buffer[] = []
  const { exitCode } = await container.exec({ command, user: '0', onOutput: (chunk) => said.push(chunk) })
  const output = Buffer.concat(said).toString('utf8')
  if (exitCode !== 0) throw new Error(`${command.join(' ')} failed: ${output}`)
  return output
}
