import { existsSync } from 'node:fs'
import { z } from 'zod'
import type { Config } from '../config/config.ts'
import { appFile, readSavedApp } from '../config/github-app-file.ts'
import { ensureSecrets } from '../config/keys.ts'
import { loadConfig } from '../config/load.ts'
import { hostKeyOf, instanceOfPage } from '../hosts/gitlab/instance.ts'
import { hookToken } from '../hosts/gitlab/secrets.ts'
import type { ReceiveHost } from './receive-host.ts'
import { CliFailure } from './terminal/failure.ts'
import type { World } from './terminal/world.ts'

/** With what the server checks that a delivery is from its host, as this folder's settings and keys say. */
export function findWebhookSecret(
  world: World,
  host: ReceiveHost,
  given: { payload: string; config: string | undefined },
): Promise<string> {
  return host === 'gitlab' ? gitlabSecret(world, given) : githubSecret(world, given.config)
}

/** The one of hooks made by hand; else that of the hook which the server here makes for the project. */
async function gitlabSecret(
  world: World,
  given: { payload: string; config: string | undefined },
): Promise<string> {
  const { env } = world
  if (env.GITLAB_WEBHOOK_SECRET) return env.GITLAB_WEBHOOK_SECRET
  const config = configOf(world, given.config)
  if (config.gitlab?.webhookSecret) return config.gitlab.webhookSecret
  const about = aboutProject.safeParse(JSON.parse(given.payload)).data?.project
  const instance = about && instanceOfPage(about.web_url, about.path_with_namespace)
  if (!instance) throw new CliFailure(noProject)
  if (!existsSync(config.dataDir)) throw new CliFailure(noSecret)
  const { secretKey } = await ensureSecrets(config)
  return hookToken(secretKey, { hostKey: hostKeyOf(instance, about.id), path: null })
}

const aboutProject = z.object({
  project: z.object({ id: z.int().transform(String), web_url: z.string(), path_with_namespace: z.string() }),
})

/** Or the app that is saved there. */
async function githubSecret(world: World, file: string | undefined): Promise<string> {
  const { env } = world
  // Enough by itself, where the rest of the app is known to the server only.
  if (env.WEBHOOK_SECRET) return env.WEBHOOK_SECRET
  const config = configOf(world, file)
  if (config.github) return config.github.webhookSecret
  if (!existsSync(appFile(config.dataDir))) throw new CliFailure(noApp)
  const { secretKey } = await ensureSecrets(config)
  const saved = readSavedApp(config.dataDir, secretKey)
  if (!saved) throw new CliFailure(noApp)
  return saved.webhookSecret
}

function configOf({ env, cwd }: World, file: string | undefined): Config {
  return loadConfig({ ...(file === undefined ? {} : { file }), env, flags: {}, cwd })
}

const noProject =
  'the payload does not name its project as GitLab does, by which its secret is found; give it as GitLab sent it, or set GITLAB_WEBHOOK_SECRET to the one of the server'

const noSecret =
  'the settings here name no secret of webhooks from GitLab; run this where qaack serve runs, or set GITLAB_WEBHOOK_SECRET to the one of the server'

const noApp =
  'the settings here name no GitHub App, and none is saved; run this where qaack serve runs, or set WEBHOOK_SECRET to the one of the server'
