import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isQaackError } from '../../../src/errors.ts'
import { checkWish, filePath } from '../../../src/variables/wish.ts'

const file = (path?: string) => checkWish({ name: 'LICENSE', value: 'x', type: 'file', path })

const refused: [string, RegExp][] = [
  ['etc/license', /absolute path/],
  ['/', /absolute path/],
  ['/etc/', /absolute path/],
  ['/etc/../root/x', /absolute path/],
  ['/proc/self/x', /into \/proc/],
  ['/.qaack/start', /into \/\.qaack/],
  ['/root/.ssh/id_rsa', /own SSH key/],
  ['/etc/hosts', /the engine's own/],
  ['/etc/resolv.conf', /the engine's own/],
]

for (const [path, why] of refused) {
  test(`no file is put at ${path}`, () => {
    assert.throws(
      () => file(path),
      (error) => isQaackError(error, 'invalid') && error.path === 'path' && why.test(error.message),
    )
  })
}

test('a file is put where it is wanted, else at a place of its own', () => {
  assert.equal(filePath(file('/etc/hosts.d/license')), '/etc/hosts.d/license')
  assert.equal(filePath(file()), '/run/qaack/LICENSE')
})
