import { spawn } from 'node:child_process'
import { existsSync, openSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { findEngine, type FoundEngine } from './find-engine.ts'
import { lastLines, mustRun, runProgram } from './program.ts'
import type { Say } from './say.ts'

/** How long a cold start may take on a slow disk. */
const patience = 60_000

/**
 * Starts this machine's Docker engine and waits until it answers: by systemd where that rules, else as a process in its
 * own session that outlives us. `root` is what goes before a command that needs root.
 */
export async function startDaemon({ root, say }: { root: string[]; say: Say }): Promise<FoundEngine> {
  if (existsSync('/run/systemd/system')) {
    await mustRun([...root, 'systemctl', 'start', 'docker'])
    await openForUs(root)
    return untilItAnswers(() => 'See: journalctl -u docker')
  }
  if (await daemonRuns()) return untilItAnswers(() => 'dockerd runs, but gives no answer; see its own log.')
  await clearStalePids(root)
  await mountCgroups(root, say)
  const log = path.join(tmpdir(), `qaack-dockerd-${process.getuid?.() ?? 0}.log`)
  say(`dockerd writes to ${log}`)
  const exited = spawnDaemon(root, log)
  return untilItAnswers(
    () => `The last lines of ${log}:\n${lastLines(readFileSync(log, 'utf8'), 12)}`,
    exited,
  )
}

function spawnDaemon(root: string[], log: string): AbortSignal {
  const output = openSync(log, 'w')
  // with sudo the socket must be open to the group of the person who called it
  const group = root.length > 0 ? ['--group', String(process.getgid?.() ?? 0)] : []
  const [program = '', ...args] = [
    ...root,
    'env',
    `PATH=/usr/sbin:/sbin:${process.env.PATH ?? ''}`,
    'dockerd',
    ...group,
  ]
  const exited = new AbortController()
  const child = spawn(program, args, { detached: true, stdio: ['ignore', output, output], cwd: '/' })
  child.on('exit', () => exited.abort())
  child.on('error', () => exited.abort())
  child.unref()
  return exited.signal
}

async function untilItAnswers(details: () => string, exited?: AbortSignal): Promise<FoundEngine> {
  const end = performance.now() + patience
  while (performance.now() < end && !exited?.aborted) {
    const found = await findEngine()
    if ('docker' in found) return found
    await sleep(200)
  }
  const what = exited?.aborted
    ? 'The Docker engine ended as soon as it was started.'
    : 'The Docker engine does not answer.'
  throw new Error(`${what} ${details()}`)
}

async function daemonRuns(): Promise<boolean> {
  return (await runProgram(['sh', '-c', 'grep -qx dockerd /proc/[0-9]*/comm'])).exitCode === 0
}

/** After a crash of the machine these may name a process of somebody else, and dockerd would wait for that one. */
async function clearStalePids(root: string[]): Promise<void> {
  for (const file of ['/var/run/docker.pid', '/var/run/docker/containerd/containerd.pid']) {
    const isStale = '[ -e "$1" ] && ! grep -qE "^(dockerd|containerd)" "/proc/$(cat "$1")/comm"'
    const { exitCode } = await runProgram([...root, 'sh', '-c', isStale, 'sh', file])
    if (exitCode === 0) await runProgram([...root, 'rm', '-f', file])
  }
}

/** Debian's package does this at the next boot only. */
async function mountCgroups(root: string[], say: Say): Promise<void> {
  if (/ cgroup2? /.test(readFileSync('/proc/mounts', 'utf8'))) return
  say('mounting /sys/fs/cgroup, which the engine needs')
  await mustRun([...root, 'mount', '-t', 'cgroup2', 'none', '/sys/fs/cgroup'])
}

/** A fresh package's socket belongs to a group that nobody is in yet; ours until the next log-in. */
async function openForUs(root: string[]): Promise<void> {
  if (root.length === 0) return
  const found = await findEngine()
  if ('docker' in found || !found.some((silence) => silence.forbidden)) return
  await runProgram([...root, 'chown', `:${process.getgid?.() ?? 0}`, '/var/run/docker.sock'])
}
