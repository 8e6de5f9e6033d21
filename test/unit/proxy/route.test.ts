import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import type { BaseUrl } from '../../../src/config/config.ts'
import type { EnvironmentRecord } from '../../../src/environments/environment.ts'
import { route, type RouteRequest } from '../../../src/proxy/route.ts'
import { environment, id, service } from './records.ts'

const base: BaseUrl = { scheme: 'https', domain: 'qaack.example', port: null }

const shop = environment({
  name: 'main--shop',
  aliases: { shop: 'web', admin: 'admin-panel', a: 'web', 'a-b': 'web' },
  services: [
    service('web', { default: true }),
    service('admin-panel', { aliases: ['office'] }),
    service('panel'),
    service('c'),
    service('b-c'),
  ],
})

function ask(request: Partial<RouteRequest>, environments: EnvironmentRecord[] = [shop]): string {
  const found = route({ host: undefined, header: undefined, url: '/', ...request }, base, {
    byId: (wanted) => environments.find((candidate) => candidate.id === wanted),
    byName: (wanted) => environments.find((candidate) => candidate.name === wanted),
  })
  if (found.kind !== 'environment') return found.kind
  return `${found.environment.id} ${found.service ?? '(default)'}`
}

function table(cases: Record<string, string>): void {
  for (const [host, expected] of Object.entries(cases)) assert.equal(ask({ host }), expected, host)
}

test('the base domain, panel, addresses, localhost and no host at all are the API', () => {
  table({
    'qaack.example': 'api',
    'qaack.example:3000': 'api',
    'QAACK.Example.': 'api',
    'panel.qaack.example': 'api',
    '127.0.0.1:3000': 'api',
    localhost: 'api',
    '[::1]:3000': 'api',
    '': 'api',
  })
  assert.equal(ask({}), 'api')
})

test('an id names its environment, also with a port, in upper case and with the dot of the root', () => {
  table({
    [`${id}.qaack.example`]: `${id} (default)`,
    [`${id}.qaack.example:8443`]: `${id} (default)`,
    [`${id.toUpperCase()}.QAACK.EXAMPLE`]: `${id} (default)`,
    [`${id}.qaack.example.`]: `${id} (default)`,
    [`${id}.qaack.example.:80`]: `${id} (default)`,
  })
})

test('labels before the id choose a service, the longest alias deciding between splits', () => {
  table({
    [`serv-web-${id}.qaack.example`]: `${id} web`,
    [`serv-admin-panel-${id}.qaack.example`]: `${id} admin-panel`,
    [`admin-${id}.qaack.example`]: `${id} admin-panel`,
    [`office-${id}.qaack.example`]: `${id} admin-panel`,
    [`shop-admin-panel-${id}.qaack.example`]: `${id} admin-panel`,
    [`office-panel-${id}.qaack.example`]: `${id} panel`,
    [`a-b-c-${id}.qaack.example`]: `${id} c`,
    [`a-c-${id}.qaack.example`]: `${id} c`,
  })
})

test('any other label before the id is decoration', () => {
  table({
    [`my-label-${id}.qaack.example`]: `${id} (default)`,
    [`web-${id}.qaack.example`]: `${id} (default)`,
    [`-${id}.qaack.example`]: `${id} (default)`,
    [`other-web-${id}.qaack.example`]: `${id} (default)`,
    [`constructor-${id}.qaack.example`]: `${id} (default)`,
  })
})

test('serv- with a service that is not there asks for that service and gets no other', () => {
  assert.equal(ask({ host: `serv-nothing-${id}.qaack.example` }), `${id} nothing`)
})

test('the readable name is looked up whole, also when it ends like an id', () => {
  const other = environment({ id: 'kkkkkkkkkk', name: 'main--repository' })
  assert.equal(ask({ host: 'main--shop.qaack.example' }), `${id} (default)`)
  assert.equal(ask({ host: 'Main--Shop.qaack.example:3000' }), `${id} (default)`)
  assert.equal(ask({ host: 'main--repository.qaack.example' }, [shop, other]), 'kkkkkkkkkk (default)')
})

