import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Background } from '../../src/background.ts'
import { systemClock, type Clock } from '../../src/clock.ts'
import { loadConfig } from '../../src/config/load.ts'
import type { Engine } from '../../src/engines/engine.ts'
import { createGitHost } from '../../src/hosts/git/git-host.ts'
import { silentLogger, type Logger } from '../../src/logger.ts'
import type { Parts } from '../../src/parts.ts'
import { createGit } from '../../src/repositories/git.ts'
import type { SshKey } from '../../src/repositories/repository.ts'
import { makeKeyPair } from '../../src/repositories/ssh-key.ts'
import { openStore } from '../../src/stores/open.ts'

/** One for all tests: a real one takes seconds. */
let keyPair: Promise<SshKey> | undefined

/** The parts of a service over a store in memory and real git, in a folder that goes with them. */
export async function makeParts(given: {
  engine: Engine
  clock?: Clock
  logger?: Logger
  /** Settings as flags, e.g. `{ buildSlots: '1' }`. */
  settings?: Record<string, string>
}): Promise<Parts & AsyncDisposable> {
  const dataDir = mkdtempSync(join(tmpdir(), 'qaack-test-'))
  const { engine, clock = systemClock, logger = silentLogger, settings = {} } = given
  const config = loadConfig({ env: {}, flags: { dataDir, ...settings }, cwd: dataDir })
  const store = await openStore({ databaseUrl: 'sqlite::memory:', dataDir, logger })
  const background = new Background(logger)
  const ending = new AbortController()
  return {
    config,
    store,
    engine,
    clock,
    logger,
    background,
    ending: ending.signal,
    hosts: { generic: createGitHost() },
    git: createGit({ environment: process.env, clock: systemClock }),
    instance: 'testinstance',
    makeKeyPair: () => (keyPair ??= makeKeyPair('qaack-tests', 1024)),
    secretKey: 'a-secret-key-of-the-tests-0123456789',
    async [Symbol.asyncDispose]() {
      ending.abort()
      await background.drained()
      await store.close()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}
