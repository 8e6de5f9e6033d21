import { randomBytes } from 'node:crypto'
import type { Server } from 'node:http'
import { hostname } from 'node:os'
import { resolve } from 'node:path'
import { createApi } from './api/api.ts'
import { appOf } from './app.ts'
import { Background } from './background.ts'
import { catchUpForever } from './changes/catch-up.ts'
import { handleEvent } from './changes/handle.ts'
import { systemClock } from './clock.ts'
import { warningOfToken } from './config/admin-token.ts'
import { addressOf, type Config } from './config/config.ts'
import { ensureSecrets } from './config/keys.ts'
import { Inbox } from './deliveries/inbox.ts'
import { createDockerEngine } from './engines/docker/docker-engine.ts'
import { reconcile, rejoin } from './environments/reconcile.ts'
import { superviseForever } from './environments/supervise.ts'
import { sweepForever } from './environments/sweep.ts'
import { messageOf, QaackError } from './errors.ts'
import { GithubLink } from './github-link.ts'
import { createGitHost } from './hosts/git/git-host.ts'
import { createGithubHost } from './hosts/github/github-host.ts'
import { githubServer } from './hosts/github/server.ts'
import { createGitlabHost } from './hosts/gitlab/gitlab-host.ts'
import { holdDataDir } from './hold-data-dir.ts'
import { createLogger } from './logger.ts'
import { giveBackWhenQuiet } from './memory.ts'
import type { Parts } from './parts.ts'
import { createProxyServer } from './proxy/server.ts'
import { Worker } from './queue/worker.ts'
import { addGroup } from './repositories/manage.ts'
import { createGit } from './repositories/git.ts'
import { pollForever } from './repositories/poll.ts'
import { pruneForever } from './reusables/prune.ts'
import { publishForever } from './reports/publish-forever.ts'
import { scheduleForever } from './schedule/schedule.ts'
import { openStore } from './stores/open.ts'

/** Milliseconds between two comparisons of the engine with the store. */
const reconcileTime = 60_000
/** Creations at once: each mostly waits for the engine. */
const createSlots = 4
/** Seconds that open requests get to end at a shutdown. */
const drainSeconds = 10

/** The running service. */
export interface Service {
  parts: Parts
  /** Address of the API on the base domain. */
  address: string
  /** Lets go of everything in order: no new requests, builds handed back, work drained, store closed. Safe twice. */
  stop(): Promise<void>
}

/** What comes from outside the settings: the process environment, as git and the engine read it. */
export interface Surroundings {
  environment: Readonly<Record<string, string | undefined>>
}

/** Puts the parts together and starts them. Throws a QaackError that says what to do if a part cannot be had. */
export async function startService(config: Config, surroundings: Surroundings): Promise<Service> {
  const undo: (() => Promise<void> | void)[] = [holdDataDir(config.dataDir)]
  try {
    return await start(config, surroundings, undo)
  } catch (error) {
    for (const step of undo.reverse()) await step()
    throw error
  }
}

