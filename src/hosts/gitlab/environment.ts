import { isHostFailure, unlessGone } from '../failure.ts'
import { environment, type Environment } from './answers.ts'
import { anything, ask, each, type ProjectAsker } from './ask.ts'

export interface Kept {
  /** False while it is stopped: only a deployment lets it begin again. */
  isUp: boolean
}

/** Makes the environment of a project that bears the name, with the address; without one the address stays what it was. */
export async function keepEnvironment(at: ProjectAsker, name: string, url: string | null): Promise<Kept> {
  const there = (await find(at, name)) ?? (await create(at, name, url))
  if (url !== null && there.external_url !== url)
    await ask(at, 'PUT', `${environments(at)}/${there.id}`, { body: { external_url: url } }, anything)
  return { isUp: isUp(there) }
}

/** Safe twice, and where there is none. */
export async function stopEnvironment(at: ProjectAsker, name: string): Promise<void> {
  const there = await find(at, name)
  if (!there || !isUp(there)) return
  try {
    await unlessGone(ask(at, 'POST', `${environments(at)}/${there.id}/stop`, { body: {} }, anything))
  } catch (error) {
    // Somebody else stopped it meanwhile.
    const now = isHostFailure(error, 'refused') ? await find(at, name) : there
    if (now && isUp(now)) throw error
  }
}

async function create(at: ProjectAsker, name: string, url: string | null): Promise<Environment> {
  const body = { name, tier: 'development', ...(url === null ? {} : { external_url: url }) }
  try {
    return await ask(at, 'POST', environments(at), { body }, environment)
  } catch (error) {
    // Somebody else made it meanwhile.
    const now = isHostFailure(error, 'refused') ? await find(at, name) : undefined
    if (!now) throw error
    return now
  }
}

async function find(at: ProjectAsker, name: string): Promise<Environment | undefined> {
  for await (const one of each(at, environments(at), { name }, environment)) if (one.name === name) return one
  return undefined
}

function isUp({ state }: Environment): boolean {
  return state === 'available'
}

function environments({ project }: ProjectAsker): string {
  return `projects/${project}/environments`
}
