import {
  EVENT_ID,
  getScalarValue,
  parseEvents,
  SCALAR_STYLE,
  YAMLException,
  type Event,
  type ScalarEvent,
} from 'js-yaml'
import { messageOf } from '../../errors.ts'
import type { Problem } from '../faults.ts'
import { mergePairs } from './merge.ts'
import { plainScalar } from './scalar.ts'
import type { MapTree, Pair, Tree } from './tree.ts'

/** Reads one YAML document. Problems are noted and the rest is read on, but where the text is not YAML at all. */
export function composeYaml(text: string): { tree: Tree | null; problems: Problem[] } {
  try {
    return compose(text, parseEvents(text, { maxDepth: 50 }))
  } catch (error) {
    // The parser also throws errors of other kinds, e.g. for an escape that is no character.
    const place = error instanceof YAMLException ? error.mark?.position : 0
    const reason = error instanceof YAMLException ? error.reason : messageOf(error)
    return {
      tree: null,
      problems: [{ offset: place ?? 0, path: '', message: `this is not YAML: ${reason}` }],
    }
  }
}

/** Aliases repeat what they name; more parts than this, all repeats counted, is an attack and no Qaackfile. */
const mostParts = 20_000
const tooMany = `this has more than ${mostParts} parts, what aliases repeat counted each time`

interface Composing {
  text: string
  events: Event[]
  at: number
  anchors: Map<string, Tree>
  /** How many parts a tree has, each repeat counted. */
  sizes: Map<Tree, number>
  /** Pairs that merge keys brought in so far. */
  merged: number
  problems: Problem[]
}

function compose(text: string, events: Event[]): { tree: Tree | null; problems: Problem[] } {
  const composing: Composing = {
    text,
    events,
    at: 0,
    anchors: new Map(),
    sizes: new Map(),
    merged: 0,
    problems: [],
  }
  const documents = events.filter(({ type }) => type === EVENT_ID.DOCUMENT).length
  if (documents > 1) return only('a Qaackfile is one YAML document; take the line --- out')
  if (events.length > 4 * mostParts) return only(tooMany)
  composing.at = 1
  if (events.length < 3) return only('the file is empty; it needs services, with at least one service')
  const tree = composeNext(composing)
  if ((composing.sizes.get(tree) ?? 0) > mostParts) return only(tooMany)
  return { tree, problems: composing.problems }
}

function only(message: string): { tree: null; problems: Problem[] } {
  return { tree: null, problems: [{ offset: 0, path: '', message }] }
}

function composeNext(composing: Composing): Tree {
  const event = composing.events[composing.at++]
  if (event === undefined || event.type === EVENT_ID.DOCUMENT || event.type === EVENT_ID.POP)
    return emptyAt(-1)
  if (event.type === EVENT_ID.ALIAS) {
    const known = composing.anchors.get(composing.text.slice(event.anchorStart, event.anchorEnd))
    if (known) return known
    fail(composing, event.anchorStart, 'this alias names nothing that stands before it')
    return emptyAt(event.anchorStart)
  }
  const tree = composeTagged(composing, event)
  if (event.anchorStart >= 0)
    composing.anchors.set(composing.text.slice(event.anchorStart, event.anchorEnd), tree)
  return tree
}

function composeTagged(composing: Composing, event: Exclude<Event, { type: 1 | 5 | 6 }>): Tree {
  const tag = event.tagStart < 0 ? null : composing.text.slice(event.tagStart, event.tagEnd)
  if (tag !== null && tag !== '!!str' && tag !== '!')
    fail(composing, event.tagStart, `the tag ${tag.slice(0, 40)} is not known here; leave it out`)
  switch (event.type) {
    case EVENT_ID.SCALAR:
      return sized(composing, composeScalar(composing, event, tag !== null), [])
    case EVENT_ID.SEQUENCE: {
      const items: Tree[] = []
      while (!atEnd(composing)) items.push(composeNext(composing))
      composing.at++
      return sized(composing, { kind: 'list', start: event.start, items }, items)
    }
    case EVENT_ID.MAPPING:
      return composeMap(composing, event.start)
  }
}

function composeScalar(composing: Composing, event: ScalarEvent, tagged: boolean): Tree {
  if (event.valueStart < 0) return emptyAt(-1)
  const text = getScalarValue(composing.text, event)
  // Escapes can bring in what no variable, command or path can hold.
  if (text.includes('\0') || !text.isWellFormed()) {
    fail(composing, event.valueStart, 'this text has a NUL or half a character in it; take the escape out')
  }
  const value = event.style === SCALAR_STYLE.PLAIN && !tagged ? plainScalar(text) : text
  return { kind: 'scalar', start: event.valueStart, value, text }
}

function composeMap(composing: Composing, start: number): MapTree {
  const pairs: Pair[] = []
  const merged: { tree: Tree; start: number }[] = []
  while (!atEnd(composing)) {
    const key = composeNext(composing)
    const value = composeNext(composing)
    const keyStart = key.start < 0 ? start : key.start
    if (key.kind !== 'scalar') fail(composing, keyStart, 'a name must be a text, not a list or a map')
    else if (key.text === '<<') merged.push({ tree: value, start: keyStart })
    else if (key.text === '__proto__') fail(composing, keyStart, '__proto__ cannot be a name')
    else pairs.push({ key: key.text, keyStart, value })
  }
  composing.at++
  const unique = withoutRepeats(composing, pairs)
  composing.merged += merged.reduce((sum, { tree }) => sum + (composing.sizes.get(tree) ?? 1), 0)
  if (composing.merged > mostParts) merged.length = 0
  const all = mergePairs(unique, merged, (offset, message) => fail(composing, offset, message))
  const values = all.map(({ value }) => value)
  return sized(composing, { kind: 'map', start, pairs: all }, values)
}

function withoutRepeats(composing: Composing, pairs: Pair[]): Pair[] {
  const seen = new Set<string>()
  return pairs.filter(({ key, keyStart }) => {
    if (seen.has(key)) fail(composing, keyStart, `${key.slice(0, 60)} stands twice in this map; keep one`)
    const first = !seen.has(key)
    seen.add(key)
    return first
  })
}

function sized<T extends Tree>(composing: Composing, tree: T, children: Tree[]): T {
  const size = children.reduce((sum, child) => sum + (composing.sizes.get(child) ?? 1), 1)
  // Sizes that grow with each alias soon leave the range of exact numbers; they need not be exact by then.
  composing.sizes.set(tree, Math.min(size, Number.MAX_SAFE_INTEGER))
  return tree
}

function atEnd({ events, at }: Composing): boolean {
  return at >= events.length || events[at]?.type === EVENT_ID.POP
}

function emptyAt(start: number): Tree {
  return { kind: 'scalar', start, value: null, text: '' }
}

function fail(composing: Composing, offset: number, message: string): void {
  composing.problems.push({ offset: Math.max(0, offset), path: '', message })
}
