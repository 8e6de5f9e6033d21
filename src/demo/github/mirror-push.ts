import { git, tryGit } from './bare.ts'
import { masterOf } from './callers.ts'
import type { Answer } from './emulate.ts'
import { textAt } from './json.ts'
import { fullName, type Repository } from './repositories.ts'
import type { World } from './world.ts'

/** Makes commits of the bare repository, with all their files, known to emulate; parents before children. */
export async function mirrorCommits(world: World, repository: Repository, tips: string[]): Promise<void> {
  if (tips.length === 0) return
  const listed = await git(repository.dir, ['rev-list', '--topo-order', '--reverse', ...tips, '--'])
  for (const id of listed.split('\n').filter(Boolean)) {
    if (repository.mirrored.has(id)) continue
    await mirrorCommit(world, repository, id)
    repository.mirrored.add(id)
  }
}

/** Sets, moves or deletes a branch or tag there. A tag object is left out: the tag points to its commit. */
export async function mirrorRef(
  world: World,
  repository: Repository,
  ref: string,
  commit: string | undefined,
): Promise<void> {
  const name = ref
    .split('/')
    .map(encodeURIComponent)
    .join('/')
    .replace(/^refs\//, '')
  if (commit === undefined) {
    await ask(world, repository, 'DELETE', `/git/refs/${name}`, undefined, [204, 404, 422])
    return
  }
  const sha = world.commits.emulates(commit)
  const moved = await ask(world, repository, 'PATCH', `/git/refs/${name}`, { sha, force: true }, [200, 404])
  if (moved.status === 404) await ask(world, repository, 'POST', '/git/refs', { ref, sha }, [201])
}

async function mirrorCommit(world: World, repository: Repository, id: string): Promise<void> {
  const raw = await git(repository.dir, ['cat-file', 'commit', id])
  const end = raw.indexOf('\n\n')
  const head = raw.slice(0, end).split('\n')
  const line = (name: string) => head.find((one) => one.startsWith(`${name} `))?.slice(name.length + 1) ?? ''
  const parents = head.filter((one) => one.startsWith('parent ')).map((one) => one.slice(7))
  const { body } = await ask(
    world,
    repository,
    'POST',
    '/git/commits',
    {
      message: raw.slice(end + 2),
      tree: await mirrorTree(world, repository, line('tree')),
      parents: parents.map((parent) => world.commits.emulates(parent)),
      author: signatureOf(line('author')),
      committer: signatureOf(line('committer')),
    },
    [201],
  )
  world.commits.pair(id, textAt(body, 'sha'))
}

async function mirrorTree(world: World, repository: Repository, tree: string): Promise<string> {
  if (repository.mirrored.has(tree)) return tree
  const listed = await git(repository.dir, ['ls-tree', '-r', '-z', tree])
  const entries = listed
    .split('\0')
    .filter(Boolean)
    .map((entry) => {
      const [mode = '', type = '', sha = ''] = entry.slice(0, entry.indexOf('\t')).split(' ')
      return { path: entry.slice(entry.indexOf('\t') + 1), mode, type, sha }
    })
  const blobs = entries.filter(({ type, sha }) => type === 'blob' && !repository.mirrored.has(sha))
  for (const { sha, content } of await contentsOf(
    repository,
    blobs.map(({ sha }) => sha),
  )) {
    const body = { content: content.toString('base64'), encoding: 'base64' }
    await ask(world, repository, 'POST', '/git/blobs', body, [201])
    repository.mirrored.add(sha)
  }
  const { body } = await ask(world, repository, 'POST', '/git/trees', { tree: entries }, [201])
  const made = textAt(body, 'sha')
  if (made === tree) repository.mirrored.add(tree)
  return made
}

async function contentsOf(
  repository: Repository,
  ids: string[],
): Promise<{ sha: string; content: Buffer }[]> {
  if (ids.length === 0) return []
  const { out } = await tryGit(repository.dir, ['cat-file', '--batch'], `${[...new Set(ids)].join('\n')}\n`)
  const found: { sha: string; content: Buffer }[] = []
  for (let position = 0; position < out.length;) {
    const lineEnd = out.indexOf('\n', position)
    const [sha = '', , size = '0'] = out.subarray(position, lineEnd).toString('utf8').split(' ')
    const end = lineEnd + 1 + Number(size)
    found.push({ sha, content: out.subarray(lineEnd + 1, end) })
    position = end + 1
  }
  return found
}

/** `Ada <ada@example.org> 1746086400 +0200` as GitHub's API wants it; the offset is part of what is hashed. */
export function signatureOf(line: string): { name: string; email: string; date: string } {
  const [, name = '', email = '', seconds = '0', sign = '+', hours = '00', minutes = '00'] =
    /^(.*?) ?<(.*)> (\d+) ([+-])(\d\d)(\d\d)$/.exec(line) ?? []
  const offset = (Number(hours) * 60 + Number(minutes)) * 60 * (sign === '-' ? -1 : 1)
  const local = new Date((Number(seconds) + offset) * 1000).toISOString().slice(0, 19)
  const zone = offset === 0 && sign === '+' ? 'Z' : `${sign}${hours}:${minutes}`
  return { name, email, date: `${local}${zone}` }
}

async function ask(
  world: World,
  repository: Repository,
  method: string,
  path: string,
  body: unknown,
  expected: number[],
): Promise<Answer> {
  const whole = `/repos/${fullName(repository)}${path}`
  const got = await world.emulate.as(masterOf(world, repository), method, whole, body)
  if (expected.includes(got.status)) return got
  throw new Error(`emulate answered ${got.status} to ${method} ${whole}: ${textAt(got.body, 'message')}`)
}
