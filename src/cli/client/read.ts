import type { z } from 'zod'
import { notQaack } from './explain.ts'
import type { Ask, Http } from './http.ts'
import { groupShape, groupsShape, repositoryShape, type Repository } from './shapes.ts'

/** An answer as JSON that has at least the fields of `shape`. */
export async function read<Shape extends z.ZodType>(
  http: Http,
  path: string,
  shape: Shape,
  ask?: Ask,
): Promise<z.infer<Shape>> {
  const result = shape.safeParse(await http.json(path, ask))
  if (result.success) return result.data
  const [issue] = result.error.issues
  throw notQaack(http.server, new Error(`${path}: ${issue?.path.join('.')} ${issue?.message}`))
}

/** A repository with the name of its group, as lists show it. */
export interface ListedRepository {
  id: string
  name: string
  group: { id: string; name: string }
}

export async function listRepositories(http: Http): Promise<ListedRepository[]> {
  const groups = await read(http, '/api/groups', groupsShape)
  const lists = await Promise.all(
    groups.map(async ({ id, name }) => {
      const { repositories } = await read(http, `/api/group/${id}`, groupShape)
      return repositories.map((repository) => ({
        id: repository.id,
        name: repository.name,
        group: { id, name },
      }))
    }),
  )
  return lists.flat()
}

export function readRepository(http: Http, id: string): Promise<Repository> {
  return read(http, `/api/repository/${encodeURIComponent(id)}`, repositoryShape)
}

/** Requests at once: enough to be quick, few enough not to be a flood. */
const atOnce = 8

/** Like `Promise.all` over `map`, with a few at a time, in the order of the items. */
export async function readEach<Item, Result>(
  items: Item[],
  readOne: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = []
  let next = 0
  const lane = async () => {
    for (let at = next++; at < items.length; at = next++) results[at] = await readOne(items[at] as Item)
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, lane))
  return results
}
