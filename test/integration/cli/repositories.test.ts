import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { Origin } from '../../fakes/origin.ts'
import { Person } from './command.ts'
import { adminToken, startService, type Service } from './service.ts'

let service: Service
let person: Person
let origin: Origin

before(async () => {
  service = await startService()
  person = new Person({ QAACK_URL: service.url, QAACK_TOKEN: adminToken })
  origin = new Origin()
  origin.commit('main', { 'readme.md': 'hello' })
})
after(async () => {
  await service[Symbol.asyncDispose]()
  person[Symbol.dispose]()
  origin[Symbol.dispose]()
})

interface Settings {
  environmentTTL?: number
  pollSeconds: number
  webhook: { exclude: string[]; tags: boolean }
  qaackFile: { mode: string; qaackFile: string }
}

async function json<T>(...args: string[]): Promise<T> {
  const { code, stdout, stderr } = await person.qaack([...args, '-o', 'json'])
  assert.equal(code, 0, stderr)
  return JSON.parse(stdout) as T
}

test('add tells the refs, the line for the hook and what to do next', async () => {
  const { code, stdout, stderr } = await person.qaack(['repo', 'add', 'shop', origin.dir, '--ttl', '3d'])
  assert.equal(code, 0, stderr)
  const [, id] = /^Added shop \(([a-z2-7]{10})\)\.$/m.exec(stdout) ?? []
  assert.match(stdout, /^1 ref: main$/m)
  assert.ok(stdout.includes(`curl -fsS -X POST ${service.url}/api/git/webhooks/${id} `))
  assert.match(stdout, /^Next: qaack env create shop\/main --follow$/m)
  const { environmentTTL } = await json<Settings>('repo', 'settings', 'shop')
  assert.equal(environmentTTL, 4320)
})

test('add names the main branch to begin with, as a shell reads it', async () => {
  using other = new Origin()
  other.commit('main', { 'readme.md': 'hello' })
  other.commit('alpha', { 'readme.md': 'hello' })
  const { code, stdout, stderr } = await person.qaack(['repo', 'add', "the team's shop", other.dir])
  assert.equal(code, 0, stderr)
  assert.ok(stdout.includes(`Next: qaack env create 'the team'\\''s shop/main' --follow\n`), stdout)
  assert.equal((await person.qaack(['repo', 'delete', "the team's shop", '--yes'])).code, 0)
})

test('the line for the hook works as it was printed', async () => {
  const { id } = await json<{ id: string }>('repo', 'show', 'shop')
  const answer = await fetch(`${service.url}/api/git/webhooks/${id}`, { method: 'POST' })
  assert.equal(answer.status, 202)
})

test('a name that is taken is refused in the words of the server', async () => {
  const { code, stdout, stderr } = await person.qaack(['repo', 'add', 'shop', origin.dir])
  assert.deepEqual([code, stdout], [1, ''])
  assert.match(stderr, /^qaack: .*a repository shop already/)
})

test('a repository whose refs cannot be read is told, with how to begin again', async () => {
  const { code, stdout, stderr } = await person.qaack(['repo', 'add', 'gone', join(person.dir, 'nowhere')])
  assert.deepEqual([code, stdout], [1, ''])
  assert.match(stderr, /gone was added as [a-z2-7]{10}, but its refs cannot be read: .+\n.*qaack repo delete/)
  assert.equal((await person.qaack(['repo', 'delete', 'gone'])).code, 0)
})

test('an unknown group is told with those that there are', async () => {
  const { code, stderr } = await person.qaack(['repo', 'add', 'x', origin.dir, '--group', 'team'])
  assert.equal(code, 1)
  assert.match(stderr, /there is no group team; there are: default/)
})

test('list and show tell what there is', async () => {
  const { stdout } = await person.qaack(['repo', 'list'])
  assert.match(stdout, /^[a-z2-7]{10} +default +shop +generic +1 +0 +\/.*$/m)
  const shown = await person.qaack(['repo', 'show', 'default/shop'])
  assert.match(shown.stdout, /^refs read +.* ago$/m)
  assert.match(shown.stdout, /^[a-z2-7]{10} +shop +main +empty$/m)
})

