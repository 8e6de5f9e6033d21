import { BuildFailure, messageOf, QaackError } from '../errors.ts'
import { resolveAddress } from '../repositories/address.ts'
import { isGitFault } from '../repositories/git-failure.ts'
import type { Mirror } from '../repositories/mirror.ts'
import { bytesOf } from './checkout-tar.ts'
import { submoduleMode, type TreeEntry } from './checkout-tree.ts'

export interface Submodule {
  name: string
  /** Of its git directory, below `modules/`; bytes, as `path` is. */
  folder: string
  path: string
  /** Where it is fetched from, as the file's address resolved. */
  url: string
  hash: string
  /** Has the commit. */
  mirror: Mirror
}

/**
 * The submodules of a commit, fetched. What `.gitmodules` says is a stranger's: only addresses that the repository itself
 * could have are used, and credentials stay with the repository's own host.
 */
export async function findSubmodules(
  parent: Mirror,
  hash: string,
  tree: TreeEntry[],
  signal: AbortSignal,
): Promise<Submodule[]> {
  const links = tree.filter(({ mode }) => mode === submoduleMode)
  if (links.length === 0) return []
  const declared = tree.some(({ path }) => path === '.gitmodules')
    ? await readModules(parent, hash, signal)
    : []
  return Promise.all(
    links.map(async (link) => {
      const module = declared.find(({ path }) => bytesOf(path) === link.path)
      if (!module)
        throw new BuildFailure(
          `submodule ${link.path} is not in .gitmodules; add it there, or switch submodules off for this checkout`,
        )
      const address = resolveAddress(parent.remote.address, module.url)
      if ('fault' in address)
        throw new BuildFailure(`submodule ${module.path} cannot be fetched: ${address.fault}`)
      if (parent.strangers && address.kind !== 'http')
        throw new BuildFailure(
          `submodule ${module.path} is not fetched from ${address.url}, because code from a fork gets only what everybody can ` +
            'have over http(s); give its https address in .gitmodules',
        )
      const mirror = parent.submodule(address)
      await bringUp(mirror, link.hash, module.path, signal)
      return {
        name: module.name,
        folder: bytesOf(module.name),
        path: link.path,
        url: address.url,
        hash: link.hash,
        mirror,
      }
    }),
  )
}

interface Declared {
  name: string
  path: string
  url: string
}

async function readModules(mirror: Mirror, hash: string, signal: AbortSignal): Promise<Declared[]> {
  const args = ['config', '--blob', `${hash}:.gitmodules`, '--null', '--list']
  const listed = await mirror.run(args, { signal }).catch((cause: unknown) => {
    signal.throwIfAborted()
    throw new BuildFailure(
      'the repository has submodules, but its .gitmodules cannot be read; correct it, or switch submodules off for this checkout',
      { cause },
    )
  })
  const modules = new Map<string, Declared>()
  for (const setting of listed.toString('utf8').split('\0')) {
    const [, name, key, value] = /^submodule\.([^\n]+)\.(path|url)\n([^]*)$/.exec(setting) ?? []
    if (name === undefined || key === undefined || value === undefined || !isSafeName(name)) continue
    modules.set(name, { ...(modules.get(name) ?? { name, path: '', url: '' }), [key]: value })
  }
  return [...modules.values()]
}

/** A name becomes a path below the git directory; it must not lead out of it. */
function isSafeName(name: string): boolean {
  return (
    !name.startsWith('/') && name.split(/[/\\]/).every((part) => part !== '..' && part !== '.' && part !== '')
  )
}

async function bringUp(mirror: Mirror, hash: string, path: string, signal: AbortSignal): Promise<void> {
  try {
    if (await mirror.hasCommit(hash)) return
    await mirror.fetch(signal)
    if (await mirror.hasCommit(hash)) return
    await mirror.fetchCommit(hash, signal)
  } catch (error) {
    signal.throwIfAborted()
    if (!(error instanceof QaackError) || isGitFault(error, 'disk')) throw error
    const alone = mirror.strangers ? ' (for code from a fork it is fetched without credentials)' : ''
    throw new BuildFailure(
      `submodule ${path} cannot be had at commit ${hash.slice(0, 7)}${alone}: ${messageOf(error)}`,
      { cause: error },
    )
  }
}
