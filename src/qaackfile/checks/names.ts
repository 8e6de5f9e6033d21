import { childOf, pairsOf, type Path, type Tree } from '../yaml/tree.ts'
import type { Finding } from './finding.ts'
import type { Mention, Outline } from './outline.ts'

/** Names that stand in host names, so that they must be what DNS takes, and that our own host names do not have. */
const hostName = /^[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?$/
const reserved = ['serv', 'panel', 'api']
const otherName = /^[A-Za-z0-9](?:[A-Za-z0-9 ._:@/-]{0,62}[A-Za-z0-9])?$/
const variableName = /^[A-Za-z_][A-Za-z0-9_]*$/

/** Faults in the names that the file gives. */
export function checkNames(tree: Tree, outline: Outline): Finding[] {
  const services = outline.services.map(({ name, path }): Mention => ({ text: name, path, at: 'name' }))
  const aliases = [...outline.aliases, ...outline.services.flatMap((service) => service.aliases)]
  const count: Finding[] =
    services.length === 0 && childOf(tree, 'services')?.kind === 'map'
      ? [{ path: ['services'], at: 'name', message: 'must have at least one service' }]
      : []
  return [
    ...count,
    ...services.flatMap((mention) => checkHostName(mention, 'service')),
    ...aliases.flatMap((mention) => checkHostName(mention, 'alias')),
    ...outline.services.flatMap(({ steps }) => steps.flatMap(checkStep)),
    ...['make_reusable', 'quick_actions'].flatMap((key) => keysOf(tree, key).flatMap(checkLabel)),
    ...keysOf(tree, 'make_reusable').flatMap(checkReusableLabel),
    ...checkVariables(tree, []),
    ...outline.services.flatMap((service) => checkVariables(service.tree, service.path)),
  ]
}

function checkHostName({ text, path, at }: Mention, kind: 'service' | 'alias'): Finding[] {
  if (reserved.includes(text))
    return [{ path, at, message: `cannot be named ${text}, which has its own host name; take another name` }]
  if (hostName.test(text)) return []
  const rule = 'at most 32 lower-case letters, digits and dashes, with a letter or digit at both ends'
  return [
    {
      path,
      at,
      message: `is no name for a ${kind === 'service' ? 'service' : 'host name'}; it must be ${rule}`,
    },
  ]
}

function checkStep(mention: Mention): Finding[] {
  // A map with whole numbers as names has another order in JavaScript than in the file, and steps run in the file's.
  if (/^\d+$/.test(mention.text)) {
    return [
      {
        path: mention.path,
        at: mention.at,
        message: 'is a number, and steps must have names; write a name such as install',
      },
    ]
  }
  return checkLabel(mention)
}

function checkLabel({ text, path, at }: Mention): Finding[] {
  if (otherName.test(text)) return []
  return [
    {
      path,
      at,
      message:
        'is no name; it must be at most 64 letters, digits, spaces and . _ : @ / -, with a letter or digit at both ends',
    },
  ]
}

function checkReusableLabel({ text, path, at }: Mention): Finding[] {
  if (text !== 'auto') return []
  const message =
    'cannot be a label: reuse: auto means whatever was saved that goes furthest; take another name'
  return [{ path, at, message }]
}

function checkVariables(tree: Tree, above: Path): Finding[] {
  return keysOf(tree, 'variables').flatMap((mention): Finding[] => {
    const place = { path: [...above, ...mention.path], at: mention.at }
    if (/^QCK_/i.test(mention.text) || mention.text === 'IS_QCK') {
      return [{ ...place, message: 'is reserved: names with QCK_ are set by Qaack; take another name' }]
    }
    if (variableName.test(mention.text)) return []
    return [
      {
        ...place,
        message: 'is no name for a variable; it must be letters, digits and _, and not start with a digit',
      },
    ]
  })
}

function keysOf(tree: Tree, key: string): Mention[] {
  return pairsOf(childOf(tree, key)).map((pair) => ({ text: pair.key, path: [key, pair.key], at: 'name' }))
}
