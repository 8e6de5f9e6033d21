import { randomUUID } from 'node:crypto'
import { Option, type Command } from 'commander'
import { mentionOf } from '../deliveries/decide.ts'
import type { Http } from './client/http.ts'
import { read } from './client/read.ts'
import { eventShape, eventsShape, idShape, type Event } from './client/shapes.ts'
import { followEvents } from './client/streams.ts'
import { connect, example } from './connect.ts'
import { readPayload } from './receive-file.ts'
import { receiveHosts, sendings, type ReceiveHost, type Resent } from './receive-host.ts'
import { findWebhookSecret } from './receive-secret.ts'
import { CliFailure, wrongUse } from './terminal/failure.ts'
import { untilInterrupted } from './terminal/interrupt.ts'
import { oneLine } from './terminal/text.ts'
import { say, show, type World } from './terminal/world.ts'

/** Seconds that a decision is waited for. */
const patience = 120
/** Seconds after which a person wonders. */
const silence = 5
/** Events that are looked through for a decision of before: as many as the server gives at once. */
const lookedThrough = 1000

interface Options {
  host: ReceiveHost
  delivery?: string
  config?: string
}

/** `qaack receive`: what a git host delivered once, once more. */
export function receiveCommand(program: Command, world: World): void {
  program
    .command('receive')
    .description('hand a recorded webhook payload to the server, and tell what it decided')
    .argument('<event>', 'kind of the event, as the host names it, e.g. pull_request, "Merge Request Hook"')
    .argument('<file>', 'its payload, or a recording with headers and payload; - for stdin')
    .addOption(new Option('--host <type>', 'who it is from').choices(receiveHosts).default('github'))
    .option('--delivery <id>', 'id of the delivery; the same twice is received once (default: a new one)')
    .option('--config <file>', 'settings file of the server (default: qaackd.yaml in the working directory)')
    .addHelpText(
      'after',
      example(
        'qaack receive pull_request opened.json',
        'qaack receive push - < push.json',
        'qaack receive "Merge Request Hook" opened.json --host gitlab',
      ),
    )
    .action((event: string, file: string, options: Options) => receive(world, event, file, options))
}

async function receive(world: World, event: string, file: string, options: Options): Promise<void> {
  const { host } = options
  checkHeader('<event>', event)
  checkHeader('--delivery', options.delivery ?? 'a new one')
  const payload = await readPayload(world, file)
  const secret = await findWebhookSecret(world, host, { payload, config: options.config })
  const http = connect(world)
  const known = options.delivery === undefined ? [] : await lastEvents(http, lookedThrough)
  const [last] = await lastEvents(http, 1)
  const resent = { event, delivery: options.delivery ?? randomUUID(), payload, secret }
  // The host may have an id of its own for it.
  const delivery = await post(http, host, resent)
  // One that was given up is taken up once more.
  const before = known.findLast((one) => isAbout(one, delivery) && one.kind !== 'fault')
  if (before) say(world, `The delivery ${delivery} was received before; this is what was decided then.`)
  const decision = before ?? (await waitForDecision(world, http, delivery, last?.seq ?? 0))
  show(world, decision, () => oneLine(decision.message))
  if (decision.kind === 'fault') throw new CliFailure('')
}

/** They travel as headers. */
function checkHeader(what: string, word: string): void {
  if (!/^[\x20-\x7e]+$/.test(word) || word.trim() === '')
    throw wrongUse(`${what} must be one line of plain letters, not ${JSON.stringify(word)}`)
}

/** Returns the id by which the decision about it is found. */
async function post(http: Http, host: ReceiveHost, resent: Resent): Promise<string> {
  const { path, headersOf, setting } = sendings[host]
  const body = JSON.parse(resent.payload) as unknown
  const unproved = `the secret here has to be that of the server: run this where qaack serve runs, or set ${setting} to the one of the server`
  const ask = { method: 'POST', headers: headersOf(resent), body, unproved } as const
  const { id } = await read(http, path, idShape, ask)
  return id
}

function lastEvents(http: Http, limit: number): Promise<Event[]> {
  return read(http, `/api/events?limit=${limit}`, eventsShape)
}

async function waitForDecision(world: World, http: Http, delivery: string, since: number): Promise<Event> {
  const late = new CliFailure(
    `nothing was decided within ${patience} s; it is tried again while its git host does not answer, see qaack events`,
  )
  const deadline = world.clock.deadline(patience * 1000, late)
  const over = new AbortController()
  void world.clock.sleep(silence * 1000, over.signal).then(() => {
    if (over.signal.aborted) return
    say(world, 'The server has it, and has decided nothing yet; what hinders it is told by qaack events.')
  })
  try {
    return await untilInterrupted(async (stopped) => {
      const signal = AbortSignal.any([stopped, deadline.signal])
      for await (const { data } of followEvents(world, http, `/api/events?since=${since}`, signal)) {
        const event = eventShape.safeParse(JSON.parse(data))
        if (!event.success) continue
        if (isAbout(event.data, delivery)) return event.data
        if (isWaiting(event.data, delivery)) say(world, oneLine(event.data.message))
      }
      throw late
    })
  } finally {
    deadline.clear()
    over.abort()
  }
}

function isAbout({ message }: Event, delivery: string): boolean {
  return message.includes(`(${mentionOf(delivery)}): `)
}

function isWaiting({ message }: Event, delivery: string): boolean {
  return message.includes(`(${mentionOf(delivery)}) waits: `)
}
