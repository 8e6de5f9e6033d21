import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import test from 'node:test'
import { systemClock } from '../../../src/clock.ts'
import { syncRepository } from '../../../src/environments/sync.ts'
import type { Parts } from '../../../src/parts.ts'
import { parseAddress } from '../../../src/repositories/address.ts'
import { createGit } from '../../../src/repositories/git.ts'
import { addGroup, addRepository } from '../../../src/repositories/manage.ts'
import { mirrorOf } from '../../../src/repositories/mirrors.ts'
import { lendKey } from '../../../src/repositories/ssh-command.ts'
import { withSshKey } from '../../../src/repositories/ssh-key.ts'
import { open } from '../../../src/secrets.ts'
import { FakeEngine } from '../../fakes/engine.ts'
import { Origin } from '../../fakes/origin.ts'
import { makeParts } from '../../fakes/parts.ts'

/**
 * Stands for ssh and for the host: writes down what it was called with and what is in the first key that it was given, and
 * runs what git wants to be run there. Refuses while there is a file `refuse` beside it; while there is one `elsewhere`, the key
 * is one that is let into another repository.
 */
const fakeSsh = `#!/bin/sh
here=$(dirname "$0")
printf '%s\\n' "$@" > "$here/arguments"
key=$(printf '%s\\n' "$@" | sed -n 's/^-oIdentityFile=//p' | head -n 1)
if [ -n "$key" ]; then cat "$key" > "$here/key"; stat -c %a "$key" > "$here/mode"; stat -c %a "$(dirname "$key")" >> "$here/mode"; fi
if [ -e "$here/refuse" ]; then echo 'git@git.invalid: Permission denied (publickey).' >&2; exit 255; fi
if [ -e "$here/elsewhere" ] && [ -n "$key" ]; then echo 'ERROR: Repository not found.' >&2; exit 1; fi
for last; do :; done
exec sh -c "$last"
`

