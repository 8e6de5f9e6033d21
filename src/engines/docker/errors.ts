import { BuildFailure, messageOf, QaackError } from '../../errors.ts'

/**
 * What an error of the engine, or on the way to it, means for us; the only place that reads the engine's words.
 * `what` is what was tried, e.g. `start the container qaack-x-1-web`. Errors of ours pass unchanged.
 */
export function explain(error: unknown, what: string): Error {
  if (error instanceof QaackError || error instanceof BuildFailure) return error
  const words = wordsOf(error)
  if (isUnreachable(error)) {
    return new QaackError(
      'engine_unavailable',
      `the Docker engine went away while asked to ${what} (${words}); ${start}`,
      { cause: error },
    )
  }
  const rule = rules.find(({ said }) => said.test(words))
  return rule ? rule.means(what, words, error) : failed(what, words, error)
}

/** HTTP status of the engine's answer; undefined if there was none. */
export function statusOf(error: unknown): number | undefined {
  const status =
    typeof error === 'object' && error !== null && 'statusCode' in error ? error.statusCode : undefined
  return typeof status === 'number' ? status : undefined
}

/** What the engine said, without dockerode's frame around it. */
export function wordsOf(error: unknown): string {
  const json = typeof error === 'object' && error !== null && 'json' in error ? error.json : undefined
  const said = typeof json === 'object' && json !== null && 'message' in json ? json.message : undefined
  const text = typeof said === 'string' ? said : messageOf(error).replace(/^\(HTTP code \d+\) .*? - /, '')
  return text.replace(/^Error response from daemon: /, '').trim() || messageOf(error)
}

/** Why nothing can be reached at an address of an engine, for people. */
export function whyUnreachable(error: unknown): string {
  const code = codeOf(error)
  if (code === 'ENOENT') return 'there is no such socket'
  if (code === 'ECONNREFUSED') return 'nothing listens there'
  if (code === 'EACCES' || code === 'EPERM')
    return 'this user may not use it: add the user to the group docker'
  return messageOf(error)
}

const start = 'start the engine, or set DOCKER_HOST to one that runs'

const unreachable = [
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOENT',
  'EACCES',
  'EPERM',
  'EPIPE',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EHOSTUNREACH',
]

function isUnreachable(error: unknown): boolean {
  if (statusOf(error) !== undefined) return false
  return unreachable.includes(codeOf(error) ?? '') || /socket hang up|client is closed/.test(messageOf(error))
}

function codeOf(error: unknown): string | undefined {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined
  return typeof code === 'string' ? code : undefined
}

interface Rule {
  said: RegExp
  means(what: string, words: string, cause: unknown): Error
}

/** The first that fits holds. */
const rules: Rule[] = [
  {
    said: /no space left on device|disk quota exceeded/i,
    means: (what, words, cause) =>
      new QaackError('disk_full', `the disk of the Docker engine is full: could not ${what} (${words})`, {
        cause,
      }),
  },
  {
    said: /pool overlaps with other one|networks have overlapping/i,
    means: (what, _words, cause) =>
      new QaackError('conflict', `could not ${what}: another network uses these addresses already`, {
        cause,
      }),
  },
  {
    said: /is already in use by container|address already in use|port is already allocated/i,
    means: (what, words, cause) => new QaackError('conflict', `could not ${what}: ${words}`, { cause }),
  },
  {
    // The user's image or their command, not the engine, when a container of it cannot start.
    said: /(executable file not found|no such file or directory|permission denied|exec format error)[^]*: unknown$|unable to find user|unable to find group|no matching entries in passwd/i,
    means: (what, words, cause) => new BuildFailure(`could not ${what}: ${theirs(words)}`, { cause }),
  },
  {
    said: /is paused, unpause/i,
    means: (what, _words, cause) =>
      new QaackError('engine_failed', `could not ${what}: the container is paused`, { cause }),
  },
  {
    said: /is not running|is restarting/i,
    means: (what, _words, cause) =>
      new QaackError('engine_failed', `could not ${what}: the container does not run`, { cause }),
  },
  {
    said: /no such container/i,
    means: (what, _words, cause) =>
      new QaackError('engine_failed', `could not ${what}: the container is not there any more`, { cause }),
  },
]

function failed(what: string, words: string, cause: unknown): QaackError {
  return new QaackError('engine_failed', `the Docker engine could not ${what}: ${words}`, { cause })
}

/** Only the part of the runtime's long chain of words that its user can do something about. */
function theirs(words: string): string {
  const missing = /exec: "([^"]+)": .*(executable file not found|no such file or directory)/.exec(words)
  if (missing) return `its image has no program ${missing[1]}`
  const forbidden = /exec: "([^"]+)": permission denied/.exec(words)
  if (forbidden) return `${forbidden[1]} is not executable; set its mode with chmod +x`
  const format = /exec format error/.test(words)
  if (format) return 'its program is for another kind of processor, or a script without #! in its first line'
  return words.replace(/^.*(?:starting container process caused|unable to start container process): /, '')
}
