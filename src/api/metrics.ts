import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client'
import type { Inbox } from '../deliveries/inbox.ts'
import { states } from '../environments/environment.ts'
import type { Parts } from '../parts.ts'
import { fault, text } from './answers.ts'
import type { App } from './app.ts'

/** Ended builds whose counting is remembered, so that a later write to one does not count it again. */
const remembered = 1_000

export function metricsRoutes(app: App, parts: Parts, inbox: Pick<Inbox, 'counts'>): void {
  const registry = new Registry()
  // at its own 10 ms, the watching is most of what an idle server does
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: 50 })
  measureRequests(app, registry)
  countEnvironments(parts, registry)
  countQueue(parts, registry)
  countDeliveries(inbox, registry)
  countWaiting(parts, registry)
  const forget = countBuilds(parts, registry)
  app.addHook('onClose', (_app, done) => {
    forget()
    done()
  })

  app.route({
    method: 'GET',
    url: '/metrics',
    config: { open: true },
    schema: {
      tags: ['instance'],
      summary: 'Measurements for Prometheus',
      operationId: 'getMetrics',
      security: [],
      response: { 200: text('Prometheus text format.'), ...fault },
    },
    handler: async (_request, reply) => {
      const metrics = await registry.metrics()
      return reply.type(registry.contentType).send(metrics)
    },
  })
}

function measureRequests(app: App, registry: Registry): void {
  const durations = new Histogram({
    name: 'qaack_http_request_duration_seconds',
    help: 'Time to the end of the answer, of the API; by route, not by path.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 30],
    registers: [registry],
  })
  app.addHook('onResponse', async (request, reply) => {
    const route = request.is404 ? 'none' : (request.routeOptions.url ?? 'none')
    // Methods of paths that are not there come from outside and could be anything.
    const method = request.is404 ? 'any' : request.method
    durations.observe({ method, route, status: reply.statusCode }, reply.elapsedTime / 1000)
  })
}

function countEnvironments({ store }: Parts, registry: Registry): void {
  new Gauge({
    name: 'qaack_environments',
    help: 'Environments by state.',
    labelNames: ['state'],
    registers: [registry],
    async collect() {
      const environments = await store.list('environment')
      for (const state of states)
        this.set({ state }, environments.filter((environment) => environment.state === state).length)
    },
  })
}

function countQueue({ store }: Parts, registry: Registry): void {
  new Gauge({
    name: 'qaack_builds_open',
    help: 'Builds that wait for a slot (the length of the queue) or run, by stage.',
    labelNames: ['status', 'stage'],
    registers: [registry],
    async collect() {
      const builds = await store.list('build', { status: ['waiting', 'running'] })
      for (const status of ['waiting', 'running'] as const) {
        for (const stage of ['create', 'build'] as const) {
          this.set(
            { status, stage },
            builds.filter((build) => build.status === status && build.stage === stage).length,
          )
        }
      }
    },
  })
}

function countDeliveries(inbox: Pick<Inbox, 'counts'>, registry: Registry): void {
  new Counter({
    name: 'qaack_deliveries_total',
    help: 'Webhook deliveries since the start of this process, by host and by what became of them.',
    labelNames: ['host', 'outcome'],
    registers: [registry],
    collect() {
      this.reset()
      for (const { host, outcome, count } of inbox.counts()) this.inc({ host, outcome }, count)
    },
  })
}

function countWaiting({ store }: Parts, registry: Registry): void {
  new Gauge({
    name: 'qaack_deliveries_waiting',
    help: 'Webhook deliveries that are kept and not handled yet, with those that are tried again.',
    registers: [registry],
    async collect() {
      this.set((await store.ids('delivery', { status: 'waiting' })).length)
    },
  })
}

/** Counts the builds that end from now on in this process. Returns what ends the counting. */
function countBuilds({ store, logger }: Parts, registry: Registry): () => void {
  const builds = new Counter({
    name: 'qaack_builds_total',
    help: 'Builds that ended since the start of this process, by outcome.',
    labelNames: ['outcome'],
    registers: [registry],
  })
  const counted = new Set<string>()
  const count = async (id: string) => {
    const build = await store.get('build', id)
    if (build?.status !== 'ended' || counted.has(id)) return
    builds.inc({ outcome: build.outcome ?? 'lost' })
    counted.add(id)
    const [oldest] = counted
    if (counted.size > remembered && oldest !== undefined) counted.delete(oldest)
  }
  return store.watch((committed) => {
    if (committed.kind !== 'build' || committed.removed) return
    count(committed.id).catch((error: unknown) => logger.debug({ err: error }, 'a build was not counted'))
  })
}
