import type { GithubConfig, GitlabConfig } from './config.ts'
import { isPrivateKey } from './private-key.ts'
import { settings } from './schema.ts'
import type { SettingName, Values } from './schema.ts'

/** A part of the settings that is whole or absent, and what it lacks if it is neither. */
export interface Part<T> {
  config: T | null
  faults: string[]
}

/** `readKey` gives the content of the file that `github.private_key_path` names, or throws. */
export function githubConfig(values: Values, readKey: (path: string) => string): Part<GithubConfig> {
  const given = named(values, 'github.')
  if (given.length === 0) return { config: null, faults: [] }
  const faults = missing(values, 'GitHub', given, ['github.app_id', 'github.webhook_secret'])
  const key = privateKey(values, given, readKey)
  if ('fault' in key) faults.push(key.fault)
  const appId = values['github.app_id']
  const webhookSecret = values['github.webhook_secret']
  if (faults.length > 0 || appId === undefined || webhookSecret === undefined || !('pem' in key))
    return { config: null, faults }
  const gheHost = values['github.ghe_host'] ?? null
  const gheProtocol = values['github.ghe_protocol'] ?? 'https'
  return { config: { appId, privateKey: key.pem, webhookSecret, gheHost, gheProtocol }, faults }
}

export function gitlabConfig(values: Values): Part<GitlabConfig> {
  const given = named(values, 'gitlab.')
  if (given.length === 0) return { config: null, faults: [] }
  const faults = missing(values, 'GitLab', given, ['gitlab.token'])
  const token = values['gitlab.token']
  if (token === undefined) return { config: null, faults }
  const webhookSecret = values['gitlab.webhook_secret'] ?? null
  const groups = values['gitlab.groups'] ?? []
  const url = values['gitlab.url'] ?? 'https://gitlab.com'
  return { config: { url, token, webhookSecret, groups }, faults }
}

function named(values: Values, prefix: string): SettingName[] {
  return (Object.keys(values) as SettingName[]).filter((name) => name.startsWith(prefix))
}

function missing(values: Values, host: string, given: SettingName[], needed: SettingName[]): string[] {
  return needed.filter((name) => values[name] === undefined).map((name) => lacking(host, given, name))
}

function lacking(host: string, given: SettingName[], name: SettingName, or = ''): string {
  const others = given.map((one) => `${one} (${settings[one].env})`).join(', ')
  return `${host} also needs ${name} (${settings[name].env})${or}, since ${others} is set; set it, or none of them`
}

function privateKey(
  values: Values,
  given: SettingName[],
  read: (path: string) => string,
): { pem: string } | { fault: string } {
  const text = values['github.private_key']
  const path = values['github.private_key_path']
  if (text !== undefined && path !== undefined) {
    return {
      fault:
        'github.private_key (PRIVATE_KEY) and github.private_key_path (PRIVATE_KEY_PATH) are both set; set one of them',
    }
  }
  if (text !== undefined) return checkedKey(text, 'github.private_key (PRIVATE_KEY)')
  if (path === undefined) {
    return {
      fault: lacking('GitHub', given, 'github.private_key', ' or github.private_key_path (PRIVATE_KEY_PATH)'),
    }
  }
  try {
    return checkedKey(read(path), `the file ${path} of github.private_key_path (PRIVATE_KEY_PATH)`)
  } catch (error) {
    return {
      fault: `github.private_key_path (PRIVATE_KEY_PATH) cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    }
  }
}

/** As Probot takes it: PEM, PEM with `\n` for its line ends, or either as base64, since environments hold one line best. */
function checkedKey(text: string, where: string): { pem: string } | { fault: string } {
  const decoded = text.includes('-----BEGIN') ? text : Buffer.from(text, 'base64').toString()
  const pem = decoded.replaceAll('\\n', '\n').trim() + '\n'
  if (isPrivateKey(pem)) return { pem }
  return {
    fault: `${where} must be a private key in PEM form ("-----BEGIN RSA PRIVATE KEY-----"), also as base64`,
  }
}
