import type { StatusReport } from '../../reports/report.ts'
import { cutLine } from '../cut.ts'
import { isHostFailure, unlessGone } from '../failure.ts'
import { made, status, type Source, type Status } from './answers.ts'
import { ask, each, type ProjectAsker } from './ask.ts'
import { isMine } from './me.ts'
import { refIn, sourceOf } from './source.ts'

const name = 'qaack'
const states = { pending: 'pending', success: 'success', failure: 'failed', error: 'failed' } as const

type Wish = StatusReport & { change: string }

/** Where a status is said: statuses are jobs of pipelines. */
type Place = { pipeline_id: number } | { ref: string }

interface Saying {
  state: string
  description: string
  target_url: string
}

/**
 * Says how it is with a commit, unless that is said already: in the pipeline of the change, or in one that GitLab makes.
 * Where it was said to be pending in another pipeline before that one was there, its end is said as well.
 */
export async function publishStatus(at: ProjectAsker, wish: Wish): Promise<string> {
  const source = await sourceOf(at, wish.change)
  const said = await listMine(at, wish.hash)
  const place = placeFor(wish, source, said)
  const id = await sayAt(at, wish, place, said).catch((error: unknown) => {
    // The pipeline went meanwhile, or takes no more.
    if (!('pipeline_id' in place) || !isHostFailure(error, 'gone')) throw error
    return sayAt(at, wish, { ref: refIn(wish.change, source) }, said)
  })
  if (wish.state !== 'pending')
    for (const left of leftPending(said, place)) await unlessGone(sayAt(at, wish, left, said))
  return id
}

function placeFor({ change, hash }: Wish, source: Source, said: Status[]): Place {
  const { head_pipeline: head, target_project_id } = source
  // Pipelines of a fork are not ours to touch; those of merge results are of another commit.
  const isHead = head?.sha === hash && (head.project_id ?? target_project_id) === target_project_id
  const pipeline = isHead ? head.id : said[0]?.pipeline_id
  return typeof pipeline === 'number' ? { pipeline_id: pipeline } : { ref: refIn(change, source) }
}

function leftPending(said: Status[], done: Place): Place[] {
  const open = said.filter(
    (one) => (one.status === 'pending' || one.status === 'running') && !isAt(one, done),
  )
  return open.flatMap(({ pipeline_id }) => (typeof pipeline_id === 'number' ? { pipeline_id } : []))
}

/** Returns its id. */
async function sayAt(at: ProjectAsker, wish: Wish, place: Place, said: Status[]): Promise<string> {
  const wanted = sayingOf(wish)
  const last = said.find((one) => isAt(one, place))
  if (last && isSame(last, wanted)) return String(last.id)
  try {
    const path = `projects/${at.project}/statuses/${wish.hash}`
    return (await ask(at, 'POST', path, { body: { name, ...wanted, ...place } }, made)).id
  } catch (error) {
    // To GitLab a state is news only if it is another one; then its text stays what it was.
    if (!isHostFailure(error, 'refused') || !/cannot transition/i.test(error.message)) throw error
    const now = (await listMine(at, wish.hash)).find((one) => isAt(one, place))
    if (now?.status !== wanted.state) throw error
    return String(now.id)
  }
}

function sayingOf({ state, description, url }: StatusReport): Saying {
  return { state: states[state], description: cutLine(description, 140), target_url: url }
}

/** Old ones do not say in which pipeline a status is. */
function isAt({ pipeline_id, ref }: Status, place: Place): boolean {
  if ('ref' in place) return ref === place.ref
  return typeof pipeline_id !== 'number' || pipeline_id === place.pipeline_id
}

function isSame(one: Status, wanted: Saying): boolean {
  return (
    one.status === wanted.state &&
    one.description === wanted.description &&
    one.target_url === wanted.target_url
  )
}

/** The newest of each pipeline, newest first. */
async function listMine(at: ProjectAsker, hash: string): Promise<Status[]> {
  const me = await at.me()
  const mine: Status[] = []
  for await (const one of each(
    at,
    `projects/${at.project}/repository/commits/${hash}/statuses`,
    { name },
    status,
  ))
    if (one.name === name && isMine(me, one.author?.id ?? null)) mine.push(one)
  return mine.sort((a, b) => b.id - a.id)
}
