import assert from 'node:assert/strict'
import { test } from 'node:test'
import { seal } from '../../../src/secrets.ts'
import type { VariableRecord } from '../../../src/stores/store.ts'
import { newId } from '../../../src/ids.ts'
import { built, disposing, offer, openHouseWithChanges, repositoryOf, type House } from './changes.ts'

const file = `
services:
  web:
    image: web
    variables: {OWN: of the file}
    commands: {show: "echo $TOKEN; echo $BUILD_ONLY"}
    start: serve
`

async function keep(house: House): Promise<void> {
  const { id, groupId } = await repositoryOf(house)
  const variable = (
    kind: VariableRecord['owner']['kind'],
    name: string,
    value: string,
    more: Partial<VariableRecord> = {},
  ) => ({
    insert: 'variable' as const,
    record: {
      id: newId(),
      version: 0,
      owner: { kind, id: kind === 'group' ? groupId : id },
      name,
      value: seal(house.parts.secretKey, value),
      visibility: 'always' as const,
      type: 'text' as const,
      path: null,
      ...more,
    },
  })
  await house.parts.store.commit([
    variable('group', 'TOKEN', 'of the group', { type: 'secret' }),
    variable('group', 'GROUP', 'of the group'),
    variable('repository', 'TOKEN', 'of the repository', { type: 'secret' }),
    variable('repository', 'BUILD_ONLY', 'while building', { visibility: 'buildtime' }),
    variable('repository', 'OWN', 'of the repository'),
    variable('repository', 'KEY', 'content', { type: 'file', path: '/key' }),
  ])
}

async function builtWithVariables(fork: boolean) {
  const house = await openHouseWithChanges(file)
  await keep(house)
  const hash = house.origin.commit('feature', { new: 'n' })
  house.origin.commit('main', { old: 'o' })
  const approved = { hash, target: 'main', by: 'grace', at: 1 }
  const { environmentId } = await offer(house, hash, { fork, approved })
  const result = await built(house, environmentId)
  assert.equal(result.environment.state, 'built', result.environment.reason)
  return { ...disposing(house), ...result, seen: result.container?.workload.variables ?? {} }
}

test('variables of repository and group are in the services, the nearer one first, and secrets in no log', async () => {
  await using made = await builtWithVariables(false)
  const { log, seen, container } = made
  const { TOKEN, GROUP, OWN, BUILD_ONLY, KEY } = seen
  assert.deepEqual(
    { TOKEN, GROUP, OWN, BUILD_ONLY, KEY },
    {
      TOKEN: 'of the repository',
      GROUP: 'of the group',
      OWN: 'of the file',
      BUILD_ONLY: undefined,
      KEY: '/key',
    },
  )
  assert.match(log, /web \| •••\nweb \| while building\n/)
  assert.ok(!log.includes('of the repository'))
  const files = container?.workload.files.filter(({ secret }) => secret)
  assert.deepEqual(
    files?.filter(({ path }) => path === '/key'),
    [{ path: '/key', content: 'content', mode: 0o600, secret: true }],
  )
})

test("a fork's code gets none of them, neither while building nor later, and the log says so once", async () => {
  await using made = await builtWithVariables(true)
  const { log, seen } = made
  assert.deepEqual(
    Object.entries(seen).filter(([name]) => !/^(IS_)?QCK/.test(name)),
    [['OWN', 'of the file']],
  )
  assert.match(log, /echo \$BUILD_ONLY\nweb \| \nweb \| \n/)
  // What is masked here is the value of a secret, too.
  const told = 'variables ••• and group are withheld: the code comes from a fork'
  assert.equal(log.split(told).length, 2)
  for (const secret of ['of the group', 'of the repository\n', 'while building'])
    assert.ok(!log.includes(secret))
})
