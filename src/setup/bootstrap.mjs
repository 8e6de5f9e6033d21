/**
 * What every npm script begins with: `node src/setup/bootstrap.mjs FILE [ARGUMENT …]`. It makes sure of the npm
 * dependencies and of a Node that runs the code, then runs FILE with it. Plain JavaScript that any Node from 20 on runs
 * with nothing installed; its own words go to standard error, so that the output of FILE stays clean.
 */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { constants } from 'node:os'
import path from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { ensureDependencies } from './dependencies.mjs'
import { nodeFlags } from './node-flags.mjs'

const root = path.resolve(fileURLToPath(import.meta.url), '../../..')

try {
  await main()
} catch (error) {
  say(error instanceof Error ? error.message : String(error))
  process.exitCode = 1
}

async function main() {
  const [file, ...args] = process.argv.slice(2)
  if (!file) throw new Error('name the file to run: node src/setup/bootstrap.mjs FILE [ARGUMENT …]')
  await ensureDependencies(root, { dev: !file.startsWith('src/cli/'), say })
  run(findNode(), [path.resolve(root, file), ...args])
}

/** The Node that runs us if it can strip types by itself, else the one that comes as an npm package. */
function findNode() {
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath
  const packaged = path.join(
    root,
    'node_modules',
    'node',
    'bin',
    process.platform === 'win32' ? 'node.exe' : 'node',
  )
  if (existsSync(packaged)) return packaged
  throw new Error(
    `This needs Node 24 or later; here is ${process.version}, and the npm package "node" has none for this machine. ` +
      'Install Node 24, or allow npm to run the install script of the package "node" and delete node_modules.',
  )
}

/**
 * @param {string} node
 * @param {string[]} args
 */
function run(node, args) {
  const child = spawn(node, ['--disable-warning=ExperimentalWarning', ...nodeFlags, ...args], {
    stdio: 'inherit',
  })
  child.on('error', (error) => {
    say(`${node} cannot be started: ${error.message}`)
    process.exitCode = 1
  })
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    // a terminal sends Ctrl-C to the whole group, and a second one may mean "at once" to the child
    process.on(signal, () => (signal === 'SIGINT' && process.stdin.isTTY ? undefined : child.kill(signal)))
  }
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? 128 + (signal ? constants.signals[signal] : 0)
  })
}

/** @param {string} line */
function say(line) {
  process.stderr.write(`[set-up] ${line}\n`)
}
