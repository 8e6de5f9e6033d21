import type { Annotation, CheckReport } from '../../reports/report.ts'
import { HostFailure, isHostFailure } from '../failure.ts'
import { ask, each, type RepositoryAsker } from './ask.ts'
import { cutLine, cutMarkdown } from '../cut.ts'
import { annotation, checkRun } from './payloads.ts'

const name = 'qaack'
const textLimit = 65_535
/** That many GitHub takes at once; more can be added. */
const batch = 50

type Wish = CheckReport & { mark: string }

/** Makes the check run of a commit, or makes it say what it should. `handle` is `<commit>:<id>`. */
export async function publishCheckRun(
  at: RepositoryAsker,
  wish: Wish,
  handle: string | null,
): Promise<string> {
  const { appId } = await at.me()
  if (appId === null) {
    throw new HostFailure(
      'refused',
      'only a GitHub App can show checks, not a token; install the app, or switch report.check of the repository off',
    )
  }
  const [hash, known] = handle?.split(':') ?? []
  const id = hash === wish.hash && known ? known : await findRun(at, wish, appId)
  const done = id === null ? null : await update(at, id, wish)
  return `${wish.hash}:${done ?? (await create(at, wish))}`
}

/** The newest that was made for this change at this commit. */
async function findRun(at: RepositoryAsker, { hash, mark }: Wish, appId: number): Promise<string | null> {
  const route = 'GET /repos/{owner}/{repo}/commits/{ref}/check-runs'
  let found: string | null = null
  for await (const run of each(
    at,
    route,
    { ref: hash, check_name: name, app_id: appId, filter: 'all' },
    checkRun,
  )) {
    if (run.external_id !== mark || run.app?.id !== appId) continue
    if (found === null || Number(run.id) > Number(found)) found = run.id
  }
  return found
}

async function create(at: RepositoryAsker, wish: Wish): Promise<string> {
  const route = 'POST /repos/{owner}/{repo}/check-runs'
  const { annotations } = wish
  const { id } = await ask(
    at,
    route,
    { head_sha: wish.hash, ...bodyOf(wish, annotations.slice(0, batch)) },
    checkRun,
  )
  await addRest(at, id, wish, annotations.slice(batch))
  return id
}

/** null if it is not there, or has annotations that are wrong by now: they cannot be taken away. */
async function update(at: RepositoryAsker, id: string, wish: Wish): Promise<string | null> {
  try {
    const missing = await missingAnnotations(at, id, wish.annotations)
    if (missing === null) return null
    await change(at, id, bodyOf(wish, missing.slice(0, batch)))
    await addRest(at, id, wish, missing.slice(batch))
    return id
  } catch (error) {
    if (isHostFailure(error, 'gone')) return null
    throw error
  }
}

/** What GitHub is given is added to what it has, so a request whose answer was lost must not be made as it was. */
async function missingAnnotations(
  at: RepositoryAsker,
  id: string,
  wanted: Annotation[],
): Promise<Annotation[] | null> {
  const route = 'GET /repos/{owner}/{repo}/check-runs/{check_run_id}/annotations'
  const missing = [...wanted]
  for await (const there of each(at, route, { check_run_id: id }, annotation)) {
    const place = missing.findIndex(
      ({ file, line, message }) =>
        file === there.path && line === there.start_line && message === there.message,
    )
    if (place < 0) return null
    missing.splice(place, 1)
  }
  return missing
}

async function addRest(at: RepositoryAsker, id: string, wish: Wish, rest: Annotation[]): Promise<void> {
  for (let done = 0; done < rest.length; done += batch)
    await change(at, id, bodyOf(wish, rest.slice(done, done + batch)))
}

async function change(at: RepositoryAsker, id: string, body: Record<string, unknown>): Promise<void> {
  await ask(
    at,
    'PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}',
    { check_run_id: id, ...body },
    checkRun,
  )
}

function bodyOf(wish: Wish, annotations: Annotation[]): Record<string, unknown> {
  return {
    name,
    external_id: wish.mark,
    details_url: wish.url,
    ...progressOf(wish),
    output: {
      title: cutLine(wish.title, 255),
      summary: cutMarkdown(wish.summary, textLimit),
      ...(wish.text === '' ? {} : { text: cutMarkdown(wish.text, textLimit) }),
      ...(annotations.length === 0 ? {} : { annotations: annotations.map(toGithub) }),
    },
  }
}

function progressOf({ state, startedAt, endedAt }: CheckReport): Record<string, unknown> {
  const started = startedAt === null ? {} : { started_at: new Date(startedAt).toISOString() }
  if (state === 'queued') return { status: 'queued', ...started }
  if (state === 'running') return { status: 'in_progress', ...started }
  return {
    status: 'completed',
    conclusion: state === 'action-required' ? 'action_required' : state,
    ...started,
    ...(endedAt === null ? {} : { completed_at: new Date(endedAt).toISOString() }),
  }
}

function toGithub({ file, line, column, message }: Annotation): Record<string, unknown> {
  return {
    path: file,
    start_line: line,
    end_line: line,
    ...(column === null ? {} : { start_column: column, end_column: column }),
    annotation_level: 'failure',
    message,
  }
}
