import assert from 'node:assert/strict'
import { test } from 'node:test'
import { explain, type GitFault } from '../../../src/repositories/git-failure.ts'

/** As git 2.39 and 2.43 say it. */
const said: [GitFault, string][] = [
  ['auth', "fatal: could not read Username for 'https://h': terminal prompts disabled"],
  ['auth', "remote: Invalid username or password.\nfatal: Authentication failed for 'https://h/a.git/'"],
  ['auth', 'git@h: Permission denied (publickey).\nfatal: Could not read from remote repository.'],
  ['auth', "fatal: unable to access 'https://h/a/': The requested URL returned error: 403"],
  ['unreachable', "fatal: unable to access 'https://h/a/': Could not resolve host: h"],
  [
    'unreachable',
    'ssh: Could not resolve hostname h: Name or service not known\nfatal: Could not read from remote repository.',
  ],
  ['unreachable', "fatal: unable to access 'http://h/': Failed to connect to h port 80: Connection refused"],
  [
    'untrusted',
    "fatal: unable to access 'https://h/': server certificate verification failed. CAfile: none CRLfile: none",
  ],
  ['untrusted', 'Host key verification failed.\nfatal: Could not read from remote repository.'],
  ['no-repository', "fatal: repository 'https://h/a.git/' not found"],
  [
    'no-repository',
    "fatal: '/srv/a' does not appear to be a git repository\nfatal: Could not read from remote repository.",
  ],
  ['no-ref', "fatal: couldn't find remote ref nothing"],
  ['no-ref', "fatal: path 'x' does not exist in 'abc'"],
  ['disk', 'fatal: write error: No space left on device\nfatal: index-pack failed'],
  ['locked', "fatal: Unable to create '/m/packed-refs.lock': File exists."],
  [
    'corrupt',
    'error: object file ./objects/ab/cd is empty\nfatal: loose object abcd (stored in ./objects/ab/cd) is corrupt',
  ],
  [
    'corrupt',
    'error: file ./objects/pack/pack-1.pack is not a GIT packfile\nfatal: packfile ./objects/pack/pack-1.pack cannot be accessed',
  ],
  ['other', 'fatal: something new'],
]

for (const [fault, stderr] of said) {
  test(`"${stderr.split('\n')[0]}" is ${fault}`, () => {
    const failure = explain('fetch', stderr, 'https://h/a.git')
    assert.equal(failure.fault, fault)
    assert.equal(failure.code, fault === 'disk' ? 'disk_full' : 'git_failed')
    assert.match(
      failure.message,
      fault === 'other'
        ? /git failed \(git fetch said: something new\)/
        : /check|add|free|again|no such|anew/,
    )
  })
}

test('what git says is shown without credentials', () => {
  const failure = explain('fetch', "fatal: unable to access 'https://me:secret@h/': Failed to connect")
  assert.doesNotMatch(`${failure.message}${(failure.cause as Error).message}`, /secret/)
})

test('a mirror that is no repository any more is damaged, not missing at the host', () => {
  assert.equal(
    explain('fetch', "fatal: not a git repository: '/data/m.git'", 'https://h', '/data/m.git').fault,
    'corrupt',
  )
})
