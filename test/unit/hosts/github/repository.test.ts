import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { GithubConnection } from '../../../../src/hosts/github/connection.ts'
import { createGithubHost } from '../../../../src/hosts/github/github-host.ts'
import { githubCom, githubServer, serverAt } from '../../../../src/hosts/github/server.ts'
import { silentLogger } from '../../../../src/logger.ts'
import { ManualClock } from '../../../fakes/clock.ts'
import { shop } from './record.ts'

const clock = new ManualClock()

function hostWith(connection: GithubConnection | null, server = githubCom) {
  return createGithubHost({ connection: () => connection, server, clock, logger: silentLogger })
}

/** An app whose tokens tell what they were asked for. */
const app: GithubConnection = {
  server: githubCom,
  app: { id: 7, slug: 'qaack', name: 'Qaack', url: 'https://github.com/apps/qaack', owner: 'acme' },
  client: () => Promise.reject(new Error('nobody asks GitHub here')),
  token: (installation) => Promise.resolve(`token of ${installation}`),
  middleware: () => Promise.resolve(),
}

test('the address is made of owner and repo', () => {
  assert.deepEqual(hostWith(null).check({ owner: 'acme', repo: 'shop.git' }), {
    origin: 'https://github.com/acme/shop.git',
    owner: 'acme',
    repo: 'shop',
  })
})

test('an Enterprise Server is named by the settings, with the addresses that Probot uses', () => {
  const server = githubServer({ gheHost: 'git.acme.test:8443', gheProtocol: 'https' })
  assert.deepEqual(server, {
    api: 'https://git.acme.test:8443/api/v3',
    web: 'https://git.acme.test:8443',
  })
  assert.equal(
    hostWith(null, server).check({ owner: 'acme', repo: 'shop' }).origin,
    'https://git.acme.test:8443/acme/shop.git',
  )
  assert.deepEqual(githubServer(null), githubCom)
})

test('what came from the app is kept', () => {
  const given = { owner: 'acme', repo: 'shop', hostKey: '12', installation: 7 }
  const origin = 'https://github.com/acme/shop.git'
  assert.deepEqual(hostWith(app).check(given), { origin, ...given })
})

const faults: [Record<string, unknown>, string, RegExp][] = [
  [{ repo: 'shop' }, 'params.owner', /owner is missing/],
  [{ owner: 'acme' }, 'params.repo', /repo is missing/],
  [{ owner: 'acme/shop', repo: 'shop' }, 'params.owner', /first part/],
  [{ owner: 'acme', repo: '..' }, 'params.repo', /not a name/],
  [{ owner: 'acme', repo: '../../etc' }, 'params.repo', /letters, digits/],
  [{ owner: 'acme', repo: 'shop', token: 'a\nb' }, 'params.token', /one word/],
  [{ owner: 'acme', repo: 'shop', installation: -1 }, 'params.installation', /installation/],
  [
    { owner: 'acme', repo: 'shop', origin: 'https://evil.test/' },
    'params.origin',
    /known: owner, repo, token/,
  ],
]

for (const [params, path, message] of faults) {
  test(`${JSON.stringify(params)} is refused at ${path}`, () => {
    assert.throws(() => hostWith(null).check(params), { code: 'invalid', path, message })
  })
}

test('the app gives its token anew for each fetch', async () => {
  const remote = hostWith(app).remote(shop({ installation: 3 }))
  assert.equal(remote.credentials, null)
  assert.deepEqual(await remote.renew?.(), { username: 'x-access-token', password: 'token of 3' })
  assert.equal(remote.address.url, 'https://github.com/acme/shop.git')
})

test("without the app a repository's own token is used, and without that none", async () => {
  const own = { username: 'x-access-token', password: 'ghp_x' }
  assert.deepEqual(hostWith(app).remote(shop({ token: 'ghp_x' })).credentials, own)
  assert.equal(hostWith(app).remote(shop()).credentials, null)
  assert.equal(hostWith(app).remote(shop()).renew, undefined)
  assert.deepEqual(
    await hostWith(null)
      .remote(shop({ installation: 3, token: 'ghp_x' }))
      .renew?.(),
    own,
  )
})