test('sync finds what was pushed', async () => {
  origin.commit('topic', { 'new.md': 'x' })
  const { code, stdout, stderr } = await person.qaack(['repo', 'sync', 'shop'])
  assert.equal(code, 0, stderr)
  assert.match(stdout, /^2 refs: .*topic/)
})

test('settings change only what is named', async () => {
  writeFileSync(join(person.dir, 'file.yml'), 'services: {web: {image: a}}\n')
  const before = await json<Settings>('repo', 'settings', 'shop')
  const pairs = [
    'webhook.exclude=dependabot/*,tmp-*',
    'pollSeconds=30',
    'qaackFile.mode=both',
    'qaackFile.qaackFile=@file.yml',
  ]
  const after = await json<Settings>('repo', 'settings', 'shop', ...pairs)
  assert.deepEqual(after, {
    ...before,
    pollSeconds: 30,
    webhook: { ...before.webhook, exclude: ['dependabot/*', 'tmp-*'] },
    qaackFile: { mode: 'both', qaackFile: Buffer.from('services: {web: {image: a}}\n').toString('base64') },
  })
  const { stdout } = await person.qaack(['repo', 'settings', 'shop'])
  assert.match(stdout, /^webhook\.exclude +dependabot\/\*, tmp-\*$/m)
  assert.match(stdout, /^qaackFile\.qaackFile +28 bytes$/m)
})

test('rename gives it another name, and what is wrong with that is told in the words of the server', async () => {
  const { id } = await json<{ id: string }>('repo', 'show', 'shop')
  const renamed = await person.qaack(['repo', 'rename', 'default/shop', 'web-shop'])
  assert.equal(renamed.code, 0, renamed.stderr)
  assert.match(renamed.stdout, /^Repository shop is web-shop now\./)
  assert.equal((await json<{ id: string }>('repo', 'show', 'web-shop')).id, id)
  assert.match((await person.qaack(['repo', 'show', 'shop'])).stderr, /there is no repository shop/)
  assert.equal((await person.qaack(['repo', 'add', 'other', origin.dir])).code, 0)
  const taken = await person.qaack(['repo', 'rename', 'other', 'web-shop'])
  assert.deepEqual([taken.code, taken.stdout], [1, ''])
  assert.match(taken.stderr, /^qaack: .*a repository web-shop already; choose another name/)
  assert.equal((await person.qaack(['repo', 'rename', 'other'])).code, 2)
  assert.equal((await person.qaack(['repo', 'delete', 'other', '--yes'])).code, 0)
  assert.deepEqual(await json('repo', 'rename', 'web-shop', 'shop'), { id, name: 'shop' })
})

test('what steers changes is set and shown the same way', async () => {
  const pairs = [
    'webhook.paths=web/*,api/*',
    'webhook.labels=["preview","needs: a, b"]',
    'webhook.drafts=false',
    'change.build=head',
    'report.check=false',
  ]
  const { stdout } = await person.qaack(['repo', 'settings', 'shop', ...pairs])
  assert.match(stdout, /^webhook\.paths +web\/\*, api\/\*$/m)
  assert.match(stdout, /^webhook\.labels +\["preview","needs: a, b"\]$/m)
  assert.match(stdout, /^webhook\.drafts +false$/m)
  assert.match(stdout, /^change\.build +head$/m)
  assert.match(stdout, /^change\.forkQaackFile +base$/m)
  assert.match(stdout, /^report\.check +false$/m)
  assert.match(stdout, /^report\.comment +true$/m)
  const back = [
    'webhook.paths=',
    'webhook.labels=',
    'webhook.drafts=true',
    'change.build=merge',
    'report.check=true',
  ]
  await person.qaack(['repo', 'settings', 'shop', ...back])
})

