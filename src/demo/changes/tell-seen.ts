import { styleText } from 'node:util'
import { check } from '../prove.ts'
import { tell } from '../terminal.ts'
import { plain } from './plain.ts'
import type { Scene } from './scene.ts'
import { untilSeen, type Seen } from './seen.ts'

const width = 100

/** A comment as people read it, with who wrote it. */
export function tellComment(by: string, body: string): void {
  const edge = styleText('dim', '│')
  tell.plain(`  ${styleText('dim', '┌')} ${styleText('bold', by)}`)
  for (const line of plain(body, width)) tell.plain(`  ${edge} ${line}`.trimEnd())
  tell.plain(`  ${styleText('dim', '└')}`)
}

export function firstLine(seen: Seen): string {
  return plain(seen.comments[0]?.body ?? '', width)[0] ?? ''
}

/** Waits until everything on a change says that this commit is ready, and shows that. */
export async function tellReady({ github }: Scene, change: number, hash: string): Promise<Seen> {
  const isReady = ({ comments, status, check: run, deployments }: Seen) =>
    status.state === 'success' &&
    run.state === 'success' &&
    deployments.some((one) => one.hash === hash && one.state === 'success') &&
    (comments[0]?.body.includes(hash.slice(0, 7)) ?? false) &&
    (comments[0]?.body.includes('Preview ready') ?? false)
  const seen = await untilSeen(github, change, isReady, `change ${change} is shown as ready at ${hash}`)
  const comment = oneComment(seen)
  tellComment(`qaack[bot] on acme/shop#${change}, comment ${comment.id}`, comment.body)
  tell.proven(`status      qaack: ${seen.status.state}, ${seen.status.description}, ${seen.status.url}`)
  tell.proven(`check       qaack: ${seen.check.state}, ${seen.check.title}`)
  for (const { hash: of, state, url } of seen.deployments)
    tell.proven(`deployment  qaack/pr-${change} of ${of.slice(0, 7)}: ${state}${url && `, ${url}`}`)
  return seen
}

export function oneComment({ comments }: Seen): Seen['comments'][number] {
  const [only, ...more] = comments
  check(only !== undefined && more.length === 0, `There are ${comments.length} comments instead of one`)
  return only
}

/** Somebody comments a command; both are shown, and the answer must be such. Returns the id of the comment. */
export async function tellCommand(
  { github }: Scene,
  change: number,
  by: 'grace' | 'mallory',
  text: string,
  expected: RegExp,
): Promise<number> {
  tellComment(`${by} on acme/shop#${change}`, text)
  const id = await github.user(by).comment(change, text)
  const isAnswered = ({ answers }: Seen) => answers.some(({ to }) => to === id)
  const { answers } = await untilSeen(github, change, isAnswered, `comment ${id} is answered`)
  const [answer, ...more] = answers.filter(({ to }) => to === id)
  tellComment('qaack[bot]', answer?.body ?? '')
  check(expected.test(answer?.body ?? ''), 'That is not the answer to the comment')
  check(more.length === 0, 'It was answered more than once')
  return id
}
