import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

/** A git repository on disk, as the place that people push to. */
export class Origin {
  readonly dir = mkdtempSync(join(tmpdir(), 'qaack-origin-'))

  constructor() {
    this.git('init', '-q', '--template=', '-b', 'main')
  }

  git(...words: string[]): string {
    const as = ['-c', 'user.name=Test', '-c', 'user.email=test@example.org', '-c', 'maintenance.auto=false']
    return execFileSync('git', [...as, ...words], {
      cwd: this.dir,
      encoding: 'utf8',
      env: { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null' },
    }).trim()
  }

  /** Writes files on a branch, which is made from the present one if it is not there, and returns the commit. */
  commit(branch: string, files: Record<string, string>): string {
    // Files are read where git could be asked: hundreds of tests do this, and most of their time is starting git.
    const ref = join(this.dir, '.git', 'refs', 'heads', branch)
    const isCurrent =
      readFileSync(join(this.dir, '.git', 'HEAD'), 'utf8').trim() === `ref: refs/heads/${branch}`
    const isKnown = isCurrent || existsSync(ref) || this.git('branch', '--list', branch) !== ''
    if (!isCurrent) this.git('checkout', '-q', ...(isKnown ? [] : ['-b']), branch)
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(dirname(join(this.dir, path)), { recursive: true })
      writeFileSync(join(this.dir, path), content)
    }
    this.git('add', '-A')
    this.git('commit', '-q', '--allow-empty', '-m', `files on ${branch}`)
    return readFileSync(ref, 'utf8').trim()
  }

  [Symbol.dispose](): void {
    rmSync(this.dir, { recursive: true, force: true })
  }
}
