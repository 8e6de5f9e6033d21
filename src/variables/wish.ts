import { posix } from 'node:path'
import { QaackError } from '../errors.ts'
import { supervisorPaths } from '../workloads/supervisor.ts'
import { engineFiles } from '../workloads/workload.ts'

/** A variable of a group or a repository as somebody wants it. */
export interface VariableWish {
  name: string
  /** Of a file, what is in it. */
  value: string
  /** Default: always. */
  visibility?: 'always' | 'buildtime' | undefined
  /** Default: text. */
  type?: 'text' | 'file' | 'secret' | undefined
  /** Only of a file: where it is in the services. Default: see filePath. */
  path?: string | undefined
}

/** Bytes of one value; a process gets no longer ones than twice this. */
export const mostBytes = 64 * 1024
const mostName = 255
const mostPath = 1_000

/** What Qaack itself sets; a file of this one name is for its tests, and given by the user. */
const reserved = /^(QCK_.*|IS_QCK)$/
export const testsNpmrc = 'QCK_TESTER_PLAYWRIGHT_NPMRC'

/** What a variable may not be called, have in it, or be put at is QaackError `invalid`, with the field. */
export function checkWish(
  wish: VariableWish,
): Required<Omit<VariableWish, 'path'>> & { path: string | null } {
  const { name, value, visibility = 'always', type = 'text', path } = wish
  checkName(name)
  if (name === testsNpmrc && type !== 'file')
    throw invalid('type', `${testsNpmrc} is a file: the .npmrc of the tests; say so with type file`)
  if (value.includes('\0'))
    throw invalid('value', 'the value has a NUL character, which no variable can have')
  if (!value.isWellFormed())
    throw invalid('value', 'the value has half of a surrogate pair, which is no text; give it as base64')
  const bytes = Buffer.byteLength(value, 'utf8')
  if (bytes > mostBytes)
    throw invalid('value', `the value is ${bytes} bytes long; it must be at most ${mostBytes / 1024} KiB`)
  if (path !== undefined && type !== 'file')
    throw invalid('path', 'only a variable of type file has a path; leave it out, or say type file')
  if (path !== undefined) checkPath(path)
  return { name, value, visibility, type, path: path ?? null }
}

/** A name that nobody may use is QaackError `invalid`. */
export function checkName(name: string): void {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name))
    throw invalid('name', 'a name has letters, digits and _ only, and does not begin with a digit')
  if (name.length > mostName) throw invalid('name', `a name has at most ${mostName} characters`)
  if (reserved.test(name) && name !== testsNpmrc)
    throw invalid('name', 'names that begin with QCK_, and IS_QCK, are set by Qaack; choose another name')
}

/** Where the file of a variable is in the services. */
export function filePath({ name, path }: { name: string; path: string | null }): string {
  return path ?? `/run/qaack/${name}`
}

const kernels = ['/proc', '/sys', '/dev']
const ours = [posix.dirname(supervisorPaths.start)]
const keys = ['/root/.ssh/id_rsa', '/root/.ssh/id_rsa.pub']

function checkPath(path: string): void {
  const whole = path.startsWith('/') && path !== '/' && !path.endsWith('/') && posix.normalize(path) === path
  if (!whole || path.length > mostPath || /[\p{Cc}\p{Cs}]/u.test(path))
    throw invalid(
      'path',
      `path must be the absolute path of a file such as /etc/shop/license.key, without . and .., of at most ${mostPath} characters`,
    )
  const within = [...kernels, ...ours].find((folder) => path === folder || path.startsWith(`${folder}/`))
  if (within !== undefined) throw invalid('path', `no file can be put into ${within}; choose another path`)
  if (engineFiles.includes(path))
    throw invalid('path', `${path} is the engine's own in every service; choose another path`)
  if (keys.includes(path))
    throw invalid(
      'path',
      `${path} is the repository's own SSH key; choose another path and name it in ~/.ssh/config`,
    )
}

function invalid(path: string, message: string): QaackError {
  return new QaackError('invalid', message, { path })
}
