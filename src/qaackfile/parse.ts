import { checkHosts } from './checks/hosts.ts'
import type { Finding } from './checks/finding.ts'
import { checkInputs } from './checks/inputs.ts'
import { checkNames } from './checks/names.ts'
import { outlineOf } from './checks/outline.ts'
import { checkReady } from './checks/ready.ts'
import { checkReferences } from './checks/references.ts'
import { checkRepeats } from './checks/repeats.ts'
import type { Problem } from './faults.ts'
import type { Qaackfile } from './qaackfile.ts'
import { fileSchema } from './schema/file-schema.ts'
import { findingsOf } from './schema/issues.ts'
import { toQaackfile } from './valid.ts'
import { composeYaml } from './yaml/compose.ts'
import { childOf, offsetAt, pairsOf, pathText, plainData, type Tree } from './yaml/tree.ts'

/** Reads rendered text. Offsets of the problems count in it; without problems there is a Qaackfile. */
export function parseQaackfile(text: string): { qaackfile: Qaackfile | null; problems: Problem[] } {
  const { tree, problems } = composeYaml(text)
  if (tree === null) return { qaackfile: null, problems }
  if (tree.kind !== 'map') {
    return {
      qaackfile: null,
      problems: [...problems, { offset: 0, path: '', message: 'a Qaackfile is a map with the key services' }],
    }
  }
  const services = pairsOf(childOf(tree, 'services')).length
  if (services > mostServices) {
    const finding: Finding = {
      path: ['services'],
      at: 'name',
      message: `must have at most ${mostServices} services, not ${services}`,
    }
    return { qaackfile: null, problems: [...problems, problemOf(finding, tree)] }
  }
  const shape = fileSchema.safeParse(plainData(tree))
  const findings = [...(shape.success ? [] : findingsOf(shape.error.issues, tree)), ...relations(tree)]
  // What could not be read at a place is not told again as something of the wrong kind.
  const unread = new Set(problems.map(({ offset }) => offset))
  const placed = findings.slice(0, mostFindings).map((finding) => problemOf(finding, tree))
  const all = [...problems, ...placed.filter(({ offset }) => !unread.has(offset))]
  return {
    qaackfile: shape.success && all.length === 0 ? toQaackfile(shape.data, tree) : null,
    problems: all,
  }
}

/** More would not fit the network that an environment gets. */
const mostServices = 24

/** A file with more than this is no honest one, and finding the places of all takes long. */
const mostFindings = 1000

/** What no single key has: checked also where other keys have faults, so that all are told at once. */
function relations(tree: Tree): Finding[] {
  const outline = outlineOf(tree)
  return [
    ...checkNames(tree, outline),
    ...checkReferences(tree, outline),
    ...checkHosts(outline),
    ...checkReady(outline),
    ...checkRepeats(outline),
    ...checkInputs(outline),
  ]
}

function problemOf({ path, at, message }: Finding, tree: Tree): Problem {
  return { offset: offsetAt(tree, path, at), path: pathText(path), message }
}
