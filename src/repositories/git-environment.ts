import type { Remote } from './remote.ts'
import { sshCommand, type SshOptions } from './ssh-command.ts'

/** What git may know of the environment of the server: where programs, trust, proxies and ssh keys are. */
const passedOn = [
  'PATH',
  'HOME',
  'USER',
  'TMPDIR',
  'SSH_AUTH_SOCK',
  'GIT_SSL_CAINFO',
  'GIT_SSL_CAPATH',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'CURL_CA_BUNDLE',
  ...[
    'http_proxy',
    'https_proxy',
    'all_proxy',
    'no_proxy',
    'HTTP_PROXY',
    'HTTPS_PROXY',
    'ALL_PROXY',
    'NO_PROXY',
  ],
]

/** Answers for one host only, by the name of the setting, and only when git asks; git adds `get` as last argument. */
const credentialHelper =
  '!f() { test "$1" = get && printf "username=%s\\npassword=%s\\n" "$QAACK_GIT_USERNAME" "$QAACK_GIT_PASSWORD"; }; f'

/**
 * The whole environment of a git process: no prompt, no configuration but ours, no hook, no transport but the one that
 * the remote needs. Whoever runs the server may name another ssh by GIT_SSH_COMMAND, and answers for its keys. Credentials are in here and nowhere else: not in arguments, addresses or files.
 */
export function gitEnvironment(
  base: Readonly<Record<string, string | undefined>>,
  remote?: Remote,
  config: Readonly<Record<string, string>> = {},
  ssh: SshOptions = {},
): Record<string, string> {
  const settings: [string, string][] = [
    ['core.hooksPath', '/dev/null'],
    ['core.fsmonitor', 'false'],
    ['core.quotePath', 'false'],
    ['gc.auto', '0'],
    ['maintenance.auto', 'false'],
    ['safe.directory', '*'],
    ['transfer.credentialsInUrl', 'die'],
    ['http.lowSpeedLimit', '1'],
    ['http.lowSpeedTime', '120'],
    ['fetch.recurseSubmodules', 'false'],
    ['fetch.writeCommitGraph', 'true'],
    ['tar.umask', '0022'],
    ...(remote?.credentials ? credentialSettings(remote) : []),
    ...Object.entries(config),
  ]
  return {
    ...Object.fromEntries(passedOn.flatMap((name) => (base[name] === undefined ? [] : [[name, base[name]]]))),
    ...Object.fromEntries(
      settings.flatMap(([key, value], at) => [
        [`GIT_CONFIG_KEY_${at}`, key],
        [`GIT_CONFIG_VALUE_${at}`, value],
      ]),
    ),
    ...(remote?.credentials
      ? { QAACK_GIT_USERNAME: remote.credentials.username, QAACK_GIT_PASSWORD: remote.credentials.password }
      : {}),
    GIT_CONFIG_COUNT: String(settings.length),
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_ATTR_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_ALLOW_PROTOCOL: remote ? protocols[remote.address.kind] : 'none',
    GIT_SSH_COMMAND: base['GIT_SSH_COMMAND'] || sshCommand(ssh),
    GIT_LITERAL_PATHSPECS: '1',
    LC_ALL: 'C',
  }
}

const protocols: Record<Remote['address']['kind'], string> = { http: 'http:https', ssh: 'ssh', local: 'file' }

function credentialSettings(remote: Remote): [string, string][] {
  return [
    // An empty one first: forgets helpers that anything else could have set.
    ['credential.helper', ''],
    [`credential.${remote.address.origin}.helper`, credentialHelper],
  ]
}
