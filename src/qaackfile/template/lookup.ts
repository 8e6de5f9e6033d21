import { suggestion } from '../nearest.ts'
import type { TemplateData } from '../qaackfile.ts'
import { templateNames } from './names.ts'

/** A value and the full name it has in the data, where it has one. */
export interface Named {
  value: unknown
  name: string | null
  /** How a text was made from facts of the environment, where it shows nothing else; see identity.ts. */
  origin?: string
}

/** What templates see: the data without what only helpers may ask for. */
export function rootOf(data: TemplateData): Named {
  const { Environment, Repository, Group, Instance } = data
  return { value: { Environment, Repository, Group, Instance }, name: '' }
}

/** A name that neither the data nor the reference has. */
export interface Unknown {
  unknown: string
}

/** What `from` has under `parts`. A name that only other environments have gives `undefined` as its value. */
export function lookUp(from: Named, parts: string[]): Named | Unknown {
  let at = from
  for (const part of parts) {
    const name = at.name === null ? null : at.name === '' ? part : `${at.name}.${part}`
    if (isGroup(at.value) && Object.hasOwn(at.value, part) && at.value[part] !== undefined) {
      at = { value: at.value[part], name }
    } else if (name !== null && templateNames.includes(name)) {
      at = { value: undefined, name }
    } else {
      return { unknown: unknownMessage(at, part, parts) }
    }
  }
  return at
}

/** What a template that needs a value is told where this environment has none under a known name. */
export function absentMessage(name: string): string {
  return `${name} is there for changes only; write {{#if Environment.Change}} around it, or default ${name} "…"`
}

export function isGroup(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function unknownMessage(at: Named, part: string, parts: string[]): string {
  const asked = parts.join('.').slice(0, 80)
  const inside = at.name ? `${at.name} has no ${part.slice(0, 60)}.` : `there is no name ${asked} here.`
  const near = at.name ? templateNames.filter((name) => name.startsWith(`${at.name}.`)) : templateNames
  const full = at.name ? `${at.name}.${part}` : asked
  const last = parts.at(-1)?.toLowerCase()
  const sameEnd = near.find((name) => name.split('.').at(-1)?.toLowerCase() === last)
  if (sameEnd !== undefined) return `${inside} Did you mean ${sameEnd}?`
  return `${inside}${suggestion(full, near) || suggestion(asked, templateNames)}`
}
