import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { proxyConfigs } from './proxy-configs.ts'
import { nodeFlags } from '../setup/node-flags.mjs'

export interface Peer {
  name: string
  port: number
}

export interface Peers extends AsyncDisposable {
  /** All that run, `qaack` among them. */
  list: Peer[]
  /** Names of all that ours is compared to, also of those that are not installed. */
  others: string[]
}

/** The one host that all of them are asked for. */
export const host = 'abcdefghij.qaack.localhost'

const program = fileURLToPath(new URL('./proxy-process.ts', import.meta.url))
/** Milliseconds for one of them to answer, and between two tries. */
const startTime = 15_000
const tryTime = 50

/** Starts a service and every proxy before it, each as one process with one worker. `work` is a directory for their files. */
export async function startPeers(work: string): Promise<Peers> {
  const children: ChildProcess[] = []
  let said = ''
  const run = (command: string, args: string[]) => {
    const child = start(command, args, work)
    child.stderr?.on('data', (text) => (said += String(text)))
    children.push(child)
  }
  const ours = async (role: string, ...more: string[]): Promise<Peer> => {
    const port = await freePort()
    // Ours as it is run for people; the plain one as Node comes.
    const flags = role === 'qaack' ? nodeFlags : []
    run(process.execPath, [
      '--disable-warning=ExperimentalWarning',
      ...flags,
      program,
      role,
      String(port),
      ...more,
    ])
    return { name: role, port }
  }
  const stop = async () => {
    await Promise.all(children.map(ended))
  }
  try {
    const service = await ours('service')
    const list = [await ours('qaack', String(service.port), work), { ...service, name: 'direct' }]
    list.push({ ...(await ours('plain', String(service.port))), name: 'plain Node' })
    for (const { name, probe, config, args } of proxyConfigs) {
      if (spawnSync(probe[0] ?? '', probe.slice(1)).error) continue
      const port = await freePort()
      const directory = join(work, name)
      mkdirSync(directory)
      const file = join(directory, 'config')
      writeFileSync(file, config({ port, service: service.port, directory }))
      run(name, args(file))
      list.push({ name, port })
    }
    for (const peer of list) await answers(peer, () => said)
    return {
      list,
      others: ['direct', 'plain Node', ...proxyConfigs.map(({ name }) => name)],
      [Symbol.asyncDispose]: stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

function start(command: string, args: string[], work: string): ChildProcess {
  // One processor for what would take several; all state below the directory that goes afterwards.
  const env = {
    PATH: process.env.PATH,
    HOME: work,
    XDG_DATA_HOME: work,
    XDG_CONFIG_HOME: work,
    GOMAXPROCS: '1',
  }
  return spawn(command, args, { env, stdio: ['ignore', 'ignore', 'pipe'] })
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return
  const { promise, resolve } = Promise.withResolvers<void>()
  child.once('exit', () => resolve())
  child.kill('SIGTERM')
  await promise
}

async function answers({ name, port }: Peer, said: () => string): Promise<void> {
  for (const begun = Date.now(); Date.now() - begun < startTime; await pause(tryTime)) {
    const answer = await fetch(`http://127.0.0.1:${port}/`, {
      headers: { 'qaack-env-id': 'abcdefghij' },
    }).catch(() => undefined)
    if (answer?.ok) return
  }
  throw new Error(`${name} did not answer within ${startTime / 1000} s. They all said: ${said()}`)
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
