import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { tryGit } from './bare.ts'

/** Somebody's clone, as on their desk. */
export interface Work {
  dir: string
  /**
   * Writes files (null deletes one) on a branch, commits and pushes. A branch that is not there begins at `main`.
   * Returns the commit.
   */
  push(branch: string, message: string, files: Record<string, string | null>): Promise<string>
  deleteBranch(branch: string): Promise<void>
  /** Any git command in the clone; gives what it printed, throws if it fails. */
  git(...args: string[]): Promise<string>
}

export async function makeWork(
  folder: string,
  cloneUrl: string,
  who: { login: string; name: string },
): Promise<Work> {
  const desks = path.join(folder, 'desks')
  mkdirSync(desks, { recursive: true })
  const dir = mkdtempSync(path.join(desks, `${who.login}-`))
  const run = async (...args: string[]) => {
    const { exitCode, out, error } = await tryGit(dir, args, '', {
      GIT_AUTHOR_NAME: who.name,
      GIT_AUTHOR_EMAIL: `${who.login}@example.org`,
      GIT_COMMITTER_NAME: who.name,
      GIT_COMMITTER_EMAIL: `${who.login}@example.org`,
    })
    // the address has a token in it
    if (exitCode !== 0)
      throw new Error(`git ${args[0]} ended with ${exitCode}: ${error.replaceAll(/\/\/[^@/\s]+@/g, '//')}`)
    return out.toString('utf8').trim()
  }
  await run('clone', '--quiet', '--config', 'maintenance.auto=false', cloneUrl, '.')

  return {
    dir,
    git: run,
    async push(branch, message, files) {
      await goTo(run, branch)
      for (const [name, content] of Object.entries(files)) writeOrDelete(path.join(dir, name), content)
      await run('add', '--all')
      await run('commit', '--quiet', '--allow-empty', '--message', message)
      await run('push', '--quiet', '--force', 'origin', `HEAD:refs/heads/${branch}`)
      return run('rev-parse', 'HEAD')
    },
    async deleteBranch(branch) {
      await run('push', '--quiet', 'origin', `:refs/heads/${branch}`)
    },
  }
}

/** To what the branch is at the other side; if it is not there, to a new one from `main`; if nothing is there, to nothing. */
async function goTo(run: (...args: string[]) => Promise<string>, branch: string): Promise<void> {
  await run('fetch', '--quiet', '--prune', 'origin')
  const remote = (await run('branch', '--remotes', '--format=%(refname:short)')).split('\n')
  const from = [`origin/${branch}`, 'origin/main'].find((name) => remote.includes(name))
  if (from) await run('checkout', '--quiet', '--force', '-B', branch, from)
  else await run('symbolic-ref', 'HEAD', `refs/heads/${branch}`)
}

function writeOrDelete(file: string, content: string | null): void {
  if (content === null) return rmSync(file, { force: true })
  mkdirSync(path.dirname(file), { recursive: true })
  writeFileSync(file, content)
}