test('a token of its own is useless where the app reads, and only there', async () => {
  const installed = shop({ installation: 3 })
  assert.match(
    (await hostWith(app).changes?.unusedToken?.(installed)) ?? '',
    /^shop is read as the GitHub App Qaack, so a token of its own would not be used; change at GitHub/,
  )
  const elsewhere = shop({ installation: 3, origin: 'https://git.acme.test/acme/shop.git' })
  assert.equal(await hostWith(app).changes?.unusedToken?.(elsewhere), null)
  assert.equal(await hostWith(app).changes?.unusedToken?.(shop()), null)
  assert.equal(await hostWith(null).changes?.unusedToken?.(installed), null)
})

test('what only the app can read says so once the app is gone', async () => {
  const remote = hostWith(null).remote(shop({ installation: 3 }))
  await assert.rejects(async () => remote.renew?.(), {
    name: 'HostFailure',
    kind: 'refused',
    message: /APP_ID/,
  })
})

test('people and templates know owner and name, and never the token', () => {
  assert.deepEqual(hostWith(null).describe(shop({ token: 'sealed' })), {
    webUrl: 'https://github.com/acme/shop',
    templateParams: { GithubOwner: 'acme', GithubRepo: 'shop' },
  })
})

test('without an app there are no repositories to list and no deliveries to ask for', async () => {
  const host = hostWith(null)
  assert.equal(await host.repositories(), null)
  assert.equal(await host.recover(0, () => Promise.resolve(false)), 0)
})

test('the code of a change is behind a ref of its own', () => {
  assert.equal(hostWith(null).changes?.ref('12'), 'refs/pull/12/head')
})

test('without app and token nothing is written, and it is said why', async () => {
  const changes = hostWith(null).changes
  const item = { kind: 'comment', change: '1', mark: 'm', body: 'hello' } as const
  await assert.rejects(async () => changes?.publish(shop(), item, null), {
    name: 'HostFailure',
    kind: 'refused',
    message: /no GitHub App is installed .* has no token/,
  })
})

test('nobody is told that there is no app before it is known', async () => {
  const opened = Promise.withResolvers<void>()
  let connection: GithubConnection | null = null
  const host = createGithubHost({
    ...{ connection: () => connection, opened: () => opened.promise },
    ...{ server: githubCom, clock, logger: silentLogger },
  })
  const asked = host.remote(shop({ installation: 3 })).renew?.()
  connection = app
  opened.resolve()
  assert.deepEqual(await asked, { username: 'x-access-token', password: 'token of 3' })
})

describe('at another server than the one of the app', () => {
  const elsewhere = { origin: 'https://git.acme.test/acme/shop.git', installation: 3 }

  test('its token is not given away', async () => {
    const refused = { name: 'HostFailure', kind: 'refused' }
    await assert.rejects(async () => hostWith(app).remote(shop(elsewhere)).renew?.(), refused)
    const own = shop({ ...elsewhere, token: 'ghp_x' })
    assert.deepEqual(await hostWith(app).remote(own).renew?.(), {
      username: 'x-access-token',
      password: 'ghp_x',
    })
  })

  test('nobody takes a stranger being refused for the end of all changes', async () => {
    const list = hostWith(app).changes?.list(shop(elsewhere))
    await assert.rejects(async () => list, { name: 'HostFailure', kind: 'refused', message: /APP_ID/ })
  })
})

test('an address says at which server its API is', () => {
  assert.deepEqual(serverAt('https://github.com/acme/shop.git'), githubCom)
  assert.deepEqual(serverAt('http://git.acme.test:8080/acme/shop.git'), {
    api: 'http://git.acme.test:8080/api/v3',
    web: 'http://git.acme.test:8080',
  })
})
