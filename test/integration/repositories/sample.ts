import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { TestContext } from 'node:test'
import { systemClock } from '../../../src/clock.ts'
import { parseAddress } from '../../../src/repositories/address.ts'
import { createGit, type Git } from '../../../src/repositories/git.ts'
import { createMirror, type Mirror } from '../../../src/repositories/mirror.ts'
import { branchesAndTags, type Remote } from '../../../src/repositories/remote.ts'

/** A folder that goes with the test. */
export function folderFor(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'qaack-git-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

export function testGit(environment: Record<string, string | undefined> = {}): Git {
  return createGit({ environment: { PATH: process.env['PATH'], ...environment }, clock: systemClock })
}

export function remoteAt(url: string, credentials: Remote['credentials'] = null): Remote {
  const parsed = parseAddress(url)
  if ('fault' in parsed) throw new Error(parsed.fault)
  return { address: parsed.address, credentials, refspecs: branchesAndTags }
}

export function mirrorAt(folder: string, url: string, git: Git = testGit()): Mirror {
  return createMirror({
    dir: join(folder, 'mirrors', 'm.git'),
    remote: remoteAt(url),
    git,
    clock: systemClock,
  })
}

/** Runs git as somebody with a name, in a folder; says what it wrote. */
export function gitIn(folder: string, ...args: string[]): string {
  const env = {
    PATH: process.env['PATH'],
    HOME: '/nowhere',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_AUTHOR_NAME: 'A U Thor',
    GIT_AUTHOR_EMAIL: 'author@example.com',
    GIT_COMMITTER_NAME: 'A U Thor',
    GIT_COMMITTER_EMAIL: 'author@example.com',
    GIT_AUTHOR_DATE: '2024-05-06T07:08:09Z',
    GIT_COMMITTER_DATE: '2024-05-06T07:08:09Z',
  }
  return execFileSync('git', ['-c', 'protocol.file.allow=always', '-c', 'safe.directory=*', ...args], {
    cwd: folder,
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 1 << 28,
  })
}

/** Content of files by path; null removes; a symlink is `{link}`, a program `{run}`. */
export type Files = Record<string, string | Buffer | null | { link: string } | { run: string }>

export function newRepository(folder: string, name = 'origin', ...flags: string[]): string {
  const repository = join(folder, name)
  mkdirSync(repository, { recursive: true })
  gitIn(repository, 'init', '--quiet', '-b', 'main', ...flags)
  return repository
}

/** Commits these files and says the hash. */
export function commit(repository: string, files: Files, message = 'a change'): string {
  for (const [path, content] of Object.entries(files)) put(join(repository, path), content)
  gitIn(repository, 'add', '--all')
  gitIn(repository, 'commit', '--quiet', '--allow-empty', '-m', message)
  return gitIn(repository, 'rev-parse', 'HEAD').trim()
}

function put(path: string, content: Files[string] | undefined): void {
  rmSync(path, { recursive: true, force: true })
  if (content === null || content === undefined) return
  mkdirSync(dirname(path), { recursive: true })
  if (typeof content === 'string' || Buffer.isBuffer(content)) writeFileSync(path, content)
  else if ('link' in content) symlinkSync(content.link, path)
  else {
    writeFileSync(path, content.run)
    chmodSync(path, 0o755)
  }
}
