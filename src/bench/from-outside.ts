import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** Whether the engine has nothing left of an environment: no container, network, volume or image. */
export function isGone(environment: string): boolean {
  const filter = ['--filter', `label=qaack.environment=${environment}`]
  const lists = [
    ['ps', '-aq'],
    ['network', 'ls', '-q'],
    ['volume', 'ls', '-q'],
    ['images', '-q'],
  ]
  return lists.every((list) => execFileSync('docker', [...list, ...filter]).length === 0)
}

/** Memory of a process that is really in use, as Linux counts it. */
export function residentMiB(pid: number): number {
  const kilobytes = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return Number(kilobytes) / 1024
}