test('a schedule, limits and the way of rebuilding are set and shown, and the key only shown', async () => {
  const pairs = [
    'scheduledRebuild.mode=all',
    'scheduledRebuild.hour=04:30',
    'limits.memory=512m',
    'limits.cpus=0.5',
    'rebuild=replace',
    'reset=true',
  ]
  const { stdout, stderr } = await person.qaack(['repo', 'settings', 'shop', ...pairs])
  assert.match(stdout, /^scheduledRebuild\.mode +all$/m, stderr)
  assert.match(stdout, /^scheduledRebuild\.hour +04:30 UTC$/m)
  assert.match(stdout, /^limits\.memory +536870912$/m)
  assert.match(stdout, /^limits\.cpus +0\.5$/m)
  assert.match(stdout, /^rebuild +replace$/m)
  assert.match(stdout, /^reset +true$/m)
  assert.match(stdout, /^sshPublicKey +ssh-rsa AAAA/m)
  assert.match((await person.qaack(['repo', 'show', 'shop'])).stdout, /^ssh key +ssh-rsa AAAA/m)
  const key = await person.qaack(['repo', 'settings', 'shop', 'sshPublicKey=x'])
  assert.equal(key.code, 2)
  const back = [
    'scheduledRebuild.mode=disabled',
    'limits.memory=0',
    'limits.cpus=0',
    'rebuild=beside',
    'reset=false',
  ]
  await person.qaack(['repo', 'settings', 'shop', ...back])
})

test('a wrong setting is refused, by us or by the server', async () => {
  const unknown = await person.qaack(['repo', 'settings', 'shop', 'polling=1'])
  assert.equal(unknown.code, 2)
  assert.match(unknown.stderr, /there is no setting polling/)
  const value = await person.qaack(['repo', 'settings', 'shop', 'qaackFile.mode=never'])
  assert.equal(value.code, 1)
  assert.match(value.stderr, /qaackFile\.mode/)
  const path = await person.qaack(['repo', 'settings', 'shop', 'webhook.paths=web/'])
  assert.equal(path.code, 1)
  assert.match(path.stderr, /all below web is web\/\*/)
})

test('tokens are made, used through login, listed and deleted', async () => {
  const { token } = await json<{ token: string }>('token', 'create', 'ci', '--expires', '90d', '--read-only')
  const logged = await person.qaack(['login', service.url], { input: `${token}\n` })
  assert.equal(logged.code, 0, logged.stderr)
  assert.doesNotMatch(logged.stdout, new RegExp(token))
  const unset = { QAACK_URL: '', QAACK_TOKEN: '' }
  assert.match((await person.qaack(['repo', 'list'], { env: unset })).stdout, /shop/)
  const write = await person.qaack(['repo', 'delete', 'shop'], { env: unset })
  assert.equal(write.code, 1)
  assert.match(write.stderr, /may only read/)
  assert.match((await person.qaack(['token', 'list'])).stdout, /^ci +in (89 d 23 h|90 d) +read$/m)
  assert.equal((await person.qaack(['token', 'delete', 'ci'])).code, 0)
  const dead = await person.qaack(['repo', 'list'], { env: unset })
  assert.equal(dead.code, 1)
  assert.match(dead.stderr, /qaack login.*qaack token create/)
})

test('a token that does not work is not kept', async () => {
  const home = new Person()
  const wrong = await home.qaack(['login', service.url, '--token', 'wrong'])
  assert.equal(wrong.code, 1)
  const { stderr } = await home.qaack(['repo', 'list'], { env: { QAACK_URL: service.url } })
  assert.match(stderr, /no token for http.*qaack login/)
  home[Symbol.dispose]()
})

test('delete takes the repository with its environments', async () => {
  const { code, stdout } = await person.qaack(['repo', 'delete', 'shop', '--yes'])
  assert.deepEqual([code, stdout], [0, 'Repository shop deleted.\n'])
  assert.deepEqual(await json('repo', 'list'), [])
  const { code: again, stderr } = await person.qaack(['repo', 'show', 'shop'])
  assert.equal(again, 1)
  assert.match(stderr, /there is no repository shop; see qaack repo list/)
})
