import { messageOf, QaackError } from '../errors.ts'

/** QaackError of a file of ours in `data_dir`. */
export function invalidFile(message: string, cause?: unknown): QaackError {
  return new QaackError('invalid_config', message, {
    path: 'data_dir',
    ...(cause === undefined ? {} : { cause }),
  })
}

/** Why the file at `path` could not be `did`, e.g. `read or made`: `disk_full`, or `invalid_config`. */
export function fileFailure(path: string, did: string, cause: unknown): QaackError {
  const code = codeOf(cause)
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new QaackError(
      'disk_full',
      `The disk is full, so ${path} cannot be ${did}; free space on it, then try again.`,
      { cause },
    )
  const why = `The file ${path} cannot be ${did} (${messageOf(cause)}); check the permissions of data_dir, then try again.`
  return invalidFile(why, cause)
}

/** QaackError for a secret file that its owner is not alone with. `mode` is as `stat` gives it. */
export function openToOthers(path: string, mode: number): QaackError | undefined {
  const bits = mode & 0o777
  if ((bits & 0o077) === 0) return undefined
  return invalidFile(
    `The file ${path} can be used by others (mode ${bits.toString(8)}); run chmod 600 ${path}.`,
  )
}

export function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException | undefined)?.code
}
