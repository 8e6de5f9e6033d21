import type Docker from 'dockerode'
import { findEngine, type FoundEngine, type Silence } from './find-engine.ts'
import { withLock } from './lock.mjs'
import { ensurePackages } from './packages.ts'
import { isInstalled, rootPrefix, runProgram } from './program.ts'
import { type Say, timed } from './say.ts'
import { startDaemon } from './start-daemon.ts'

export interface EngineAtHand {
  /** As `DOCKER_HOST` takes it; hand it to every program that is to use this engine. */
  host: string
  docker: Docker
}

/**
 * A Docker engine that answers: the one that runs already, wherever it is; else, on Debian or Ubuntu as root or with
 * sudo, the distribution's own, installed if it is missing, and started. Safe to call twice and at once. Never stops
 * or replaces an engine. Throws one sentence that says what to do where it cannot help.
 */
export async function ensureEngine({ say }: { say: Say }): Promise<EngineAtHand> {
  const found = await findEngine()
  if ('docker' in found) return atHand(found)
  refuseWhatWeMayNotTouch(found)
  return withLock('engine', {
    waiting: () => say('another command starts the Docker engine, waiting for it …'),
    work: () => bringUp(say),
  })
}

async function bringUp(say: Say): Promise<EngineAtHand> {
  const again = await findEngine()
  if ('docker' in again) return atHand(again)
  const root = await rootPrefix()
  if (!root || process.platform !== 'linux' || !(await isInstalled('apt-get'))) throw new Error(sentence)
  if (!(await hasDaemon())) await ensurePackages(['docker.io', 'ca-certificates'], { say })
  const started = await timed(say, 'starting the Docker engine', () => startDaemon({ root, say }))
  return atHand(started)
}

async function hasDaemon(): Promise<boolean> {
  // root's programs are not on everybody's PATH
  return (
    (await isInstalled('dockerd')) || (await runProgram(['test', '-x', '/usr/sbin/dockerd'])).exitCode === 0
  )
}

function refuseWhatWeMayNotTouch(silences: Silence[]): void {
  if (process.env.DOCKER_HOST) {
    const reason = silences[0]?.reason ?? 'no answer'
    throw new Error(
      `DOCKER_HOST is ${process.env.DOCKER_HOST}, but no engine answers there (${reason}): ` +
        'start that engine, or unset DOCKER_HOST to use this machine’s own.',
    )
  }
  const forbidden = silences.find((silence) => silence.forbidden)
  if (forbidden) {
    throw new Error(
      `The Docker engine at ${forbidden.host} does not let this user in: add the user to its group ` +
        '(sudo usermod -aG docker "$USER", then log in again), or run this as root.',
    )
  }
}

const sentence =
  'No Docker engine answers: start one (Docker Desktop, a rootless engine, or sudo systemctl start docker), set ' +
  'DOCKER_HOST to one that runs elsewhere, or, on Debian or Ubuntu, run this as root so that it can install docker.io.'

function atHand({ host, docker }: FoundEngine): EngineAtHand {
  return { host, docker }
}
