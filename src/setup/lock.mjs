import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Runs `work` while no other process of this machine runs work under the same name. A lock whose owner is gone is
 * taken over, so nothing is left to clear by hand. Plain JavaScript, because set-up needs it on any Node.
 *
 * @template T
 * @param {string} name letters, digits and dashes
 * @param {{ work: () => Promise<T>, waiting?: () => void }} options `waiting` is told once if somebody else holds it
 * @returns {Promise<T>}
 */
export async function withLock(name, { work, waiting }) {
  const file = path.join(tmpdir(), `qaack-${name}-${process.getuid?.() ?? 'user'}.lock`)
  for (let told = false; !take(file); told = true) {
    if (!told) waiting?.()
    await sleep(200)
  }
  try {
    return await work()
  } finally {
    rmSync(file, { force: true })
  }
}

/**
 * A link is made whole or not at all, so the owner's number is always readable.
 *
 * @param {string} file
 * @returns {boolean}
 */
function take(file) {
  const own = `${file}.${process.pid}`
  writeFileSync(own, String(process.pid))
  try {
    linkSync(own, file)
    return true
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error
    if (ownerIsGone(file)) retire(file, own)
    return false
  } finally {
    rmSync(own, { force: true })
  }
}

/** @param {string} file */
function ownerIsGone(file) {
  const owner = Number(read(file))
  if (!Number.isInteger(owner) || owner <= 0) return false
  try {
    process.kill(owner, 0)
    return false
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'ESRCH'
  }
}

/**
 * Two may find the same dead owner; the one that moves a lock which somebody living took meanwhile puts it back.
 *
 * @param {string} file
 * @param {string} own
 */
function retire(file, own) {
  const aside = `${own}.old`
  try {
    renameSync(file, aside)
    if (!ownerIsGone(aside)) linkSync(aside, file)
  } catch {
    // somebody else was faster; the next try shows what is there now
  } finally {
    rmSync(aside, { force: true })
  }
}

/** @param {string} file */
function read(file) {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
