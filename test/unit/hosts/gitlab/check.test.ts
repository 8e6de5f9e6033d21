import assert from 'node:assert/strict'
import { test } from 'node:test'
import { check } from '../../../../src/hosts/gitlab/check.ts'
import { gitlabCom } from '../../../../src/hosts/gitlab/instance.ts'

test('the address is made of instance, group and project', () => {
  assert.deepEqual(check({ group: 'acme', project: 'shop.git' }, gitlabCom), {
    origin: 'https://gitlab.com/acme/shop.git',
    owner: 'acme',
    repo: 'shop',
  })
  const given = { instanceUrl: '', group: 'acme/web/front', project: 'shop', token: 'glpat-x' }
  assert.deepEqual(check(given, 'https://git.acme.test'), {
    origin: 'https://git.acme.test/acme/web/front/shop.git',
    owner: 'acme/web/front',
    repo: 'shop',
    token: 'glpat-x',
  })
})

const instances = {
  'https://git.acme.test': 'https://git.acme.test',
  'https://git.acme.test/': 'https://git.acme.test',
  'HTTPS://Git.Acme.Test:443//': 'https://git.acme.test',
  'http://git.acme.test:8080': 'http://git.acme.test:8080',
  ' https://acme.test/gitlab/ ': 'https://acme.test/gitlab',
}

for (const [instanceUrl, instance] of Object.entries(instances)) {
  test(`an instance given as "${instanceUrl}" is ${instance}`, () => {
    const { origin } = check({ instanceUrl, group: 'acme', project: 'shop' }, gitlabCom)
    assert.equal(origin, `${instance}/acme/shop.git`)
  })
}

test('what came from GitLab is kept', () => {
  const given = { group: 'acme', project: 'shop', hostKey: 'acme.test:8080/gitlab#42' }
  assert.equal(check(given, gitlabCom).hostKey, 'acme.test:8080/gitlab#42')
})

const both = { group: 'acme', project: 'shop' }
const faults: [Record<string, unknown>, string, RegExp][] = [
  [{ project: 'shop' }, 'params.group', /group is missing/],
  [{ group: 'acme' }, 'params.project', /project is missing/],
  [{ group: '', project: 'shop' }, 'params.group', /whole path/],
  [{ group: '/acme', project: 'shop' }, 'params.group', /whole path/],
  [{ group: 'acme/', project: 'shop' }, 'params.group', /whole path/],
  [{ group: 'acme//web', project: 'shop' }, 'params.group', /whole path/],
  [{ group: 'acme/../root', project: 'shop' }, 'params.group', /whole path/],
  [{ group: 'acme/-', project: 'shop' }, 'params.group', /whole path/],
  [{ group: 'acme web', project: 'shop' }, 'params.group', /whole path/],
  [{ group: 'a'.repeat(1001), project: 'shop' }, 'params.group', /at most 1000/],
  [{ group: 7, project: 'shop' }, 'params.group', /group is missing/],
  [{ group: 'acme', project: '..' }, 'params.project', /last part/],
  [{ group: 'acme', project: 'web/shop' }, 'params.project', /last part/],
  [{ group: 'acme', project: 'shop?x' }, 'params.project', /last part/],
  [{ group: 'acme', project: '--upload-pack' }, 'params.project', /last part/],
  [{ group: 'acme', project: 'shop.atom' }, 'params.project', /last part/],
  [{ ...both, instanceUrl: 'gitlab.com' }, 'params.instanceUrl', /address of a GitLab/],
  [{ ...both, instanceUrl: 'ssh://git@gitlab.com' }, 'params.instanceUrl', /address of a GitLab/],
  [{ ...both, instanceUrl: 'https://me:pass@gitlab.com' }, 'params.instanceUrl', /without user/],
  [{ ...both, instanceUrl: 'https://gitlab.com/?a=b' }, 'params.instanceUrl', /query/],
  [{ ...both, instanceUrl: 'https://gitlab.com/#a' }, 'params.instanceUrl', /fragment/],
  [{ ...both, instanceUrl: 7 }, 'params.instanceUrl', /instanceUrl/],
  [{ ...both, token: 'a\nb' }, 'params.token', /one word, as GitLab shows it/],
  [{ ...both, token: '' }, 'params.token', /one word/],
  [{ ...both, hostKey: '42' }, 'params.hostKey', /GitLab's number/],
  [{ ...both, origin: 'https://evil.test/' }, 'params.origin', /known: instanceUrl, group, project, token/],
]

for (const [params, path, message] of faults) {
  const shown = JSON.stringify(params).slice(0, 80)
  test(`${shown} is refused at ${path}`, () => {
    assert.throws(() => check(params, gitlabCom), { code: 'invalid', path, message })
  })
}
