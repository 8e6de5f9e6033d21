import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { isGone, residentMiB } from './from-outside.ts'
import { ServerProcess, until } from '../setup/server-process.ts'
import { benchImage } from './image.ts'
import { addRepository, answers, pushAndCreate, sampleOrigin } from './origin.ts'

/**
 * `npm run soak -- --minutes 30`: lives through many short lives of previews on a real engine, with a kill now and then, and
 * fails if anything is left over or the server grows. For what `npm test` has no time for.
 */
const { values } = parseArgs({ options: { minutes: { type: 'string', default: '30' } } })
const end = Date.now() + Number(values.minutes) * 60_000
const image = await benchImage()
const work = mkdtempSync(join(tmpdir(), 'qaack-soak-'))

try {
  await using server = await ServerProcess.start()
  const origin = sampleOrigin(join(work, 'origin.git'), image)
  const repository = await addRepository(server, 'soak', origin.dir)
  let lives = 0
  let highest = 0
  while (Date.now() < end) {
    await live(server, repository, origin, lives)
    lives += 1
    highest = Math.max(highest, residentMiB(server.pid))
    if (lives % 10 === 0)
      console.log(
        `${lives} lives, ${residentMiB(server.pid).toFixed(0)} MiB, highest ${highest.toFixed(0)} MiB`,
      )
  }
  if (highest > 400) throw new Error(`the server grew to ${highest.toFixed(0)} MiB`)
  console.log(`${lives} lives, nothing left over, at most ${highest.toFixed(0)} MiB`)
} finally {
  rmSync(work, { recursive: true, force: true })
}
process.exit()

/** One branch: pushed, built, answered, and gone again; every seventh server is killed in the middle of it. */
async function live(
  server: ServerProcess,
  repository: string,
  origin: ReturnType<typeof sampleOrigin>,
  turn: number,
): Promise<void> {
  const branch = `soak-${turn}`
  const id = await pushAndCreate(server, repository, origin, branch)
  if (turn % 7 === 6) {
    await server.stop('SIGKILL')
    await server.start()
  }
  await answers(server, id)
  origin.drop(branch)
  await server.api('POST', `/api/repository/${repository}/sync`)
  await until(() => Promise.resolve(isGone(id)), 'nothing is left of it')
}
