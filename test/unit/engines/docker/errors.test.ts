import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { explain, statusOf, wordsOf } from '../../../../src/engines/docker/errors.ts'
import { BuildFailure, QaackError } from '../../../../src/errors.ts'

/** As dockerode throws it. */
function answer(statusCode: number, message: string): Error {
  return Object.assign(new Error(`(HTTP code ${statusCode}) server error - ${message} `), {
    statusCode,
    json: { message },
  })
}

describe('explain', () => {
  const cases: [string, Error, string][] = [
    ['a full disk', answer(500, 'write /var/lib/docker/x: no space left on device'), 'disk_full'],
    ['an overlap of subnets', answer(403, 'Pool overlaps with other one on this address space'), 'conflict'],
    [
      'a name in use',
      answer(409, 'Conflict. The container name "/x" is already in use by container "1f"'),
      'conflict',
    ],
    ['an address in use', answer(403, 'Address already in use'), 'conflict'],
    ['a port in use', answer(500, 'Bind for 127.0.0.1:80 failed: port is already allocated'), 'conflict'],
    ['a container that does not run', answer(409, 'Container 1f is not running'), 'engine_failed'],
    ['a container that is gone', answer(404, 'No such container: 1f'), 'engine_failed'],
    ['anything else', answer(500, 'something new'), 'engine_failed'],
    [
      'nobody listening',
      Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }),
      'engine_unavailable',
    ],
    [
      'a line that broke',
      Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' }),
      'engine_unavailable',
    ],
    [
      'a socket that is forbidden',
      Object.assign(new Error('connect EACCES'), { code: 'EACCES' }),
      'engine_unavailable',
    ],
  ]
  for (const [title, error, code] of cases) {
    test(`${title} is ${code}, with its cause`, () => {
      const known = explain(error, 'start the container x')
      assert.ok(known instanceof QaackError)
      assert.equal(known.code, code)
      assert.equal(known.cause, error)
      assert.match(known.message, /start the container x/)
    })
  }

  const users: [string, string, string][] = [
    [
      'a program that is not there',
      'failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: "nginx": executable file not found in $PATH: unknown',
      'could not start x: its image has no program nginx',
    ],
    [
      'a program of another processor',
      'failed to create shim task: OCI runtime create failed: unable to start container process: exec /bin/x: exec format error: unknown',
      'could not start x: its program is for another kind of processor, or a script without #! in its first line',
    ],
    [
      'a file that may not run',
      'OCI runtime create failed: unable to start container process: exec: "/app/run": permission denied: unknown',
      'could not start x: /app/run is not executable; set its mode with chmod +x',
    ],
    [
      'a user that is not there',
      'unable to find user app: no matching entries in passwd file',
      'could not start x: unable to find user app: no matching entries in passwd file',
    ],
  ]
  for (const [title, words, message] of users) {
    test(`${title} is the build’s fault`, () => {
      const known = explain(answer(400, words), 'start x')
      assert.ok(known instanceof BuildFailure)
      assert.equal(known.message, message)
    })
  }

  test('an error of ours stays what it is', () => {
    const ours = new QaackError('conflict', 'x')
    assert.equal(explain(ours, 'start x'), ours)
  })
})

describe('what the engine said', () => {
  test('comes without the frame around it', () => {
    assert.equal(wordsOf(answer(500, 'Error response from daemon: no')), 'no')
    assert.equal(
      wordsOf(Object.assign(new Error('(HTTP code 404) no such thing - gone '), { json: null })),
      'gone',
    )
    assert.equal(wordsOf('text'), 'text')
  })

  test('has a status only if there was an answer', () => {
    assert.equal(statusOf(answer(404, 'x')), 404)
    assert.equal(statusOf(new Error('x')), undefined)
    assert.equal(statusOf(undefined), undefined)
  })
})