test('an id outranks the name of another environment that ends in it', () => {
  const thief = environment({ id: 'kkkkkkkkkk', name: `main--${id}` })
  assert.equal(ask({ host: `main--${id}.qaack.example` }, [thief, shop]), `${id} (default)`)
})

test('the header chooses the environment, whatever the host', () => {
  for (const host of ['qaack.example', 'elsewhere.org', '127.0.0.1', undefined]) {
    assert.equal(ask({ host, header: id }), `${id} (default)`)
    assert.equal(ask({ host, header: ` ${id.toUpperCase()} ` }), `${id} (default)`)
    assert.equal(ask({ host, header: 'kkkkkkkkkk' }), 'unknown')
    assert.equal(ask({ host, header: `${id}, ${id}` }), 'unknown')
    assert.equal(ask({ host, header: '' }), 'unknown')
  }
})

test('other domains, deeper names and ids that nobody has are unknown', () => {
  table({
    'elsewhere.org': 'unknown',
    'notqaack.example': 'unknown',
    [`${id}.elsewhere.org`]: 'unknown',
    [`www.${id}.qaack.example`]: 'unknown',
    'kkkkkkkkkk.qaack.example': 'unknown',
    'a.panel.qaack.example': 'unknown',
  })
})

test('what is no single host is invalid', () => {
  table({
    'a b.qaack.example': 'invalid',
    [`${id}.qaack.example,qaack.example`]: 'invalid',
    'user@qaack.example': 'invalid',
    '..qaack.example': 'invalid',
    '::1': 'invalid',
    '[::1': 'invalid',
    '[1.2.3.4]': 'invalid',
    'qaack.example:port': 'invalid',
  })
})

test('a whole address as target outranks the Host header and is cut to its path', () => {
  const found = route(
    { host: 'qaack.example', header: undefined, url: `http://${id}.qaack.example/a?b` },
    base,
    {
      byId: () => shop,
      byName: () => undefined,
    },
  )
  assert.equal(found.kind === 'environment' && found.path, '/a?b')
  assert.equal(ask({ host: 'qaack.example', url: '*' }), 'invalid')
  assert.equal(ask({ host: 'qaack.example', url: 'qaack.example:443' }), 'invalid')
  assert.equal(ask({ host: 'qaack.example', url: 'ftp://qaack.example/' }), 'invalid')
  assert.equal(ask({ host: `${id}.qaack.example`, url: 'http://qaack.example' }), 'api')
})

test('no host and no target makes it throw, and none reaches an environment without its id or name', () => {
  const weird = fc.oneof(
    fc.string(),
    fc.webAuthority(),
    fc.domain(),
    fc.ipV6(),
    fc.string({ unit: 'binary' }),
  )
  fc.assert(
    fc.property(
      weird,
      fc.option(weird, { nil: undefined }),
      fc.oneof(weird, fc.webPath(), fc.webUrl()),
      (host, header, url) => {
        const answer = ask({ host, header, url })
        const named = [host, header ?? '', url].some((text) => /abcdefghij|main--shop/i.test(text))
        assert.ok(named || ['api', 'unknown', 'invalid'].includes(answer))
      },
    ),
    { numRuns: 2_000 },
  )
})

const name = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,10}[a-z0-9])?$/).filter((text) => text !== 'serv')

test('every service is reached by serv-, every alias by its own label, whatever dashes they have', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(name, { minLength: 1, maxLength: 5 }),
      fc.uniqueArray(name, { maxLength: 4 }),
      (names, aliases) => {
        const plain = aliases.filter((alias) => !alias.startsWith('serv-'))
        const owner = names[0] ?? ''
        const some = environment({
          services: names.map((each, index) => service(each, { default: index === 0 })),
          aliases: Object.fromEntries(plain.map((alias) => [alias, owner])),
        })
        for (const each of names)
          assert.equal(ask({ host: `serv-${each}-${id}.qaack.example` }, [some]), `${id} ${each}`)
        for (const alias of plain) {
          const pair = plain.some((head) => names.some((tail) => `${head}-${tail}` === alias))
          if (!pair) assert.equal(ask({ host: `${alias}-${id}.qaack.example` }, [some]), `${id} ${owner}`)
        }
      },
    ),
  )
})