/** `undo` is told of everything that has to be let go of, in the order in which it was taken. */
async function start(
  config: Config,
  surroundings: Surroundings,
  undo: (() => Promise<void> | void)[],
): Promise<Service> {
  const ending = new AbortController()
  const logger = createLogger({ level: config.log.level, pretty: config.log.pretty })
  const clock = systemClock
  const knownHosts = resolve(config.dataDir, 'known_hosts')
  const lentKeys = resolve(config.dataDir, 'lent-keys')
  const git = createGit({ environment: surroundings.environment, clock, knownHosts, lentKeys })
  const short = warningOfToken(config.adminToken)
  if (short !== undefined) logger.warn({}, short)
  const secrets = await ensureSecrets(config)
  const store = await openStore({ databaseUrl: config.databaseUrl, dataDir: config.dataDir, logger })
  undo.push(() => store.close())
  const engine = createDockerEngine({ ...placeOf(surroundings), clock, logger })
  const background = new Background(logger)
  const hosts = { generic: createGitHost() }
  const { instance, secretKey } = secrets
  const parts: Parts = {
    config,
    store,
    engine,
    clock,
    logger,
    hosts,
    git,
    instance,
    secretKey,
    ending: ending.signal,
    background,
  }

  if ((await store.list('group', { name: 'default' })).length === 0) await addGroup(parts, 'default')
  await lookAtEngine(parts)
  const owner = `${hostname()}-${process.pid}-${randomBytes(3).toString('hex')}`
  const worker = new Worker(parts, {
    owner,
    slots: { create: createSlots, build: config.build.slots },
  })
  const inbox = new Inbox(parts, handleEvent)
  let catchUpSoon: () => void = () => undefined
  const github = new GithubLink({
    logger,
    clock,
    app: appOf(inbox),
    connected: () => catchUpSoon(),
  })
  const connection = () => github.connection()
  parts.hosts.github = createGithubHost({
    connection,
    opened: () => github.opened(),
    clock,
    logger,
    server: githubServer(config.github),
  })
  parts.hosts.gitlab = createGitlabHost({ config: config.gitlab, secretKey, clock, logger })
  const api = await createApi(parts, {
    adminToken: secrets.adminToken,
    inbox,
    github: connection,
    githubDoor: github,
  })
  const proxy = await createProxyServer({
    store,
    config,
    clock,
    logger,
    api: (request, response) => api.handle(request, response),
  })
  undo.push(
    () => api.close(),
    () => proxy.close(0),
  )
  await listen(proxy.server, config)
  await worker.start({ alone: config.databaseUrl.startsWith('sqlite:') })
  beginTimers(parts, ending.signal)
  giveBackWhenQuiet({
    clock,
    ending: ending.signal,
    failed: (error) => logger.warn({ err: error }, 'memory could not be given back'),
  })
  // Previews that are there need no git host to be served; without the connection, though, each host would refuse us.
  background.run('connecting GitHub', async () => {
    await github.open(config, secretKey)
    inbox.start(ending.signal)
    catchUpSoon = catchUpForever(parts, ending.signal)
    publishForever(parts, owner, ending.signal)
  })

  let stopped: Promise<void> | undefined
  const stop = async () => {
    ending.abort()
    await worker.stop()
    await Promise.all([proxy.close(drainSeconds), api.close()])
    await background.drained()
    await store.close()
    await undo[0]?.()
  }
  return { parts, address: addressOf(config.baseUrl), stop: () => (stopped ??= stop()) }
}

/** Where the engine is, as Docker's own command would find it. */
function placeOf({ environment }: Surroundings) {
  const { DOCKER_HOST, DOCKER_CERT_PATH, XDG_RUNTIME_DIR } = environment
  return {
    ...(DOCKER_HOST ? { dockerHost: DOCKER_HOST } : {}),
    ...(DOCKER_CERT_PATH ? { certPath: DOCKER_CERT_PATH } : {}),
    ...(XDG_RUNTIME_DIR ? { runtimeDir: XDG_RUNTIME_DIR } : {}),
  }
}

function beginTimers(parts: Parts, signal: AbortSignal): void {
  const { clock, logger, background } = parts
  const failed = (error: unknown) =>
    logger.warn({ error: messageOf(error) }, 'the engine could not be compared with the store')
  background.run('first comparison with the engine', async () => {
    await rejoin(parts).catch(failed)
    await reconcile(parts).catch(failed)
  })
  clock.every(reconcileTime, () => reconcile(parts), signal, failed)
  background.run('watch over services', () => superviseForever(parts, signal))
  sweepForever(parts, signal)
  pollForever(parts, signal)
  pruneForever(parts, signal)
  scheduleForever(parts, signal)
}

/** An engine that is not there is no reason not to start: the state is told by the API, and builds wait for it. */
async function lookAtEngine({ engine, logger }: Parts): Promise<void> {
  try {
    const info = await engine.info()
    logger.info({ reach: info.reach }, `engine: ${info.name}`)
    for (const warning of info.warnings) logger.warn({}, warning)
  } catch (error) {
    logger.error({}, `${messageOf(error)}; nothing can be built until then`)
  }
}

function listen(server: Server, config: Config): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(whyNotListening(error, config)))
    server.listen(config.port, config.host, () => {
      server.removeAllListeners('error')
      resolve()
    })
  })
}

function whyNotListening(error: NodeJS.ErrnoException, { host, port }: Config): QaackError {
  const reasons: Record<string, [string, string]> = {
    EADDRINUSE: ['port', `port ${port} is in use by another program; stop that, or set port to another one`],
    EACCES: [
      'port',
      `port ${port} may only be opened by root; set port to one from 1024 on, and put a proxy before it`,
    ],
    EADDRNOTAVAIL: [
      'host',
      `${host} is no address of this machine; set host to one that is, or to 0.0.0.0 for all`,
    ],
  }
  const [path, message] = reasons[error.code ?? ''] ?? [
    'host',
    `${host}:${port} cannot be listened on: ${error.message}`,
  ]
  return new QaackError('invalid_config', message, { path, cause: error })
}
