import { until } from '../../setup/server-process.ts'
import { startGithub, type LocalGithub } from '../github/start.ts'
import type { Play, Stage } from '../play.ts'
import { sampleFiles } from '../repository.ts'
import { tell } from '../terminal.ts'
import { endChanges } from './closing.ts'
import { runByComment } from './command.ts'
import { approveFork, offerFork, pushToFork } from './fork.ts'
import { openChange, pushToChange } from './own-change.ts'
import type { Scene } from './scene.ts'

/** A change from its opening to its end, and one from a fork, on a GitHub that is played on this machine. */
export async function showChanges(): Promise<Play> {
  const github = await startGithub()
  // the server and git must reach it, whatever stands between this machine and others
  const direct = [process.env.NO_PROXY ?? process.env.no_proxy, '127.0.0.1'].filter(Boolean).join(',')
  Object.assign(process.env, { NO_PROXY: direct, no_proxy: direct })
  let finish: () => Promise<void> = () => Promise.resolve()
  return {
    settings: {
      APP_ID: String(github.app.appId),
      PRIVATE_KEY: github.app.privateKey,
      WEBHOOK_SECRET: github.app.webhookSecret,
      GHE_HOST: github.host,
      GHE_PROTOCOL: 'http',
    },
    async show(stage) {
      const scene = { ...stage, github, repository: await connect(stage, github) }
      const changes = await showBefore(scene)
      finish = () => endChanges(scene, changes)
      tellAddresses(scene, changes)
    },
    finish: () => finish(),
    [Symbol.asyncDispose]: () => github.close(),
  }
}

async function showBefore(scene: Scene): Promise<[own: number, fork: number]> {
  const own = await openChange(scene)
  const fork = await offerFork(scene)
  tell.step('Ada pushes another commit; Grace approves the one of Mallory')
  const tellBoth = await Promise.all([pushToChange(scene, own), approveFork(scene, fork)])
  await tellBoth[0]()
  await pushToFork(scene, fork, await tellBoth[1]())
  await runByComment(scene, own.change)
  return [own.change, fork.change]
}

/** Returns the id of the repository on the server. */
async function connect({ server }: Stage, github: LocalGithub): Promise<string> {
  tell.step(`A GitHub on this machine (emulate): ${github.url}`)
  tell.plain(
    '  It is played: npm’s emulate keeps changes and comments; git, webhooks and the server are real.',
  )
  tell.plain(
    '  Ada owns acme, Grace may write to acme/shop, Mallory may only read. The app qaack is installed.',
  )
  github.setWebhookUrl(`http://127.0.0.1:${server.port}/api/github/webhooks`)
  let found: string | undefined
  await until(async () => {
    const groups = await server.api<{ id: string; name: string }[]>('GET', '/api/groups')
    const group = groups.find(({ name }) => name === 'acme')
    if (!group) return false
    const path = `/api/group/${group.id}`
    const { repositories } = await server.api<{ repositories: { id: string; name: string }[] }>('GET', path)
    found = repositories.find(({ name }) => name === 'shop')?.id
    return found !== undefined
  }, 'the server finds acme/shop by itself')
  await github.user('ada').push('main', 'feat: the shop', sampleFiles('shop'))
  tell.plain('  Ada pushes the shop to acme/shop.')
  tell.proven('the server found acme/shop by itself, and put it into group acme')
  return found ?? ''
}

function tellAddresses({ server, github }: Scene, changes: number[]): void {
  const api = `${github.url}/api/v3/repos/acme/shop`
  tell.step('Look at them')
  for (const change of changes) {
    tell.plain(`  change ${change}  http://pr-${change}--shop.qaack.localhost:${server.port}`)
    tell.plain(`            ${api}/issues/${change}/comments`)
  }
  tell.plain(`  the app   http://qaack.localhost:${server.port}/github`)
  tell.plain(`            with the admin token ${server.token}`)
}
