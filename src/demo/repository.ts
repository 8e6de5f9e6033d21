import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { mustRun } from '../setup/program.ts'

/** The shop as a git repository: a bare one that people push to, and the clone of somebody who works on it. */
export interface SampleRepository {
  /** The bare repository; what is added to Qaack. */
  origin: string
  branches: [main: string, other: string]
  /** Writes files on a branch, commits and pushes. Returns the commit. */
  push(branch: string, message: string, files: Record<string, string>): Promise<string>
}

type Sample = 'shop' | 'new-look'

/** Authors and times are fixed, so that the commits are the same everywhere; nothing of this machine's git counts. */
const surroundings = {
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_SYSTEM: '/dev/null',
  GIT_AUTHOR_NAME: 'Ada Harbour',
  GIT_AUTHOR_EMAIL: 'ada@example.org',
  GIT_COMMITTER_NAME: 'Ada Harbour',
  GIT_COMMITTER_EMAIL: 'ada@example.org',
  GIT_AUTHOR_DATE: '2025-05-01T08:00:00Z',
  GIT_COMMITTER_DATE: '2025-05-01T08:00:00Z',
}

/** Makes the sample below `folder`: branch `main`, and branch `new-look` with another theme and one product more. */
export async function makeSampleRepository(folder: string): Promise<SampleRepository> {
  const origin = path.join(folder, 'shop.git')
  const work = path.join(folder, 'shop')
  const git = (...args: string[]) => mustRun(['git', ...args], { cwd: work, env: surroundings })
  const commit = async (branch: string, message: string) => {
    await git('add', '--all')
    await git('commit', '--quiet', '--message', message)
    await git('push', '--quiet', 'origin', branch)
    return (await git('rev-parse', 'HEAD')).trim()
  }

  mkdirSync(work, { recursive: true })
  await git('init', '--quiet', '--bare', '--initial-branch=main', origin)
  await git('init', '--quiet', '--initial-branch=main')
  await git('remote', 'add', 'origin', origin)
  layOver('shop', work)
  await commit('main', 'feat: the shop')
  await git('checkout', '--quiet', '-b', 'new-look')
  layOver('new-look', work)
  await commit('new-look', 'feat: a new look, and coffee from Sumatra')

  return {
    origin,
    branches: ['main', 'new-look'],
    async push(branch, message, files) {
      await git('checkout', '--quiet', branch)
      for (const [file, content] of Object.entries(files)) writeFileSync(path.join(work, file), content)
      return commit(branch, message)
    },
  }
}

function layOver(sample: Sample, work: string): void {
  for (const [file, content] of Object.entries(sampleFiles(sample))) {
    mkdirSync(path.dirname(path.join(work, file)), { recursive: true })
    writeFileSync(path.join(work, file), content)
  }
}

/** What a branch of the shop is made of, by path; `new-look` is laid over `shop`. */
export function sampleFiles(sample: Sample): Record<string, string> {
  const folder = path.join(import.meta.dirname, sample)
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) =>
      path.relative(folder, path.join(parentPath, name)).split(path.sep).join('/'),
    )
    // what somebody's own try of the shop left behind
    .filter((file) => !/(^|\/)node_modules\/|build\.json$/.test(file))
  return Object.fromEntries(files.map((file) => [file, readFileSync(path.join(folder, file), 'utf8')]))
}
