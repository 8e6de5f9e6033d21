import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

export const demo = fileURLToPath(new URL('../../src/demo/run.ts', import.meta.url))
export const nothingLeft = /no container, network, volume or image of the demo is left/

/** A folder for temporary files that the demo has for itself, so that what it leaves there is seen. */
export function ownFolder() {
  const folder = mkdtempSync(path.join(tmpdir(), 'qaack-test-'))
  return {
    env: { ...process.env, TMPDIR: folder },
    // where Node keeps what it compiled; not of the demo
    left: () => readdirSync(folder).filter((name) => name !== 'node-compile-cache'),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  }
}

export function run(...words: string[]) {
  using folder = ownFolder()
  const options = { encoding: 'utf8', timeout: 290_000, env: folder.env } as const
  const { status, stdout, stderr } = spawnSync(process.execPath, [demo, ...words], options)
  return { status, stdout, all: stdout + stderr, left: folder.left() }
}
