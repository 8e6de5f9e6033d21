import { execFileSync } from 'node:child_process'
import { readdirSync, readlinkSync, realpathSync } from 'node:fs'
import path from 'node:path'
import { certificates, npmRegistry } from './base-recipe.ts'

/** A file of a build context: its text, the file on this machine it is a copy of, or the target of a link. */
export type ContextFile =
  { path: string; content: string } | { path: string; copyOf: string } | { path: string; linkTo: string }

/** What the Node image gets from this machine, as a tree to lay over `/`, below `folder` of the build context. */
export function* nodeFiles(folder: string): Generator<ContextFile> {
  const under = (file: string) => path.posix.join(folder, file)
  const trusted = certificates()
  if (trusted !== undefined) yield { path: under('etc/ssl/certs/ca-certificates.crt'), content: trusted }
  const registry = npmRegistry()
  yield {
    path: under('usr/local/etc/npmrc'),
    content: registry === undefined ? '' : `registry=${registry}\n`,
  }
  if (process.platform !== 'linux') return
  yield { path: under('usr/local/bin/node'), copyOf: process.execPath }
  yield* tree(npmFolder(), under('usr/local/lib/node_modules/npm'))
  yield { path: under('usr/local/bin/npm'), linkTo: '../lib/node_modules/npm/bin/npm-cli.js' }
  yield { path: under('usr/local/bin/npx'), linkTo: '../lib/node_modules/npm/bin/npx-cli.js' }
}

/** The npm that runs us, or the one on the PATH. */
function npmFolder(): string {
  const running = process.env.npm_execpath
  if (running?.endsWith('npm-cli.js')) return path.resolve(running, '../..')
  const found = execFileSync('sh', ['-c', 'command -v npm'], { encoding: 'utf8' }).trim()
  return path.resolve(realpathSync(found), '../..')
}

function* tree(from: string, to: string): Generator<ContextFile> {
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const source = path.join(from, entry.name)
    const target = path.posix.join(to, entry.name)
    if (entry.isDirectory()) yield* tree(source, target)
    else if (entry.isSymbolicLink()) yield { path: target, linkTo: readlinkSync(source) }
    else yield { path: target, copyOf: source }
  }
}
