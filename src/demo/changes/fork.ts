import { labelled } from '../leftovers.ts'
import type { Preview } from '../previews.ts'
import { check } from '../prove.ts'
import { tell } from '../terminal.ts'
import { product, proveProducts } from './products.ts'
import { environmentOf, followChange, type Scene } from './scene.ts'
import { proveNoSecrets } from './secrets.ts'
import { untilSeen, type Seen } from './seen.ts'
import { oneComment, tellCommand, tellComment, tellReady } from './tell-seen.ts'

/** A change from a fork, and the commit that it offered first. */
export interface ForkChange {
  change: number
  hash: string
}

const [gift, trap] = ['Reef Gift', 'Reef Trap']

/** Mallory offers a change from her fork, which waits; her own approval counts for nothing. */
export async function offerFork(scene: Scene): Promise<ForkChange> {
  const { github } = scene
  const mallory = github.user('mallory')
  tell.step('Mallory, who may only read, offers a change from her fork')
  await mallory.fork()
  const hash = await push(scene, '004_gift', gift)
  const change = await mallory.openChange({ title: 'A gift', head: 'mallory:gift' })
  const waiting = await untilSeen(github, change, isWaitingFor(hash), 'the change waits for approval')
  tellComment(`qaack[bot] on acme/shop#${change}`, oneComment(waiting).body)
  await tellCommand(scene, change, 'mallory', '/qaack approve', /may write/)
  const nothing = (await environmentOf(scene, change)) === undefined && waiting.deployments.length === 0
  check(nothing, 'Something of the fork was made before its approval')
  tell.proven(`status      qaack: ${waiting.status.state}; nothing of the fork was built`)
  return { change, hash }
}

/** Grace approves exactly that commit. Gives what is to be told of it when it is ready. */
export async function approveFork(
  scene: Scene,
  { change, hash }: ForkChange,
): Promise<() => Promise<Preview>> {
  const command = `/qaack approve ${hash}`
  tellComment(`grace on acme/shop#${change}`, `I have read it.\n\n${command}`)
  await scene.github.user('grace').comment(change, `I have read it.\n\n${command}`)
  const preview = await followChange(scene, change, 1, true)
  return async () => {
    tell.step('The change of Mallory, as Grace has read it')
    await tellReady(scene, change, hash)
    await proveProducts(scene.server, preview, [gift], 8)
    await proveNoSecrets(scene.docker, preview.id, secretsOf(scene))
    return preview
  }
}

/** Mallory pushes once more: that is not what was approved. */
export async function pushToFork(scene: Scene, { change }: ForkChange, preview: Preview): Promise<void> {
  tell.step('Mallory pushes another commit')
  const made = () => labelled(scene.docker, `qaack.environment=${preview.id}`)
  const before = new Set(await made())
  const hash = await push(scene, '005_trap', trap)
  await untilSeen(
    scene.github,
    change,
    isWaitingFor(hash),
    'the other commit waits for an approval of its own',
  )
  // Looked up by name: the engine lists images of one second in any order.
  const since = (await made()).filter((one) => !before.has(one))
  check(since.length === 0, `Made of what nobody has approved: ${since.join(', ')}`)
  tell.proven(`commit ${hash.slice(0, 7)} waits for an approval of its own; what was approved still answers`)
  await proveProducts(scene.server, preview, [gift], 8)
}

function push({ github }: Scene, migration: string, coffee: string): Promise<string> {
  const files = product(migration, coffee, 'Somewhere below')
  return github.user('mallory').push('gift', `feat: ${coffee}`, files, 'mallory/shop')
}

function isWaitingFor(hash: string): (seen: Seen) => boolean {
  return ({ comments, status }) =>
    status.state === 'pending' && (comments[0]?.body.includes(`/qaack approve ${hash}`) ?? false)
}

/** All that the server and its GitHub must keep to themselves. */
function secretsOf({ server, github }: Scene): string[] {
  const { privateKey, webhookSecret, clientSecret } = github.app
  const people = (['ada', 'grace', 'mallory'] as const).map((login) => github.user(login).token)
  return [server.token, privateKey, webhookSecret, clientSecret, ...people]
}
