import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import process from 'node:process'
import { withLock } from './lock.mjs'

/**
 * Makes sure that `node_modules` holds what the lock file names, with `npm ci` where it does not. What npm itself
 * noted of its last complete installation is compared, so an installation that was cut short counts as none.
 *
 * @param {string} root the clone
 * @param {{ dev: boolean, say: (line: string) => void }} options whether the tools for development are needed too
 */
export async function ensureDependencies(root, { dev, say }) {
  if (isInstalled(root, dev)) return
  const place = createHash('sha256').update(root).digest('hex').slice(0, 12)
  await withLock(`npm-${place}`, {
    waiting: () => say('another command installs the npm dependencies of this clone, waiting for it …'),
    work: () => Promise.resolve(isInstalled(root, dev) || install(root, say)),
  })
}

/**
 * @param {string} root
 * @param {boolean} dev
 */
function isInstalled(root, dev) {
  const wanted = readPackages(path.join(root, 'package-lock.json'))
  const there = readPackages(path.join(root, 'node_modules', '.package-lock.json'))
  if (!wanted || !there) return false
  return Object.entries(wanted).every(
    ([name, { version, optional, devOptional, dev: isDev }]) =>
      name === '' || optional || devOptional || (isDev && !dev) || there[name]?.version === version,
  )
}

/**
 * @typedef {{ version: string, optional?: boolean, devOptional?: boolean, dev?: boolean }} Package
 * @param {string} file
 * @returns {Record<string, Package> | undefined}
 */
function readPackages(file) {
  if (!existsSync(file)) return undefined
  /** @type {unknown} */
  const lock = JSON.parse(readFileSync(file, 'utf8'))
  return /** @type {{ packages: Record<string, Package> }} */ (lock).packages
}

/**
 * @param {string} root
 * @param {(line: string) => void} say
 */
function install(root, say) {
  const started = Date.now()
  say('installing the npm dependencies (npm ci) …')
  // npm's own JavaScript file if npm runs us: a shell's PATH may name an older npm, or none
  const npm = process.env.npm_execpath
  const [command, ...before] = npm?.endsWith('.js') ? [process.execPath, npm] : ['npm']
  const { status, error } = spawnSync(
    command,
    [...before, 'ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'],
    {
      cwd: root,
      stdio: ['ignore', 2, 2],
    },
  )
  if (error) throw new Error(`npm cannot be started (${error.message}): install npm, then try again.`)
  if (status !== 0) {
    throw new Error('npm ci failed, its own message is above: correct that, then run the same command again.')
  }
  say(`npm dependencies are installed (${((Date.now() - started) / 1000).toFixed(1)} s)`)
}
