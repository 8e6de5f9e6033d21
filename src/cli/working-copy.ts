import { createHash } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { loadConfig } from '../config/load.ts'
import { ensureSecrets } from '../config/keys.ts'
import { buildEnvironment } from '../environments/lifecycle.ts'
import type { EnvironmentRecord } from '../environments/environment.ts'
import { syncRepository } from '../environments/sync.ts'
import { startService, type Service } from '../main.ts'
import { addRepository, deleteRepository } from '../repositories/manage.ts'
import { snapshotWorkingCopy, type Snapshot } from '../repositories/working-copy.ts'
import { freePort } from '../setup/server-process.ts'
import { createHttp } from './client/http.ts'
import type { Environment } from './client/shapes.ts'
import { followBuild } from './follow-build.ts'
import { CliFailure } from './terminal/failure.ts'
import { untilInterrupted } from './terminal/interrupt.ts'
import { say, showLine, type World } from './terminal/world.ts'

export interface UpOptions {
  rm?: boolean
  port?: string
}

/** Until Ctrl-C. Errors: CliFailure with what to do. */
export async function previewWorkingCopy(world: World, dir: string, options: UpOptions): Promise<void> {
  const folder = resolve(world.cwd, dir)
  const dataDir = stateFolder(world, folder)
  const port = options.port ?? (await freePort(3000))
  const config = loadConfig({
    env: { QAACK_LOG_LEVEL: 'warn', ...world.env },
    flags: { dataDir, port: String(port) },
    cwd: folder,
  })
  const service = await startService(config, { environment: world.env })
  let made: EnvironmentRecord | undefined
  try {
    await untilInterrupted(async (signal) => {
      const snapshot = await snapshotWorkingCopy(service.parts.git, folder, join(dataDir, 'working-copy.git'))
      made = await environmentOf(service, snapshot)
      signal.throwIfAborted()
      const { adminToken: token } = await ensureSecrets(config)
      const http = createHttp({
        url: `http://127.0.0.1:${config.port}`,
        token,
        source: 'qaack up',
        tokenSource: 'qaack up',
      })
      report(world, await followBuild(world, http, made.id, () => undefined), options)
      await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)))
    })
  } finally {
    try {
      if (options.rm && made) {
        say(world, 'removing the preview')
        // with what was saved of it
        await deleteRepository(service.parts, made.repositoryId)
      }
    } finally {
      await service.stop()
    }
  }
}

/** Makes the working copy known as the only branch of the only repository, and asks for a build where one is due. */
async function environmentOf(service: Service, snapshot: Snapshot): Promise<EnvironmentRecord> {
  const { parts } = service
  const [group] = await parts.store.list('group', { name: 'default' })
  const [known] = await parts.store.list('repository', {})
  const wish = { name: snapshot.name, type: 'generic' as const, params: { origin: snapshot.origin } }
  const repository = known ?? (await addRepository(parts, group?.id ?? '', wish))
  await syncRepository(parts, repository.id, 'qaack up')
  const [environment] = await parts.store.list('environment', {
    repositoryId: repository.id,
    refType: 'branch',
    refName: snapshot.branch,
  })
  if (!environment)
    throw new CliFailure(`the working copy has no commit on ${snapshot.branch}; is the folder empty?`)
  const due =
    environment.state === 'empty' || environment.state === 'failed' || environment.state === 'cancelled'
  return due ? buildEnvironment(parts, environment.id) : environment
}

function report(world: World, environment: Environment, { rm }: UpOptions): void {
  if (environment.status !== 'built')
    throw new CliFailure(environment.reason ?? `the preview is ${environment.status}`)
  const address = environment.weburl ?? ''
  const end = rm
    ? 'ends and removes it'
    : 'ends it; the next qaack up goes on where it was, with --rm nothing is left'
  showLine(world, { environment }, () => `\nThe preview answers at ${address}\nCtrl-C ${end}.`)
}

/** Kept between two runs, one folder for each working copy, out of the working copy itself. */
function stateFolder(world: World, folder: string): string {
  const base = world.env.XDG_STATE_HOME ?? join(homedir(), '.local', 'state')
  const hash = createHash('sha256').update(folder).digest('hex').slice(0, 8)
  const dataDir = join(base, 'qaack', 'up', `${basename(folder)}-${hash}`)
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  return dataDir
}