async function openSsh(environment: Record<string, string> = {}) {
  const dir = mkdtempSync(join(tmpdir(), 'qaack-ssh-'))
  writeFileSync(join(dir, 'ssh'), fakeSsh, { mode: 0o755 })
  const made = await makeParts({ engine: new FakeEngine() })
  const knownHosts = join(dir, 'known hosts')
  const path = `${dir}${delimiter}${process.env['PATH'] ?? ''}`
  const git = createGit({
    environment: { ...process.env, PATH: path, ...environment },
    clock: systemClock,
    knownHosts,
    lentKeys: join(dir, 'lent'),
  })
  const parts: Parts = { ...made, git }
  const origin = new Origin()
  const group = await addGroup(parts, 'team')
  return {
    dir,
    parts,
    origin,
    knownHosts,
    file: (name: string) => join(dir, name),
    told: (name: string) => readFileSync(join(dir, name), 'utf8'),
    add: (address: string) =>
      addRepository(parts, group.id, { name: 'shop', type: 'generic', params: { origin: address } }),
    async [Symbol.asyncDispose]() {
      await parts.background.drained()
      await made[Symbol.asyncDispose]()
      origin[Symbol.dispose]()
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

for (const [kind, prefix] of [
  ['user@host:path', 'git@git.invalid:'],
  ['ssh://', 'ssh://git@git.invalid:2222'],
] as const) {
  test(`${kind} is fetched with the repository's own key, which is gone afterwards`, async () => {
    await using at = await openSsh()
    const hash = at.origin.commit('main', { 'a.txt': 'one' })
    const { id } = await at.add(`${prefix}${at.origin.dir}`)
    await at.parts.background.drained()
    const known = await at.parts.store.get('repository', id)
    assert.ok(known?.sshKey)
    await syncRepository(at.parts, id, 'test')
    const [environment] = await at.parts.store.list('environment', { repositoryId: id })
    assert.equal(environment?.ref.hash, hash)
    assert.equal(at.told('key'), open(at.parts.secretKey, known.sshKey.private))
    assert.equal(at.told('mode'), '600\n700\n')
    const given = at.told('arguments').split('\n')
    const [, identity = ''] = /^-oIdentityFile=(.*)$/m.exec(at.told('arguments')) ?? []
    assert.equal(existsSync(identity), false, 'it is only there while git runs')
    assert.ok(identity.startsWith(at.file('lent')), 'beside the other secrets of this server')
    assert.ok(given.includes('-oStrictHostKeyChecking=accept-new'))
    assert.ok(
      given.includes(`-oUserKnownHostsFile="${at.knownHosts}" ~/.ssh/known_hosts ~/.ssh/known_hosts2`),
    )
    assert.ok(!given.some((one) => one.includes('IdentitiesOnly')), 'keys of the server are tried as well')
  })
}

test('a key that a killed server was using is gone at the next start', () => {
  const dir = mkdtempSync(join(tmpdir(), 'qaack-ssh-'))
  const left = lendKey('a private key', join(dir, 'lent'))
  createGit({ environment: process.env, clock: systemClock, lentKeys: join(dir, 'lent') })
  assert.equal(existsSync(left.file), false)
  rmSync(dir, { recursive: true, force: true })
})

test('a git that cannot be started leaves no key', async () => {
  await using at = await openSsh()
  const parsed = parseAddress('git@git.invalid:shop')
  assert.ok('address' in parsed)
  const remote = { address: parsed.address, credentials: null, refspecs: [], key: 'a private key' }
  await assert.rejects(at.parts.git.run(['ls-remote', 'no\0argument'], { remote }), /null bytes/)
  assert.deepEqual(readdirSync(at.file('lent')), [])
})

test('code that strangers had a hand in is not fetched with it', async () => {
  await using at = await openSsh()
  const repository = await at.add(`git@git.invalid:${at.origin.dir}`)
  await at.parts.background.drained()
  const known = await withSshKey(at.parts, repository)
  assert.ok(mirrorOf(at.parts, known).remote.sshKey)
  assert.equal(mirrorOf(at.parts, known).forStrangers().remote.sshKey, undefined)
})

test('where the host takes it for that of another repository, the keys of the server have their turn', async () => {
  await using at = await openSsh()
  const hash = at.origin.commit('main', { 'a.txt': 'one' })
  writeFileSync(at.file('elsewhere'), '')
  const { id } = await at.add(`git@git.invalid:${at.origin.dir}`)
  await at.parts.background.drained()
  await syncRepository(at.parts, id, 'test')
  const [environment] = await at.parts.store.list('environment', { repositoryId: id })
  assert.equal(environment?.ref.hash, hash)
})

test('a host that refuses it is told with what to do', async () => {
  await using at = await openSsh()
  at.origin.commit('main', { 'a.txt': 'one' })
  writeFileSync(at.file('refuse'), '')
  const { id } = await at.add(`git@git.invalid:${at.origin.dir}`)
  await at.parts.background.drained()
  await assert.rejects(
    syncRepository(at.parts, id, 'test'),
    /refuses the keys of this server; let the public SSH key of the repository read there, which its settings show/,
  )
})

test('whoever runs the server may name another ssh', async () => {
  const other = mkdtempSync(join(tmpdir(), 'qaack-ssh-other-'))
  writeFileSync(join(other, 'ours'), fakeSsh, { mode: 0o755 })
  await using at = await openSsh({
    GIT_SSH_COMMAND: `${join(other, 'ours')} -oOurs=yes`,
    GIT_SSH_VARIANT: 'ssh',
  })
  at.origin.commit('main', { 'a.txt': 'one' })
  const { id } = await at.add(`git@git.invalid:${at.origin.dir}`)
  await at.parts.background.drained()
  await syncRepository(at.parts, id, 'test')
  assert.match(readFileSync(join(other, 'arguments'), 'utf8'), /^-oOurs=yes\n/)
  assert.equal(existsSync(at.file('arguments')), false)
  rmSync(other, { recursive: true, force: true })
})
