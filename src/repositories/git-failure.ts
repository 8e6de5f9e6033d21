import { QaackError, type ErrorCode } from '../errors.ts'
import { withoutCredentials } from './address.ts'

export type GitFault =
  | 'disk'
  | 'locked'
  | 'corrupt'
  | 'auth'
  | 'unreachable'
  | 'untrusted'
  | 'no-repository'
  | 'no-ref'
  | 'timeout'
  | 'missing-program'
  | 'other'

/** A git command that failed, said as a sentence; `fault` is for those who can do something about it. */
export class GitFailure extends QaackError {
  readonly fault: GitFault

  constructor(fault: GitFault, message: string, cause?: unknown) {
    const code: ErrorCode = fault === 'disk' ? 'disk_full' : 'git_failed'
    super(code, message, cause === undefined ? {} : { cause })
    this.name = 'GitFailure'
    this.fault = fault
  }
}

/** In this order: what is said first wins, and the disk is to blame for much else. Git speaks English here (LC_ALL=C). */
const patterns: [GitFault, RegExp][] = [
  ['disk', /No space left on device|Disk quota exceeded/],
  ['locked', /Unable to create '.*\.lock': File exists|Another git process seems to be running/],
  [
    'auth',
    /Authentication failed|could not read (Username|Password)|HTTP 40[13]|error: 40[13]|Permission denied \(|Invalid username or/,
  ],
  ['untrusted', /SSL certificate problem|certificate verif|Host key verification failed|server certificate/],
  [
    'unreachable',
    /Could not resolve host|Failed to connect|Connection (refused|timed out|reset)|Network is unreachable|No route to host|Operation too slow|error: 5\d\d|unable to access/,
  ],
  [
    'no-ref',
    /couldn't find remote ref|unknown revision|[Nn]ot a (valid object name|tree object)|unable to resolve|not our ref|bad (revision|object)|does not exist in '/,
  ],
  [
    'no-repository',
    /does not appear to be a git repository|not a git repository: '?\/|[Rr]epository .*not found|error: 404|does not exist|not valid: is this a git repository/,
  ],
  [
    'corrupt',
    /object file .* is empty|is corrupt|corrupt (loose )?(object|pack)|packfile .*(cannot|truncated|does not match)|bad tree|missing (blob|tree|commit)|unable to read|index file .* is too small|not a git repository|inflate: data stream|unresolved deltas|invalid sha1 pointer|could not parse|Could not read [0-9a-f]{40}/,
  ],
]

const sentences: Record<GitFault, (where: string) => string> = {
  disk: () => 'the disk of data_dir is full; free space there',
  locked: () => 'another git process works in the mirror; try again in a moment',
  auth: (where) =>
    isSsh(where)
      ? `${where} refuses the keys of this server; let the public SSH key of the repository read there, which its settings show`
      : `${where} refuses the credentials; check user name and password or token, and that they may read this repository`,
  untrusted: (where) =>
    `${where} is not trusted: its certificate or host key cannot be verified; add it to what this server trusts`,
  unreachable: (where) =>
    `${where} cannot be reached; check the host in the address, and the network and proxy settings of this server`,
  'no-ref': () => 'there is no such branch, tag, commit or file in the repository',
  'no-repository': (where) =>
    `there is no git repository at ${where}; check the address, and that the credentials may see it`,
  corrupt: () => 'the mirror of the repository is damaged; it is made anew with the next look at the refs',
  timeout: () => 'git took too long; try again, and check the connection to the git host',
  'missing-program': () => 'git is not installed on this server; install git 2.38 or later',
  other: () => 'git failed',
}

/** What git wrote to standard error, as one failure. `where` is the address fetched from, `gitDir` the mirror, if there is one. */
export function explain(
  command: string,
  stderr: string,
  where = 'the git host',
  gitDir?: string,
): GitFailure {
  const said = withoutCredentials(stderr).trim()
  const broken = gitDir !== undefined && said.includes(`not a git repository: '${gitDir}'`)
  const fault = broken ? 'corrupt' : (patterns.find(([, pattern]) => pattern.test(said))?.[0] ?? 'other')
  const line = lastWords(said)
  const quote = line === '' ? '' : ` (git ${command} said: ${line})`
  return new GitFailure(fault, sentences[fault](where) + quote, new Error(said))
}

export function gitFailure(fault: GitFault, cause?: unknown, where = 'the git host'): GitFailure {
  return new GitFailure(fault, sentences[fault](where), cause)
}

export function isGitFault(error: unknown, ...faults: GitFault[]): boolean {
  return error instanceof GitFailure && faults.includes(error.fault)
}

/** `ssh://host/path` or `user@host:path`. */
function isSsh(where: string): boolean {
  return where.startsWith('ssh://') || /^[^/\s]+@[^/\s]+:/.test(where)
}

/** The line that tells most: the first `fatal:` or `error:`, else the last one. */
function lastWords(said: string): string {
  const lines = said.split('\n').filter((line) => line.trim() !== '')
  const line = lines.find((text) => /^(fatal|error): /.test(text)) ?? lines.at(-1) ?? ''
  return line.replace(/^(fatal|error): /, '').slice(0, 300)
}
