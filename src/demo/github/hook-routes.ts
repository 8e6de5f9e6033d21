import type { Delivery } from './deliveries.ts'
import { parseJson } from './json.ts'
import { answer, Refusal, type ApiRequest, type Route } from './world.ts'

/** What the app may ask about its webhooks: what came of each, and to have one again. */
export const hookRoutes: Route[] = [
  ['GET', '/app/hook/config', config],
  ['PATCH', '/app/hook/config', configure],
  ['GET', '/app/hook/deliveries', list],
  ['GET', '/app/hook/deliveries/:id', one],
  ['POST', '/app/hook/deliveries/:id/attempts', again],
]

function config(request: ApiRequest) {
  demandApp(request)
  return Promise.resolve(answer(200, configRecord(request)))
}

function configure(request: ApiRequest) {
  demandApp(request)
  const url = (request.body as { url?: unknown } | undefined)?.url
  if (typeof url === 'string') request.world.deliveries.url = url
  return Promise.resolve(answer(200, configRecord(request)))
}

function configRecord({ world }: ApiRequest) {
  return { url: world.deliveries.url ?? '', content_type: 'json', secret: '********', insecure_ssl: '0' }
}

/** Newest first; `cursor` is the id of the next one to show. */
function list(request: ApiRequest) {
  demandApp(request)
  const { query, world } = request
  const size = Math.min(100, Number(query.get('per_page') ?? 30) || 30)
  const cursor = Number(query.get('cursor') ?? Infinity)
  const wanted = query.get('status')
  const fits = (one: Delivery) => !wanted || (wanted === 'success') === (one.status === 'OK')
  const rest = [...world.deliveries.all].reverse().filter((one) => one.id <= cursor && fits(one))
  const next = rest[size]
  if (!next) return Promise.resolve(answer(200, rest.map(item)))
  const onward = new URLSearchParams(query)
  onward.set('cursor', String(next.id))
  const link = `<${world.base}/api/v3/app/hook/deliveries?${onward.toString()}>; rel="next"`
  return Promise.resolve(answer(200, rest.slice(0, size).map(item), { link }))
}

function one(request: ApiRequest, params: Record<string, string>) {
  const delivery = deliveryOf(request, params)
  return Promise.resolve(
    answer(200, {
      ...item(delivery),
      url: delivery.url,
      request: { headers: delivery.headers, payload: parseJson(delivery.body) },
      response: delivery.response,
    }),
  )
}

function again(request: ApiRequest, params: Record<string, string>) {
  request.world.deliveries.redeliver(deliveryOf(request, params).id)
  return Promise.resolve(answer(202, {}))
}

function deliveryOf(request: ApiRequest, params: Record<string, string>): Delivery {
  demandApp(request)
  const found = request.world.deliveries.all.find(({ id }) => id === Number(params.id))
  if (!found) throw new Refusal(404, 'Not Found')
  return found
}

function item(delivery: Delivery) {
  return {
    id: delivery.id,
    guid: delivery.guid,
    delivered_at: delivery.deliveredAt,
    redelivery: delivery.redelivery,
    duration: delivery.duration,
    status: delivery.status,
    status_code: delivery.statusCode,
    event: delivery.event,
    action: delivery.action,
    installation_id: delivery.installationId,
    repository_id: delivery.repositoryId,
    throttled_at: null,
  }
}

function demandApp(request: ApiRequest): void {
  if (request.caller.kind !== 'app') throw new Refusal(401, 'A JSON web token could not be decoded')
}
