import { commitOf, git, isAncestor, nothing, refsOf, tryGit } from './bare.ts'
import { demand, loginOf } from './callers.ts'
import { inside } from './events.ts'
import { at, textAt } from './json.ts'
import { refsChanged } from './refs-changed.ts'
import { repositoryOf } from './routes.ts'
import { answer, Refusal, type ApiRequest, type Handler, type Route } from './world.ts'

/** Refs by the API move in the bare repository; what would write objects there by the API is not bridged. */
export const refRoutes: Route[] = [
  ['POST', '/repos/:owner/:repo/git/refs', create],
  ['PATCH', '/repos/:owner/:repo/git/refs/:ref+', move],
  ['DELETE', '/repos/:owner/:repo/git/refs/:ref+', remove],
  ...(
    [
      ['PUT', '/repos/:owner/:repo/contents/:path+'],
      ['DELETE', '/repos/:owner/:repo/contents/:path+'],
      ['POST', '/repos/:owner/:repo/git/blobs'],
      ['POST', '/repos/:owner/:repo/git/trees'],
      ['POST', '/repos/:owner/:repo/git/commits'],
      ['POST', '/repos/:owner/:repo/git/tags'],
      ['POST', '/repos/:owner/:repo/merges'],
      ['PUT', '/repos/:owner/:repo/pulls/:number/update-branch'],
    ] as const
  ).map(([method, pattern]): Route => [method, pattern, notBridged]),
]

async function create(request: ApiRequest, params: Record<string, string>) {
  const { world, body } = request
  const repository = repositoryOf(request, params)
  await demand(world, request.caller, repository, 'contents', 'write')
  const ref = textAt(body, 'ref')
  const after = await commitOf(repository.dir, textAt(body, 'sha'))
  if (!after) throw new Refusal(422, 'Object does not exist')
  if (!(await isRefName(repository.dir, ref))) throw new Refusal(422, 'Reference name is not valid')
  if ((await refsOf(repository.dir)).has(ref)) throw new Refusal(422, 'Reference already exists')
  await git(repository.dir, ['update-ref', ref, after])
  await refsChanged(world, repository, [{ ref, before: nothing, after }], loginOf(request.caller))
  return answer(201, await inside(world, repository, `/git/ref/${ref.slice(5)}`))
}

async function move(request: ApiRequest, params: Record<string, string>) {
  const { world, body } = request
  const repository = repositoryOf(request, params)
  await demand(world, request.caller, repository, 'contents', 'write')
  const ref = `refs/${params.ref}`
  const before = (await refsOf(repository.dir)).get(ref)
  const after = await commitOf(repository.dir, textAt(body, 'sha'))
  if (!before) throw new Refusal(422, 'Reference does not exist')
  if (!after) throw new Refusal(422, 'Object does not exist')
  if (at(body, 'force') !== true && !(await isAncestor(repository.dir, before, after)))
    throw new Refusal(422, 'Update is not a fast forward')
  await git(repository.dir, ['update-ref', ref, after])
  await refsChanged(world, repository, [{ ref, before, after }], loginOf(request.caller))
  return answer(200, await inside(world, repository, `/git/ref/${ref.slice(5)}`))
}

async function remove(request: ApiRequest, params: Record<string, string>) {
  const { world } = request
  const repository = repositoryOf(request, params)
  await demand(world, request.caller, repository, 'contents', 'write')
  const ref = `refs/${params.ref}`
  const before = (await refsOf(repository.dir)).get(ref)
  if (!before) throw new Refusal(422, 'Reference does not exist')
  if (ref === `refs/heads/${repository.defaultBranch}`)
    throw new Refusal(422, 'Cannot delete the default branch')
  await git(repository.dir, ['update-ref', '-d', ref])
  await refsChanged(world, repository, [{ ref, before, after: nothing }], loginOf(request.caller))
  return answer(204)
}

async function isRefName(dir: string, ref: string): Promise<boolean> {
  if (!/^refs\/(heads|tags)\//.test(ref)) return false
  return (await tryGit(dir, ['check-ref-format', ref])).exitCode === 0
}

function notBridged(...[request]: Parameters<Handler>): ReturnType<Handler> {
  throw new Refusal(
    501,
    `This local GitHub does not do ${request.method} ${request.path}; push with git instead.`,
  )
}
