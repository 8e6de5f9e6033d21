import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createGitlabHost } from '../../../../src/hosts/gitlab/gitlab-host.ts'
import type { Heard } from '../../../../src/hosts/host.ts'
import { silentLogger } from '../../../../src/logger.ts'
import type { RepositoryParams } from '../../../../src/repositories/repository.ts'
import { gitlabPayload } from '../../../fakes/gitlab-payloads.ts'
import { gitlabThatAnswers } from './answers.ts'
import { shop } from './record.ts'

const { event, payload } = gitlabPayload('push')

interface Said {
  id: number
  path_with_namespace: string
  web_url: string
}

/** The secret that a GitLab, which says this of a project, is given for its webhook; and who believes it then. */
function given(params: RepositoryParams, project: Said) {
  const { asked, parts } = gitlabThatAnswers({
    '/user': () => Response.json({ id: 1, username: 'bot' }),
    [`/projects/${encodeURIComponent(`${params.owner}/${params.repo}`)}`]: () => Response.json(project),
    '/hooks?per_page=100': () => Response.json([]),
    '/hooks': () => Response.json({ id: 5 }),
  })
  const host = createGitlabHost({ ...parts, config: null, secretKey: 'of the server', logger: silentLogger })
  const keep = () => host.hooks?.keep(shop({ token: 'glpat-own', ...params }), 'https://qaack.test/hooks')
  const hear = (about: Said): Heard | undefined => {
    const sent = asked.find(({ method }) => method === 'POST')?.body ?? '{}'
    const { token } = JSON.parse(sent) as { token?: string }
    const body = Buffer.from(JSON.stringify({ ...payload, project: about }))
    return host.door?.hear({ headers: { 'x-gitlab-event': event, 'x-gitlab-token': token ?? 'none' }, body })
  }
  return { keep, hear, asked }
}

const mallorys = {
  id: 99,
  path_with_namespace: 'mallory/shop',
  web_url: 'https://git.example.org/mallory/shop',
}
const own = { origin: 'https://git.example.org/mallory/shop.git', owner: 'mallory', repo: 'shop' }

test('a project that was added by hand tells of itself', async () => {
  const { keep, hear } = given(own, mallorys)
  assert.equal(await keep(), 'made')
  assert.ok('delivery' in (hear(mallorys) ?? {}))
})

for (const [name, project] of Object.entries({
  'of another GitLab': { id: 42, path_with_namespace: 'acme/shop', web_url: 'https://gitlab.com/acme/shop' },
  'of the same path at another GitLab': { ...mallorys, web_url: 'https://gitlab.com/mallory/shop' },
  'another one, as after a rename': {
    ...mallorys,
    path_with_namespace: 'mallory/store',
    web_url: 'https://git.example.org/mallory/store',
  },
})) {
  test(`a GitLab that says a project is ${name} gets no secret for that`, async () => {
    const { keep, hear, asked } = given(own, project)
    await assert.rejects(Promise.resolve(keep()), { kind: 'refused', message: new RegExp(project.web_url) })
    assert.deepEqual(
      asked.filter(({ method }) => method !== 'GET'),
      [],
    )
    assert.ok('refused' in (hear(project) ?? {}))
  })
}

test('who knows the secret of a project that was added by hand cannot speak of another one', async () => {
  const { keep, hear } = given(own, mallorys)
  await keep()
  const others = [
    { ...mallorys, path_with_namespace: 'acme/shop', web_url: 'https://git.example.org/acme/shop' },
    { ...mallorys, id: 42 },
    { ...mallorys, web_url: 'https://gitlab.com/mallory/shop' },
  ]
  for (const other of others) assert.ok('refused' in (hear(other) ?? {}), JSON.stringify(other))
})
