import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { readArguments } from '../../../src/demo/arguments.ts'

describe('the words after npm run demo', () => {
  test('none: the branches, until Ctrl-C', () => {
    assert.deepEqual(readArguments([]), { once: false, github: false })
  })

  test('in any order', () => {
    assert.deepEqual(readArguments(['--once', '--github']), { once: true, github: true })
    assert.deepEqual(readArguments(['--github']), { once: false, github: true })
  })

  test('one that means nothing is refused with what there is', () => {
    const answer = readArguments(['--github', '--gitlab'])
    assert.ok('refused' in answer)
    assert.match(answer.refused, /knows no --gitlab; it takes --once, .*, and --github/)
    assert.ok('refused' in readArguments(['toString']))
  })
})
