import type { Json } from '../../../src/demo/github/json.ts'
import { among, choice, iso, required } from './fields.ts'
import { changeOf } from './merge-requests.ts'
import { tellNote } from './news.ts'
import { paged } from './pages.ts'
import { showPerson } from './people.ts'
import type { Award, MergeRequest, Note } from './records.ts'
import type { Route } from './routes.ts'
import { maintainer, Refusal, roleOf, signedIn, type Account, type Answer, type Asked } from './world.ts'

const notes = '/projects/:id/merge_requests/:iid/notes'

export const noteRoutes: Route[] = [
  ['GET', notes, list],
  ['POST', notes, create],
  ['GET', `${notes}/:note`, one],
  ['PUT', `${notes}/:note`, edit],
  ['DELETE', `${notes}/:note`, remove],
  ['GET', `${notes}/:note/award_emoji`, listAwards],
  ['POST', `${notes}/:note/award_emoji`, award],
  ['DELETE', `${notes}/:note/award_emoji/:award`, removeAward],
]

function list(asked: Asked): Answer {
  const change = changeOf(asked)
  const order = choice(asked, 'order_by', ['created_at', 'updated_at']) ?? 'created_at'
  const rising = choice(asked, 'sort', ['asc', 'desc']) === 'asc'
  const only = choice(asked, 'activity_filter', ['all_notes', 'only_comments', 'only_activity'])
  const key = (note: Note) => (order === 'updated_at' ? note.updatedAt : note.createdAt)
  const all = change.notes
    .filter(
      ({ system }) => only === undefined || only === 'all_notes' || system === (only === 'only_activity'),
    )
    .sort((a, b) => (key(a) - key(b) || a.id - b.id) * (rising ? 1 : -1))
  return paged(asked, all, (note) => show(asked, change, note))
}

async function create(asked: Asked): Promise<Answer> {
  const change = changeOf(asked)
  const author = signedIn(asked)
  const body = bodyOf(asked)
  const now = Date.now()
  const times = { createdAt: now, updatedAt: now }
  const note: Note = { id: asked.world.nextId(), body, author, system: false, ...times, awards: [] }
  change.notes.push(note)
  change.updatedAt = now
  await tellNote(asked.world, change, note, author, 'create')
  return { status: 201, body: show(asked, change, note) }
}

function one(asked: Asked): Answer {
  const change = changeOf(asked)
  return { status: 200, body: show(asked, change, noteOf(asked, change)) }
}

async function edit(asked: Asked): Promise<Answer> {
  const change = changeOf(asked)
  const note = noteOf(asked, change)
  const account = demandNote(asked, change, note)
  Object.assign(note, { body: bodyOf(asked), updatedAt: Date.now() })
  await tellNote(asked.world, change, note, account, 'update')
  return { status: 200, body: show(asked, change, note) }
}

/** Nobody is told of it. */
function remove(asked: Asked): Answer {
  const change = changeOf(asked)
  const note = noteOf(asked, change)
  demandNote(asked, change, note)
  change.notes = change.notes.filter((other) => other !== note)
  return { status: 204 }
}

function listAwards(asked: Asked): Answer {
  const note = noteOf(asked, changeOf(asked))
  return paged(asked, note.awards, (one) => showAward(asked, note, one))
}

function award(asked: Asked): Answer {
  const note = noteOf(asked, changeOf(asked))
  const by = signedIn(asked)
  const name = required(asked, 'name')
  // GitLab says both with the words of something that is not there
  if (!emoji.includes(name))
    throw new Refusal(404, '404 Award Emoji Name is not a valid emoji name Not Found')
  if (note.awards.some((one) => one.by === by && one.name === name))
    throw new Refusal(404, '404 Award Emoji Name has already been taken Not Found')
  const made = { id: asked.world.nextId(), name, by, createdAt: Date.now() }
  note.awards.push(made)
  return { status: 201, body: showAward(asked, note, made) }
}

function removeAward(asked: Asked): Answer {
  const note = noteOf(asked, changeOf(asked))
  const found = among(note.awards, ({ id }) => String(id) === asked.params.award)
  if (found.by !== signedIn(asked)) throw new Refusal(401, '401 Unauthorized')
  note.awards = note.awards.filter((other) => other !== found)
  return { status: 204 }
}

/** Some of the many. */
const emoji = [
  'eyes',
  'rocket',
  'confused',
  'thumbsup',
  'thumbsdown',
  'heart',
  'tada',
  'laughing',
  'hourglass',
]

function bodyOf(asked: Asked): string {
  const body = required(asked, 'body')
  if (body.trim() === '') throw new Refusal(400, { message: { note: ["can't be blank"] } })
  if (body.length > 1_000_000)
    throw new Refusal(400, { message: { note: ['is too long (maximum is 1000000 characters)'] } })
  return body
}

function noteOf(asked: Asked, change: MergeRequest): Note {
  return among(change.notes, ({ id }) => String(id) === asked.params.note)
}

/** Who wrote it, or keeps the project in order. */
function demandNote(asked: Asked, change: MergeRequest, note: Note): Account {
  const account = signedIn(asked)
  if (note.system || (note.author !== account && roleOf(change.target, account) < maintainer))
    throw new Refusal(403, '403 Forbidden')
  return account
}

function show({ world }: Asked, change: MergeRequest, note: Note): Json {
  return {
    id: note.id,
    type: null,
    body: note.body,
    author: showPerson(world, note.author),
    created_at: iso(note.createdAt),
    updated_at: iso(note.updatedAt),
    system: note.system,
    noteable_id: change.id,
    noteable_type: 'MergeRequest',
    project_id: change.target.id,
    resolvable: false,
    confidential: false,
    internal: false,
    imported: false,
    imported_from: 'none',
    noteable_iid: change.iid,
    commands_changes: {},
  }
}

function showAward({ world }: Asked, note: Note, one: Award): Json {
  return {
    id: one.id,
    name: one.name,
    user: showPerson(world, one.by),
    created_at: iso(one.createdAt),
    updated_at: iso(one.createdAt),
    awardable_id: note.id,
    awardable_type: 'Note',
    url: null,
  }
}
