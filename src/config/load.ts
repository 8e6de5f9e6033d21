import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { QaackError, messageOf } from '../errors.ts'
import { assemble } from './assemble.ts'
import type { Config } from './config.ts'
import { isSecret, settings } from './schema.ts'
import type { SettingName, Values } from './schema.ts'
import { fromEnvironment, fromFile, fromFlags } from './sources.ts'
import type { Given, Source } from './sources.ts'

export interface ConfigSources {
  /** Settings file; if absent, `qaackd.yaml` in `cwd` where there is one. */
  file?: string
  env?: Record<string, string | undefined>
  /** By the flag's name (`baseUrl`, `buildSlots`); undefined = not given. */
  flags?: Record<string, unknown>
  cwd?: string
}

const defaultFile = 'qaackd.yaml'

/**
 * The settings in force: the file, over it the environment, over it the flags. The only place that reads the
 * environment of the process.
 *
 * Errors: one QaackError `invalid_config` that lists every fault of every source; its `path` is the first setting.
 */
export function loadConfig(sources: ConfigSources = {}): Config {
  const { file, env = process.env, flags = {}, cwd = process.cwd() } = sources
  const read = [readSettings(file, cwd), fromEnvironment(env), fromFlags(flags)]
  const faults = read.flatMap((one) => one.faults)
  const { values, origins, wrong } = checkAll(read)
  const readKey = (path: string) => readFileSync(resolve(cwd, path), 'utf8')
  const { config, faults: missing } = assemble(values, { cwd, readKey })
  // A setting that is wrong would be called missing in its group, so such a group is not looked at as a whole.
  const whole = Object.entries(missing).filter(
    ([prefix]) => !wrong.some((one) => one.name.startsWith(prefix)),
  )
  const all = [...faults, ...wrong.map((one) => one.fault), ...whole.flatMap(([, texts]) => texts)]
  if (all.length > 0) throw invalid(all, wrong[0]?.name)
  return deepFreeze({ ...config, sources: origins })
}

function readSettings(file: string | undefined, cwd: string): Source {
  const name = file ?? defaultFile
  try {
    return fromFile(readFileSync(resolve(cwd, name), 'utf8'), name)
  } catch (error) {
    if (file === undefined && (error as NodeJS.ErrnoException).code === 'ENOENT')
      return { given: [], faults: [] }
    return { given: [], faults: [`the settings file ${name} cannot be read: ${messageOf(error)}`] }
  }
}

/** Every value of every source is checked, also one that a later source overrules: it is wrong all the same. */
function checkAll(sources: Source[]) {
  const values: Record<string, unknown> = {}
  const origins: Record<string, string> = {}
  const wrong: { name: SettingName; fault: string }[] = []
  for (const given of sources.flatMap((source) => source.given)) {
    const { name, value, source } = given
    const result = settings[name].check.safeParse(value)
    if (!result.success) {
      wrong.push({ name, fault: faultOf(given, result.error.issues[0]?.message ?? 'is wrong') })
      continue
    }
    values[name] = result.data
    origins[name] = source
  }
  return { values: values as Values, origins, wrong }
}

function faultOf({ name, value, source }: Given, message: string): string {
  const where = source === settings[name].env ? `${source} (${name})` : `${source}: ${name}`
  // An address may hold a password.
  const hidden = isSecret(name) || String(value).includes('@')
  return `${where} ${message}${hidden ? '' : `, not ${JSON.stringify(value)}`}`
}

function invalid(faults: string[], path: string | undefined): QaackError {
  const count = faults.length === 1 ? 'A setting is wrong' : `${faults.length} settings are wrong`
  const list = faults.map((fault) => `\n- ${fault}`).join('')
  return new QaackError('invalid_config', `${count}:${list}`, path === undefined ? {} : { path })
}

function deepFreeze<T extends object>(value: T): T {
  for (const inner of Object.values(value)) {
    if (typeof inner === 'object' && inner !== null) deepFreeze(inner as object)
  }
  return Object.freeze(value)
}
