import { until } from '../../setup/server-process.ts'
import { labelled } from '../leftovers.ts'
import { check } from '../prove.ts'
import { tell } from '../terminal.ts'
import { environmentOf, type Scene } from './scene.ts'
import { untilSeen, type Seen } from './seen.ts'
import { oneComment, tellComment } from './tell-seen.ts'

/** The one is merged, the other closed: nothing of either stays, and their comments say so. */
export async function endChanges(scene: Scene, changes: [merged: number, closed: number]): Promise<void> {
  const { github } = scene
  tell.step('Grace merges the change of Ada; Mallory closes hers')
  const [merged, closed] = changes
  const environments = await Promise.all(changes.map((change) => environmentOf(scene, change)))
  await github.user('grace').merge(merged)
  await github.user('mallory').close(closed)
  for (const change of changes) {
    const seen = await untilSeen(github, change, isOver, `change ${change} is shown as over`)
    tellComment(`qaack[bot] on acme/shop#${change}, comment ${oneComment(seen).id}`, oneComment(seen).body)
    tell.proven(
      `deployment  qaack/pr-${change}: ${[...new Set(seen.deployments.map(({ state }) => state))].join()}`,
    )
  }
  for (const [index, change] of changes.entries()) await proveGone(scene, change, environments[index] ?? '')
}

function isOver({ comments, deployments }: Seen): boolean {
  return (
    /Merged|Closed/.test(comments[0]?.body ?? '') && deployments.every(({ state }) => state === 'inactive')
  )
}

async function proveGone(scene: Scene, change: number, environment: string): Promise<void> {
  const { server, docker } = scene
  check(environment !== '', `Change ${change} had no environment that could go`)
  check((await environmentOf(scene, change)) === undefined, `Change ${change} still has an environment`)
  const isEmpty = async () => (await labelled(docker, `qaack.environment=${environment}`)).length === 0
  await until(isEmpty, `the engine has nothing of change ${change} left`, 30)
  const host = `pr-${change}--shop.qaack.localhost`
  const { status } = await server.get('/', host)
  check(status === 404, `${host} answered ${status} though its change is over`)
  tell.proven(`${host} answers 404; nothing of its environment ${environment} is left on the engine`)
}
