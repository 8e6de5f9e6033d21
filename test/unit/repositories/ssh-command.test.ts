import assert from 'node:assert/strict'
import test from 'node:test'
import { sshCommand } from '../../../src/repositories/ssh-command.ts'

const always = 'ssh -oBatchMode=yes -oStrictHostKeyChecking=accept-new -oConnectTimeout=30'

test('without a key of the repository ssh looks for those of the server by itself', () => {
  assert.equal(sshCommand({}), always)
  assert.equal(sshCommand({ ownKeys: ['/root/.ssh/id_rsa'] }), always)
})

test('the key of the repository comes first, and those of the server are named because ssh would forget them', () => {
  const command = sshCommand({
    identity: '/tmp/k/key',
    ownKeys: ['/root/.ssh/id_rsa', '/root/.ssh/id_ed25519'],
  })
  assert.equal(
    command,
    `${always} -oIdentityFile=/tmp/k/key -oIdentityFile=/root/.ssh/id_rsa -oIdentityFile=/root/.ssh/id_ed25519`,
  )
})

test('paths arrive as they are, through the shell and through the configuration of ssh', () => {
  const command = sshCommand({ identity: "/tmp/a'b/key", knownHosts: '/srv/100% ours/known_hosts' })
  assert.equal(
    command,
    `${always} '-oIdentityFile=/tmp/a'\\''b/key' '-oUserKnownHostsFile="/srv/100%% ours/known_hosts" ~/.ssh/known_hosts ~/.ssh/known_hosts2'`,
  )
})
