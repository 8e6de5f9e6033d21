import { existsSync } from 'node:fs'
import { appFile, readSavedApp } from '../config/github-app-file.ts'
import { ensureSecrets } from '../config/keys.ts'
import { loadConfig } from '../config/load.ts'
import { CliFailure } from './terminal/failure.ts'
import type { World } from './terminal/world.ts'

/** With what the server checks that a delivery is from GitHub: as this folder's settings say, or the app saved there. */
export async function findWebhookSecret(world: World, file: string | undefined): Promise<string> {
  const { env, cwd } = world
  // Enough by itself, where the rest of the app is known to the server only.
  if (env.WEBHOOK_SECRET) return env.WEBHOOK_SECRET
  const config = loadConfig({ ...(file === undefined ? {} : { file }), env, flags: {}, cwd })
  if (config.github) return config.github.webhookSecret
  if (!existsSync(appFile(config.dataDir))) throw new CliFailure(noApp)
  const { secretKey } = await ensureSecrets(config)
  const saved = readSavedApp(config.dataDir, secretKey)
  if (!saved) throw new CliFailure(noApp)
  return saved.webhookSecret
}

const noApp =
  'the settings here name no GitHub App, and none is saved; run this where qaack serve runs, or set WEBHOOK_SECRET to the one of the server'
