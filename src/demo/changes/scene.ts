import { until } from '../../setup/server-process.ts'
import { followBuild, type Preview } from '../previews.ts'
import type { Stage } from '../play.ts'
import type { LocalGithub } from '../github/start.ts'

/** Where the acts happen: the stage, and the GitHub it is connected to. */
export interface Scene extends Stage {
  github: LocalGithub
  /** The id of acme/shop on the server. */
  repository: string
}

/** The environment of a change; undefined while, or since, there is none. */
export async function environmentOf(
  { server, repository }: Scene,
  change: number,
): Promise<string | undefined> {
  const view = await server.api<{ environments: { id: string; gitRef: { type: string; name: string } }[] }>(
    'GET',
    `/api/repository/${repository}`,
  )
  const isOfChange = ({ gitRef }: (typeof view.environments)[number]) =>
    gitRef.type === 'change' && gitRef.name === String(change)
  return view.environments.find(isOfChange)?.id
}

/** Shows a build of a change while it grows, from its beginning, and waits for its end; `brief`: its steps only. */
export async function followChange(
  scene: Scene,
  change: number,
  build: number,
  brief = false,
): Promise<Preview> {
  let id: string | undefined
  const isThere = async () => (id = await environmentOf(scene, change)) !== undefined
  await until(isThere, `change ${change} has an environment`)
  const environment = { id: id ?? '', branch: `change ${change}` }
  return followBuild(scene.server, environment, { build, width: 8, index: change - 1, brief })
}
