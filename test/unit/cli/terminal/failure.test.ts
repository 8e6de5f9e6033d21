import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CliFailure, describeFailure, interrupted, wrongUse } from '../../../../src/cli/terminal/failure.ts'
import { BuildFailure, QaackError } from '../../../../src/errors.ts'

test('a failure ends with 1, wrong use with 2, an interruption with 130', () => {
  assert.equal(describeFailure(new CliFailure('no'), false).exitCode, 1)
  assert.equal(describeFailure(wrongUse('no'), false).exitCode, 2)
  assert.deepEqual(describeFailure(interrupted(), false), { text: '', exitCode: 130 })
  assert.equal(describeFailure(new Error('bug'), false).exitCode, 1)
})

test('an error of the catalogue is told with its remedy, once', () => {
  const { text } = describeFailure(new QaackError('engine_unavailable', 'no engine answers'), false)
  assert.match(text, /^qaack: no engine answers\nstart the Docker engine/)
  const advised = new QaackError('engine_unavailable', 'no engine answers at /x; start the engine')
  assert.equal(describeFailure(advised, false).text, 'qaack: no engine answers at /x; start the engine')
})

test('a stack trace is shown with --debug only, and then with the cause', () => {
  const failure = new CliFailure('it broke', { cause: new Error('the real reason') })
  assert.equal(describeFailure(failure, false).text, 'qaack: it broke')
  assert.match(describeFailure(failure, true).text, /^qaack: it broke\n[^]*at [^]*the real reason/)
})

test('what was not foreseen says how to report it, without a stack trace', () => {
  const { text } = describeFailure(new TypeError('x is not a function'), false)
  assert.match(text, /--debug/)
  assert.doesNotMatch(text, /\n\s+at /)
})

test('a build that failed is told in the words of the build', () => {
  assert.equal(
    describeFailure(new BuildFailure('web.install ended with 1'), false).text,
    'qaack: web.install ended with 1',
  )
})
