import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import type { Qaackfile } from '../../../src/qaackfile/qaackfile.ts'
import { checkQaackfile, readQaackfile } from '../../../src/qaackfile/read.ts'
import { sample } from '../../../src/qaackfile/sample.ts'

const manual = readFileSync(new URL('../../../src/qaackfile/README.md', import.meta.url), 'utf8')

/** The example of the manual for projects at GitLab. */
function example(): { file: string; text: string } {
  const examples = [...manual.matchAll(/```yaml\n(.*?)```/gs)].map(([, text = '']) => text)
  const text = examples.find((one) => one.includes('GitlabProjectGroup'))
  assert.ok(text)
  return { file: 'qaack.yml', text }
}

function readFor(type: string, params: Record<string, string>): Qaackfile {
  const data = sample(type, 'change')
  const read = readQaackfile(example(), {
    ...data,
    RepositoryParams: { ...data.RepositoryParams, ...params },
  })
  assert.ok('qaackfile' in read, JSON.stringify(read))
  return read.qaackfile
}

test('the example of the manual takes the image of a GitLab project from its private registry', () => {
  const { services } = readFor('gitlab', { GitlabProjectGroup: 'Acme/Web', GitlabProjectName: 'Shop' })
  const [web] = services
  const hash = '0123456789abcdef0123456789abcdef01234567'
  assert.equal(web?.image, `registry.gitlab.com/acme/web/shop:${hash}`)
  assert.deepEqual([web.port, web.checkout, web.steps], [3000, null, []])
})

test('and builds elsewhere', () => {
  const [web] = readFor('github', {}).services
  assert.deepEqual([web?.image, web?.start], ['node:24', 'npm start'])
})

test('it passes the check, which knows no repository', () => {
  assert.deepEqual(checkQaackfile(example()).faults, [])
})
