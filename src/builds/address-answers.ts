import { request } from 'node:http'
import { addressOf } from '../config/config.ts'
import { placeOf } from '../engines/place.ts'
import { BuildFailure } from '../errors.ts'
import type { Parts } from '../parts.ts'
import { requestHeaders } from '../proxy/headers.ts'
import type { Service } from '../qaackfile/qaackfile.ts'
import type { Output } from './output.ts'
import type { Plan } from './plan.ts'
import { lastWords, pauseBefore, running } from './ready.ts'

/** Milliseconds one request may take: some servers make a page when they are first asked for it. */
const answerTime = 30_000

/**
 * Waits until the environment's address answers a request as the proxy will send it, with whatever status: a preview that is
 * called ready can be looked at. Only where the file leaves open when the default service is ready; what it says itself counts.
 */
export async function waitForAddress(
  parts: Parts,
  plan: Plan,
  output: Output,
  signal: AbortSignal,
): Promise<void> {
  const asked = askedService(plan.qaackfile.services)
  const record = plan.environment.services.find(({ name }) => name === asked?.service.name)
  if (!asked || !record) return
  const { service, port, timeout, interval } = asked
  const container = parts.engine.container(record.containerId ?? '')
  const began = parts.clock.now()
  const address = addressOf(parts.config.baseUrl, plan.environment.id)
  const passed = () => parts.clock.now() - began
  for (let tries = 0; ; tries += 1) {
    signal.throwIfAborted()
    const place = placeOf(await running(service, container), port)
    const left = Math.max(1000, timeout * 1000 - passed())
    const answer = await ask(parts, place, address, { time: Math.min(answerTime, left), signal })
    if (typeof answer === 'number') {
      output.heading(`${service.name} answered ${answer} after ${(passed() / 1000).toFixed(1)} s`)
      return
    }
    if (passed() >= timeout * 1000) {
      throw new BuildFailure(
        `the default service ${service.name} does not answer HTTP on port ${port} (${answer}), tried for ${timeout} s; ` +
          'correct it, or write when it is ready: ready: {path: /, timeout: 300} gives it more time, ' +
          `ready: {tcp: ${port}} lets it speak something else` +
          (await lastWords(container)),
      )
    }
    await parts.clock.sleep(pauseBefore(tries, interval), signal)
  }
}

function askedService(services: readonly Service[]) {
  const service = services.find((one) => one.default)
  if (service?.ready?.kind !== 'tcp' || !service.ready.implied) return undefined
  return { service, ...service.ready }
}

/** The status of the answer, or why there is none. */
async function ask(
  parts: Parts,
  place: { host: string; port: number },
  address: string,
  { time, signal }: { time: number; signal: AbortSignal },
): Promise<number | string> {
  const late = new Error(`no answer within ${Math.round(time / 1000)} s`)
  const deadline = parts.clock.deadline(time, late, signal)
  try {
    return await get(place, headersFor(parts, address), deadline.signal)
  } catch (error) {
    signal.throwIfAborted()
    return deadline.signal.aborted ? late.message : complaint(error as NodeJS.ErrnoException)
  } finally {
    deadline.clear()
  }
}

function get(place: { host: string; port: number }, headers: string[], signal: AbortSignal): Promise<number> {
  return new Promise((resolve, reject) => {
    const asking = request({ ...place, path: '/', headers, agent: false, signal })
    asking.once('error', reject)
    asking.once('upgrade', (response, socket) => {
      socket.destroy()
      resolve(response.statusCode ?? 0)
    })
    asking.once('response', (response) => {
      response.once('error', () => undefined)
      resolve(response.statusCode ?? 0)
      response.destroy()
    })
    asking.end()
  })
}

function headersFor(parts: Parts, address: string): string[] {
  const base = parts.config.baseUrl
  return requestHeaders(['Accept', 'text/html, */*', 'User-Agent', 'Qaack'], {
    peer: '127.0.0.1',
    host: new URL(address).host,
    base,
  })
}

function complaint({ code = '' }: NodeJS.ErrnoException): string {
  if (code === 'ECONNREFUSED') return 'nothing listens there'
  if (code.startsWith('HPE_')) return 'what it says is not HTTP'
  return 'it hung up without an answer'
}
