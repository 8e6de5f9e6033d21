import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import test from 'node:test'
import { fileURLToPath } from 'node:url'

const demo = fileURLToPath(new URL('../../src/demo/run.ts', import.meta.url))
const nothingLeft = /no container, network, volume or image of the demo is left/

/** A folder for temporary files that the demo has for itself, so that what it leaves there is seen. */
function ownFolder() {
  const folder = mkdtempSync(path.join(tmpdir(), 'qaack-test-'))
  return {
    env: { ...process.env, TMPDIR: folder },
    // where Node keeps what it compiled; not of the demo
    left: () => readdirSync(folder).filter((name) => name !== 'node-compile-cache'),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  }
}

function run(...words: string[]) {
  using folder = ownFolder()
  const options = { encoding: 'utf8', timeout: 290_000, env: folder.env } as const
  const { status, stdout, stderr } = spawnSync(process.execPath, [demo, ...words], options)
  return { status, stdout, all: stdout + stderr, left: folder.left() }
}

test('the demo proves itself, takes everything away and ends with 0', { timeout: 300_000 }, () => {
  const { status, stdout, all, left } = run('--once')
  assert.equal(status, 0, all)
  assert.match(stdout, /products from PostgreSQL/)
  assert.match(stdout, nothingLeft)
  assert.deepEqual(left, [])
})

test('the demo of changes proves each of its steps, and leaves nothing', { timeout: 300_000 }, () => {
  const { status, stdout, all, left } = run('--github', '--once')
  assert.equal(status, 0, all)
  const proofs = [
    /A GitHub on this machine \(emulate\)/,
    /✔ the server found acme\/shop by itself/,
    /│ ✅ Preview ready/,
    /✔ status +qaack: success/,
    /✔ check +qaack: success/,
    /✔ deployment +qaack\/pr-1 of [0-9a-f]{7}: success/,
    /✔ http:\/\/pr-1--shop\.qaack\.localhost:\d+ .* 8 coffees/,
    /✔ that is the merged result/,
    /│ 🔒 Preview waits for approval/,
    /nothing of the fork was built/,
    /✔ comment \d+ was edited, there is no second one/,
    /shows “in a brown paper bag”/,
    /✔ env: \d+ variables in its 3 containers; no token/,
    /waits for an approval of its own/,
    /│ +1 \| Night Ferry \| 15\.90/,
    /✔ her comment has the reactions eyes and rocket/,
    /│ 🏁 Merged/,
    /│ 🏁 Closed/,
    /✔ deployment +qaack\/pr-2: inactive/,
    /✔ pr-1--shop\.qaack\.localhost answers 404; nothing of its environment \w+ is left/,
    nothingLeft,
  ]
  for (const proof of proofs) assert.match(stdout, proof)
  assert.deepEqual(left, [])
})

const presses = [
  { what: 'Ctrl-C while a preview is built', at: [/db: created from/] },
  { what: 'and once more, not to wait', at: [/db: created from/, /Taking everything away/] },
]
for (const { what, at } of presses) {
  test(`${what}, takes everything away`, { timeout: 120_000 }, async () => {
    using folder = ownFolder()
    const child = spawn(process.execPath, [demo, '--github'], { env: folder.env, stdio: 'pipe' })
    const left = [...at]
    let output = ''
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => {
        output += chunk.toString()
        if (left[0]?.test(output) && left.shift()) child.kill('SIGINT')
      })
    const [status] = (await once(child, 'close')) as [number | null]
    assert.equal(status, 130, output)
    assert.match(output, nothingLeft)
    assert.doesNotMatch(output, /Preview ready/)
    assert.deepEqual(folder.left(), [])
  })
}

test('the demo refuses a word that it does not know', () => {
  const { status, all } = run('--twice')
  assert.equal(status, 2)
  assert.match(all, /knows no --twice; it takes --once.*--github/)
})
