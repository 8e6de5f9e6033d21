import { demand, loginOf } from './callers.ts'
import { inside, nodeId, personOf } from './events.ts'
import { numberAt, textAt } from './json.ts'
import type { Reaction } from './records.ts'
import { repositoryOf } from './routes.ts'
import { answer, invalid, paged, Refusal, type ApiRequest, type Route, type World } from './world.ts'

const contents = ['+1', '-1', 'laugh', 'confused', 'heart', 'hooray', 'rocket', 'eyes']
const under = '/repos/:owner/:repo/issues/comments/:comment/reactions'

export const reactionRoutes: Route[] = [
  ['GET', under, list],
  ['POST', under, create],
  ['DELETE', `${under}/:id`, remove],
]

async function list(request: ApiRequest, params: Record<string, string>) {
  const { world, query } = request
  const comment = await commentAsked(request, params, 'read')
  const wanted = query.get('content')
  const found = world.reactions.filter(
    (one) => one.comment === comment && (!wanted || one.content === wanted),
  )
  const page = paged(request, found)
  return { ...page, body: await Promise.all((page.body as Reaction[]).map((one) => record(world, one))) }
}

/** The same reaction of the same one again is the one there is: 200 in place of 201. */
async function create(request: ApiRequest, params: Record<string, string>) {
  const { world } = request
  const comment = await commentAsked(request, params, 'write')
  const content = textAt(request.body, 'content')
  if (!contents.includes(content)) throw invalid('Reaction', 'content')
  const by = loginOf(request.caller)
  const same = world.reactions.find(
    (one) => one.comment === comment && one.content === content && one.by === by,
  )
  if (same) return answer(200, await record(world, same))
  const repository = repositoryOf(request, params).id
  const reaction = { id: world.nextId(), repository, comment, content, by, at: new Date().toISOString() }
  world.reactions.push(reaction)
  return answer(201, await record(world, reaction))
}

async function remove(request: ApiRequest, params: Record<string, string>) {
  const { world } = request
  const comment = await commentAsked(request, params, 'write')
  const place = world.reactions.findIndex((one) => one.id === Number(params.id) && one.comment === comment)
  if (place < 0) throw new Refusal(404, 'Not Found')
  if (world.reactions[place]?.by !== loginOf(request.caller)) throw new Refusal(403, 'Forbidden')
  world.reactions.splice(place, 1)
  return answer(204)
}

async function commentAsked(request: ApiRequest, params: Record<string, string>, level: 'read' | 'write') {
  const { world, caller } = request
  const repository = repositoryOf(request, params)
  // a person may react wherever they may read
  if (caller.kind === 'installation') await demandEither(request, params, level)
  else if (level === 'write') loginOf(caller)
  const comment = await inside(world, repository, `/issues/comments/${params.comment}`)
  if (numberAt(comment, 'id') === 0) throw new Refusal(404, 'Not Found')
  return numberAt(comment, 'id')
}

/** Either right is enough for comments of changes. */
async function demandEither(request: ApiRequest, params: Record<string, string>, level: 'read' | 'write') {
  const { world, caller } = request
  const repository = repositoryOf(request, params)
  const given = caller.kind === 'installation' ? caller.permissions : {}
  await demand(world, caller, repository, given.issues ? 'issues' : 'pull_requests', level)
}

async function record(world: World, reaction: Reaction) {
  return {
    id: reaction.id,
    node_id: nodeId('Reaction', reaction.id),
    user: await personOf(world, reaction.by),
    content: reaction.content,
    created_at: reaction.at,
  }
}
