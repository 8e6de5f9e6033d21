import { loadAll } from 'js-yaml'
import { messageOf } from '../errors.ts'
import { suggestion } from '../qaackfile/nearest.ts'
import { clientVariables, flagName, flagText, settingNames, settings } from './schema.ts'
import type { SettingName } from './schema.ts'

/** A setting as somebody wrote it, and where. */
export interface Given {
  name: SettingName
  value: unknown
  /** For people: `qaackd.yaml`, `QAACK_PORT`, `--port`. */
  source: string
}

export interface Source {
  given: Given[]
  /** A sentence each. */
  faults: string[]
}

/** The settings of a file's text. `file`: its name, for people. */
export function fromFile(content: string, file: string): Source {
  let documents: unknown[]
  try {
    documents = loadAll(content)
  } catch (error) {
    return { given: [], faults: [`${file} is not YAML: ${messageOf(error)}`] }
  }
  if (documents.length > 1)
    return { given: [], faults: [`${file} must hold one document, without a line of ---`] }
  const [document] = documents
  const source: Source = { given: [], faults: [] }
  if (document === undefined || document === null) return source
  collect(document, '', file, source)
  return source
}

function collect(value: unknown, prefix: string, file: string, into: Source): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    const below = settingNames
      .filter((name) => name.startsWith(prefix))
      .map((name) => name.slice(prefix.length))
    into.faults.push(`${file}: ${prefix.slice(0, -1) || 'the file'} must be a map of ${below.join(', ')}`)
    return
  }
  for (const [key, inner] of Object.entries(value)) {
    const name = prefix + key
    if (isSetting(name)) into.given.push({ name, value: inner, source: file })
    else if (isGroup(name)) collect(inner, `${name}.`, file, into)
    else into.faults.push(`${file}: ${name} is no setting.${meantSetting(name)}`)
  }
}

/** The settings in the environment. An empty variable counts as absent, as composed files leave many of them. */
export function fromEnvironment(env: Record<string, string | undefined>): Source {
  const variables = settingNames.map((name) => settings[name].env)
  const known = new Set<string>([...variables, ...clientVariables])
  const unknown = Object.keys(env).filter((name) => name.startsWith('QAACK_') && !known.has(name))
  return {
    given: settingNames.flatMap((name) => {
      const source = settings[name].env
      return env[source] ? [{ name, value: env[source], source }] : []
    }),
    faults: unknown.map((name) => `${name} is no setting.${meantVariable(name, known)}`),
  }
}

/** Settings on the command line, by the flag's name (`baseUrl`); undefined = not given. */
export function fromFlags(flags: Record<string, unknown>): Source {
  const source: Source = { given: [], faults: [] }
  for (const [flag, value] of Object.entries(flags)) {
    if (value === undefined) continue
    const name = settingNames.find((one) => flagName(one) === flag || one === flag)
    if (name) source.given.push({ name, value, source: flagText(name) })
    else source.faults.push(`${flag} is no setting.${suggestion(flag, settingNames.map(flagName))}`)
  }
  return source
}

function isSetting(name: string): name is SettingName {
  return Object.hasOwn(settings, name)
}

const groups = new Set(
  settingNames.filter((name) => name.includes('.')).map((name) => name.replace(/\..*/, '')),
)

function isGroup(name: string): boolean {
  return groups.has(name)
}

/** Also finds what was written at the wrong level, e.g. `slots` for `build.slots`. */
function meantSetting(name: string): string {
  const last = name.split('.').at(-1)
  const elsewhere = settingNames.filter((one) => one.split('.').at(-1) === last)
  return elsewhere.length === 1
    ? ` Did you mean ${elsewhere[0]}?`
    : suggestion(name, [...settingNames, ...groups])
}

/** The prefix is left out of the comparison: it would make all names look alike. */
function meantVariable(name: string, known: Set<string>): string {
  const prefix = 'QAACK_'
  const endings = [...known].filter((one) => one.startsWith(prefix)).map((one) => one.slice(prefix.length))
  return suggestion(name.slice(prefix.length), endings).replace('Did you mean ', `Did you mean ${prefix}`)
}
