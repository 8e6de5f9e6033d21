import assert from 'node:assert/strict'
import { test } from 'node:test'
import { mayWrite } from '../../../../src/hosts/gitlab/permission.ts'
import { gitlabThatAnswers } from './answers.ts'
import { shop } from './record.ts'

const member = 'projects/42/members/all/11'

async function ask(
  member: unknown,
  { users = [{ id: 11, username: 'Ada' }] as unknown[], status = 200 } = {},
) {
  const { access, asked } = gitlabThatAnswers({
    'users?username=ada': () => Response.json(users),
    'projects/42/members/all/11': () => Response.json(member, { status }),
  })
  const at = await access.toWrite(shop({ hostKey: 'gitlab.example.com#42' }))
  return { may: await mayWrite(at, 'ada'), asked }
}

for (const [level, may] of [
  [10, false],
  [20, false],
  [29, false],
  [30, true],
  [40, true],
  [50, true],
] as const) {
  test(`access level ${level} may ${may ? '' : 'not '}push`, async () => {
    assert.equal((await ask({ access_level: level, state: 'active' })).may, may)
  })
}

test('who is blocked or waits to be let in may not', async () => {
  for (const state of ['blocked', 'awaiting', 'ldap_blocked'])
    assert.equal((await ask({ access_level: 50, state })).may, false, state)
})

test('who is no member may not', async () => {
  assert.equal((await ask({ message: '404 Not found' }, { status: 404 })).may, false)
})

test('somebody whom GitLab does not know, or only by a similar name, may not', async () => {
  for (const users of [[], [{ id: 11, username: 'ada2' }]]) {
    const { may, asked } = await ask({ access_level: 50, state: 'active' }, { users })
    assert.equal(may, false)
    assert.ok(!asked.some(({ url }) => url.endsWith(member)))
  }
})

test('what cannot be found out is no permission, but a failure', async () => {
  await assert.rejects(ask({}, { status: 500 }), { kind: 'unavailable' })
  await assert.rejects(ask({}, { status: 403 }), { kind: 'refused' })
  await assert.rejects(ask({ access_level: '50' }), { kind: 'unavailable' })
})

test('a name is a name, whatever is in it', async () => {
  const { access, asked } = gitlabThatAnswers({
    '&x=1': () => Response.json([]),
    username: () => Response.json([]),
  })
  const at = await access.toWrite(shop())
  await mayWrite(at, 'ada&x=1/../#').catch(() => undefined)
  assert.equal(asked[0]?.url, 'https://gitlab.example.com/api/v4/users?username=ada%26x%3D1%2F..%2F%23')
})
