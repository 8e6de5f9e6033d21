import { childOf, itemsOf, pairsOf, type Path, type Tree } from '../yaml/tree.ts'

/** What the checks need to know of a file that may have faults elsewhere: only what has the right shape is in it. */
export interface Outline {
  services: ServiceOutline[]
  /** Aliases of the environment; `service` is null in a list, which means the default service. */
  aliases: { text: string; path: Path; at: 'name' | 'value'; service: string | null }[]
}

export interface ServiceOutline {
  name: string
  path: Path
  tree: Tree
  hasPort: boolean
  /** As written; undefined where it is not. */
  default: boolean | undefined
  steps: Mention[]
  dependsOn: Mention[]
  aliases: Mention[]
}

/** A text in the file and where it stands. */
export interface Mention {
  text: string
  path: Path
  at: 'name' | 'value'
}

export function outlineOf(tree: Tree): Outline {
  return {
    services: pairsOf(childOf(tree, 'services')).map(({ key, value }) => serviceOutline(key, value)),
    aliases: aliasesOf(tree),
  }
}

function serviceOutline(name: string, tree: Tree): ServiceOutline {
  const path = ['services', name]
  const written = childOf(tree, 'default')
  return {
    name,
    path,
    tree,
    hasPort: childOf(tree, 'port') !== undefined,
    default: written?.kind === 'scalar' && typeof written.value === 'boolean' ? written.value : undefined,
    steps: stepsOf(childOf(tree, 'commands'), [...path, 'commands']),
    dependsOn: textsOf(childOf(tree, 'depends_on'), [...path, 'depends_on']),
    aliases: textsOf(childOf(tree, 'aliases'), [...path, 'aliases']),
  }
}

function stepsOf(tree: Tree | undefined, path: Path): Mention[] {
  const inMap = pairsOf(tree).map(({ key }) => ({ text: key, path: [...path, key], at: 'name' as const }))
  const inList = itemsOf(tree).flatMap((item, index) => {
    const name = textOf(childOf(item, 'name'))
    return name === null ? [] : [{ text: name, path: [...path, index, 'name'], at: 'value' as const }]
  })
  return [...inMap, ...inList]
}

function aliasesOf(tree: Tree): Outline['aliases'] {
  const aliases = childOf(tree, 'aliases')
  const inMap = pairsOf(aliases).map(({ key, value }) => ({
    text: key,
    path: ['aliases', key],
    at: 'name' as const,
    service: textOf(value),
  }))
  return [...inMap, ...textsOf(aliases, ['aliases']).map((mention) => ({ ...mention, service: null }))]
}

export function textsOf(tree: Tree | undefined, path: Path): Mention[] {
  return itemsOf(tree).flatMap((item, index) => {
    const text = textOf(item)
    return text === null ? [] : [{ text, path: [...path, index], at: 'value' as const }]
  })
}

export function textOf(tree: Tree | undefined): string | null {
  return tree?.kind === 'scalar' && typeof tree.value === 'string' ? tree.value : null
}
