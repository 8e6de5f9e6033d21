import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Container, ExecSpec } from '../../../src/engines/engine.ts'

/** A container that is this machine: tar unpacks, commands run here. Keeps book of what it was asked. */
export interface HostContainer extends Container {
  copies: number
  /** Bytes of all archives together. */
  received: number
  commands: string[][]
}

export function hostContainer(): HostContainer {
  const unused = () => Promise.reject(new Error('a checkout has no need of this'))
  const container: HostContainer = {
    id: 'host',
    copies: 0,
    received: 0,
    commands: [],
    async copyIn(path, tar, { signal } = {}) {
      container.copies += 1
      await unpack(path, tar, (size) => (container.received += size), signal)
    },
    async exec({ command, onOutput }: ExecSpec) {
      container.commands.push(command)
      const [program = '', ...args] = command
      const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] })
      child.stdout.on('data', (chunk: Buffer) => onOutput?.(chunk))
      child.stderr.on('data', (chunk: Buffer) => onOutput?.(chunk))
      const [exitCode] = (await once(child, 'close')) as [number]
      return { exitCode, outOfMemory: false }
    },
    start: unused,
    stop: unused,
    pause: unused,
    unpause: unused,
    save: unused,
    inspect: unused,
    size: unused,
    logs() {
      throw new Error('a checkout has no need of this')
    },
  }
  return container
}

async function unpack(
  path: string,
  tar: Readable,
  count: (size: number) => void,
  signal?: AbortSignal,
): Promise<void> {
  const args = ['-x', '-p', '--numeric-owner', '--warning=no-timestamp', '-f', '-', '-C', path]
  const child = spawn('tar', args, { stdio: ['pipe', 'ignore', 'pipe'] })
  const said: Buffer[] = []
  child.stderr.on('data', (chunk: Buffer) => said.push(chunk))
  tar.on('data', (chunk: Buffer) => count(chunk.length))
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  try {
    await pipeline(tar, child.stdin, signal ? { signal } : {})
  } catch (error) {
    child.kill()
    await ended
    throw error
  }
  if ((await ended) !== 0) throw new Error(`tar: ${Buffer.concat(said).toString('utf8')}`)
}
