import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import test from 'node:test'
import { demo, nothingLeft, ownFolder } from '../../e2e/demo.ts'

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
