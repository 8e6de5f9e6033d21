import { execFile, spawnSync } from 'node:child_process'
import { connect, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import { host, type Peer } from './proxy-peers.ts'

/** What one run found; times in milliseconds. */
export interface Load {
  perSecond: number
  p50: number
  p99: number
}

export interface Loader {
  name: string
  run(peer: Peer, options: { connections: number; seconds: number }): Promise<Load>
}

/** `wrk` where it is installed, else one of our own: slower itself, but the same for all that are compared. */
export function chooseLoader(): Loader {
  return spawnSync('wrk', ['-v']).error ? ownLoader : wrk
}

const wrk: Loader = {
  name: 'wrk',
  async run({ name, port }, { connections, seconds }) {
    const args = [
      '-t1',
      `-c${connections}`,
      `-d${seconds}s`,
      '--latency',
      '-H',
      `Host: ${host}`,
      `http://127.0.0.1:${port}/`,
    ]
    const { stdout } = await promisify(execFile)('wrk', args)
    const faults = /Non-2xx.*|Socket errors.*/.exec(stdout)?.[0]
    if (faults) throw new Error(`${name} did not answer every request: ${faults.trim()}`)
    const perSecond = Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)?.[1])
    return { perSecond, p50: percentile(stdout, 50), p99: percentile(stdout, 99) }
  },
}

function percentile(output: string, which: number): number {
  const [, value, unit] = new RegExp(`^\\s+${which}%\\s+([\\d.]+)(us|ms|s)`, 'm').exec(output) ?? []
  return Number(value) * ({ us: 0.001, ms: 1, s: 1000 }[unit ?? ''] ?? NaN)
}

const ownLoader: Loader = {
  name: 'our own loader',
  async run({ port }, { connections, seconds }) {
    const times: number[] = []
    const sockets = Array.from({ length: connections }, () => askAgainAndAgain(port, times))
    await pause(seconds * 1000)
    for (const socket of sockets) socket.destroy()
    times.sort((a, b) => a - b)
    const at = (share: number) => times[Math.floor(times.length * share)] ?? NaN
    return { perSecond: times.length / seconds, p50: at(0.5), p99: at(0.99) }
  },
}

/** One connection that asks as soon as it is answered; the service's answers all end with the same line. */
function askAgainAndAgain(port: number, times: number[]): Socket {
  const request = `GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`
  let begun = 0
  const ask = () => {
    begun = performance.now()
    socket.write(request)
  }
  const socket = connect({ host: '127.0.0.1', port, noDelay: true }, ask)
  socket.on('error', () => undefined)
  socket.on('data', (chunk) => {
    if (chunk.at(-1) !== 10 || chunk.at(-2) === 13) return
    times.push(performance.now() - begun)
    ask()
  })
  return socket
}
