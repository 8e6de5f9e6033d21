import assert from 'node:assert/strict'
import test from 'node:test'
import { collect } from '../../../src/actions/collect.ts'

const mebibyte = 1024 * 1024

test('output up to 1 MiB comes whole, also when a character is cut by a chunk', () => {
  const output = collect()
  const bytes = Buffer.from('grün'.repeat(1000))
  for (let at = 0; at < bytes.length; at += 3) output.add(bytes.subarray(at, at + 3))
  assert.equal(output.text(), 'grün'.repeat(1000))
})

test('what is beyond 1 MiB is left out, and the text says how much there was', () => {
  const output = collect()
  for (let count = 0; count < 3; count += 1) output.add(Buffer.alloc(mebibyte, 'a'))
  const text = output.text()
  assert.equal(text.slice(0, mebibyte), 'a'.repeat(mebibyte))
  assert.equal(
    text.slice(mebibyte),
    `\n[the output was ${3 * mebibyte} bytes long; what came after the first ${mebibyte} is left out]\n`,
  )
})

test('a character that is cut at the border does not become another', () => {
  const output = collect()
  output.add(Buffer.alloc(mebibyte - 1, 'a'))
  output.add(Buffer.from('ü and more'))
  assert.doesNotMatch(output.text(), /\ufffd/)
})
