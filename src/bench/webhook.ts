import { spawn, type ChildProcess } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { nodeFlags } from '../setup/node-flags.mjs'
import { freePort, ServerProcess, until } from '../setup/server-process.ts'
import { median, type BenchRow } from './table.ts'
import { load, percentile, recorded, type Found, type Recorded } from './webhook-load.ts'

const rounds = 5
const connections = 32
/** Seconds of each run. */
const seconds = 5
/** Seconds before the first run, in which both programs are compiled as far as they will be. */
const warmUp = 10
/** Deliveries per second at which the waiting time is measured, and before that both programs are warmed up. */
const rate = 1000
const secret = 'the secret of the bench'

/**
 * `webhook`: deliveries of GitHub per second that our server checks, stores and answers while its inbox reads them and
 * writes down what was decided, and how long each waits for its answer; beside it Probot's bare middleware, which stores
 * nothing. The payloads are recorded `pull_request` events of which nothing follows, so that what is measured is the way of
 * every delivery and not the builds of some.
 */
export async function benchWebhook(): Promise<BenchRow[]> {
  const deliveries = recordings()
  const privateKey = newKey()
  await using server = await ServerProcess.start(await appSettings(privateKey))
  await using bare = await BareProbot.start(privateKey)
  const peers = { qaack: server.port, probot: bare.port }
  const found = { qaack: newRuns(), probot: newRuns() }
  for (const port of Object.values(peers))
    await load({ port, deliveries, connections, seconds: warmUp, rate })
  await secondsUntilDecided(server)
  // First all that are paced: who borrows processors is given less of them after a run that took all there is.
  for (const perSecond of [rate, 0]) {
    for (let round = 0; round < rounds; round += 1) {
      for (const name of ['qaack', 'probot'] as const) {
        const run = await load({ port: peers[name], deliveries, connections, seconds, rate: perSecond })
        found[name][perSecond > 0 ? 'paced' : 'free'].push(run)
        // What piled up meanwhile is not to be a burden for the next run, and must not be lost.
        if (name === 'qaack') found.qaack.caughtUp.push(await secondsUntilDecided(server))
      }
    }
  }
  const row = (measure: string, unit: string, pick: (runs: Runs) => number[]): BenchRow => ({
    name: 'webhook',
    measure,
    value: median(pick(found.qaack)),
    unit,
    beside: { 'Probot alone': median(pick(found.probot)) },
  })
  const at = `at ${rate}/s`
  return [
    row(`answered, ${connections} connections`, '/s', ({ free }) => free.map(({ perSecond }) => perSecond)),
    row('p99 then', 'ms', ({ free }) => free.map((one) => percentile(one, 0.99))),
    row(`p50 ${at}`, 'ms', ({ paced }) => paced.map((one) => percentile(one, 0.5))),
    row(`p99 ${at}`, 'ms', ({ paced }) => paced.map((one) => percentile(one, 0.99))),
    { ...row('all decided after', 's', ({ caughtUp }) => caughtUp), beside: {} },
  ]
}

interface Runs {
  free: Found[]
  paced: Found[]
  caughtUp: number[]
}

function newRuns(): Runs {
  return { free: [], paced: [], caughtUp: [] }
}

/** What GitHub really sent, of actions that no preview depends on. */
function recordings(): Recorded[] {
  const read = createRequire(import.meta.url)
  const kinds = read('@octokit/webhooks-examples/api.github.com/index.json') as {
    name: string
    examples: { action?: string; installation?: object }[]
  }[]
  const pulls = kinds.find(({ name }) => name === 'pull_request')?.examples ?? []
  const idle = ['assigned', 'unassigned', 'review_requested', 'review_request_removed', 'locked', 'unlocked']
  return pulls
    .filter(({ action = '', installation }) => idle.includes(action) && installation !== undefined)
    .map((payload) => recorded('pull_request', payload, secret))
}

/** Of an app that nobody knows, at a GitHub that nobody answers for: it is not needed. */
async function appSettings(privateKey: string): Promise<Record<string, string>> {
  const GHE_HOST = `127.0.0.1:${await freePort()}`
  return {
    APP_ID: '1',
    PRIVATE_KEY: privateKey,
    WEBHOOK_SECRET: secret,
    GHE_HOST,
    GHE_PROTOCOL: 'http',
    QAACK_LOG_LEVEL: 'error',
  }
}

function newKey(): string {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
}

/** Resolves when the inbox has decided about every delivery that was answered, with how long that took. */
async function secondsUntilDecided(server: ServerProcess): Promise<number> {
  const begun = performance.now()
  const waiting = async () => {
    const { body } = await server.get('/metrics')
    const answered = Number(
      /request_duration_seconds_count\{[^}]*github.webhooks[^}]*202"\} (\d+)/.exec(body)?.[1],
    )
    const decided = Number(/qaack_deliveries_total\{host="github",outcome="ignored"\} (\d+)/.exec(body)?.[1])
    return answered - decided
  }
  await until(async () => (await waiting()) === 0, 'every delivery is decided about', 120)
  return (performance.now() - begun) / 1000
}

class BareProbot implements AsyncDisposable {
  readonly port: number
  readonly #process: ChildProcess

  private constructor(port: number, child: ChildProcess) {
    this.port = port
    this.#process = child
  }

  static async start(privateKey: string): Promise<BareProbot> {
    const port = await freePort()
    const program = fileURLToPath(new URL('webhook-process.ts', import.meta.url))
    const child = spawn(process.execPath, [...nodeFlags, program, String(port), secret], {
      env: { ...process.env, PRIVATE_KEY: privateKey },
      stdio: ['ignore', 'inherit', 'inherit'],
    })
    const answers = () =>
      fetch(`http://127.0.0.1:${port}/`).then(
        () => true,
        () => false,
      )
    await until(answers, 'Probot answers')
    return new BareProbot(port, child)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.kill()
    await once(this.#process, 'exit')
  }
}
