import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { GithubClient } from '../../../../src/hosts/github/client.ts'
import { putComment } from '../../../../src/hosts/github/comment.ts'
import { ManualClock } from '../../../fakes/clock.ts'

test('a comment that is listed but cannot be changed is not tried for ever', async () => {
  const asked: string[] = []
  const gone = {
    status: 404,
    request: { method: 'PATCH', url: 'https://x.test/' },
    response: { headers: {} },
  }
  const listed = { id: 1, body: '<!-- qaack m -->\nold', user: { login: 'ada' } }
  const client = {
    request: (route: string) => {
      asked.push(route.split(' ', 1)[0] ?? '')
      return Promise.reject(Object.assign(new Error('Not Found'), gone))
    },
    paginate: {
      async *iterator() {
        yield await Promise.resolve({ data: [listed] })
      },
    },
  } as unknown as GithubClient
  const me = () => Promise.resolve({ appId: null, login: 'ada' })
  const at = { client, clock: new ManualClock(), owner: 'acme', repo: 'shop', me }
  await assert.rejects(putComment(at, { change: '1', mark: 'm', body: 'new' }, null), {
    name: 'HostFailure',
    kind: 'unavailable',
  })
  assert.deepEqual(asked, ['PATCH', 'PATCH', 'PATCH'])
})
