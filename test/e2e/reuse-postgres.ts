import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { ServerProcess, until } from '../../src/setup/server-process.ts'
import { Origin } from '../fakes/origin.ts'
import { addRepository, environmentOf, show, waitFor } from './previews.ts'

const image = 'qaack-test/postgres-with-volume:1'

/** `db` only runs its image's own command; `seed` fills it, which is saved with it. */
const qaackfile = `
reuse: seeded
make_reusable: {seeded: {on: seed.fill}}
services:
  seed:
    image: qaack-base/postgres:latest
    default: true
    checkout: true
    path: /code
    depends_on: [db]
    commands:
      fill: {run: psql -h db shop -c 'create table rows as select gen_random_uuid() as id', inputs: [seed.txt]}
    start: sleep infinity
  db:
    image: ${image}
    variables: {POSTGRES_DB: shop}
    ready: {command: pg_isready -h 127.0.0.1 -d shop}
quick_actions:
  rows: {service: db, command: psql -At shop -c 'select id from rows'}
`

/**
 * Builds it, pushes, and proves that the rows of the first build are there again.
 *
 * @param more what to prove then
 */
export async function rowsAgain(
  more: (
    first: string,
    push: (files: Record<string, string>) => Promise<unknown>,
    rows: () => Promise<string>,
  ) => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  execFileSync('docker', ['build', '-q', '-t', image, '-'], {
    input: 'FROM qaack-base/postgres:latest\nVOLUME /var/lib/postgresql/data\n',
    env: { ...process.env, DOCKER_BUILDKIT: '0' },
  })
  await using qaack = await ServerProcess.start()
  using origin = new Origin()
  origin.commit('main', { 'qaack/qaack.yml': qaackfile, 'seed.txt': 'one', 'page.txt': 'one' })
  const repository = await addRepository(qaack, 'shop', origin)
  const id = await environmentOf(qaack, repository, 'main')
  const rows = () => qaack.api<string>('POST', `/api/environment/${id}/action/rows`)
  const push = async (files: Record<string, string>) => {
    const hash = origin.commit('main', files)
    await qaack.api('POST', `/api/repository/${repository}/sync`)
    await until(async () => {
      const { gitRef, status } = await show(qaack, id)
      return gitRef.hash === hash && ['built', 'failed'].includes(status)
    }, `${hash} is built`)
    return waitFor(qaack, id, ['built'])
  }

  await qaack.api('PUT', `/api/environment/${id}`, {})
  await waitFor(qaack, id, ['built'])
  const first = await rows()
  assert.match(first, /^[0-9a-f-]{36}\n$/)
  await push({ 'page.txt': 'two' })
  assert.equal(await rows(), first)
  await more(first, push, rows)
}
