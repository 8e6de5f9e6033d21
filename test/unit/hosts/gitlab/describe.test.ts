import assert from 'node:assert/strict'
import { test } from 'node:test'
import { describe } from '../../../../src/hosts/gitlab/describe.ts'
import { hostKeyOf, instanceOf, instanceOfPage, projectOf } from '../../../../src/hosts/gitlab/instance.ts'
import { repositoryParamNames } from '../../../../src/qaackfile/template/names.ts'
import { shop } from './record.ts'

const below = shop({
  origin: 'https://acme.test/gitlab/acme/web/shop.git',
  owner: 'acme/web',
  repo: 'shop',
  token: 'sealed',
})

test('people and templates know instance, group and project, and never the token', () => {
  assert.deepEqual(describe(below), {
    webUrl: 'https://acme.test/gitlab/acme/web/shop',
    templateParams: {
      GitlabInstanceUrl: 'https://acme.test/gitlab',
      GitlabProjectGroup: 'acme/web',
      GitlabProjectName: 'shop',
    },
  })
})

test('templates may ask for all of it', () => {
  for (const name of Object.keys(describe(shop()).templateParams))
    assert.ok(repositoryParamNames.includes(name), name)
})

test('the instance is found again in the address', () => {
  assert.equal(instanceOf(below), 'https://acme.test/gitlab')
  assert.equal(instanceOf(shop()), 'https://gitlab.example.com')
  assert.throws(() => instanceOf(shop({ repo: 'other' })), { code: 'internal' })
})

test('and in the page of a project, unless it is of another', () => {
  assert.equal(instanceOfPage('https://acme.test/gitlab/acme/shop', 'acme/shop'), 'https://acme.test/gitlab')
  assert.equal(instanceOfPage('https://acme.test/acme/shop', 'evil/shop'), null)
  assert.equal(instanceOfPage('javascript:alert(1)/acme/shop', 'acme/shop'), null)
})

test('projects of two instances never have the same key', () => {
  assert.equal(hostKeyOf('https://gitlab.com', '42'), 'gitlab.com#42')
  assert.equal(hostKeyOf('http://acme.test:8080/gitlab', '42'), 'acme.test:8080/gitlab#42')
  assert.equal(projectOf('acme.test:8080/gitlab#42'), '42')
})
