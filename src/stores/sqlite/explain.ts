import { QaackError } from '../../errors.ts'

/** What an error of `node:sqlite`, or of making its file, means to the store. */
export function explainSqlite(error: unknown, path: string): 'unique' | QaackError | undefined {
  if (!(error instanceof Error)) return undefined
  const { errcode, code } = error as { errcode?: unknown; code?: unknown }
  if (typeof errcode === 'number') return explainResultCode(errcode, error, path)
  if (typeof code === 'string') return explainSystemError(code, error, path)
  return undefined
}

// https://sqlite.org/rescode.html: the low byte is the kind, the rest says more of it.
const uniqueViolations = [2067, 1555]

function explainResultCode(errcode: number, error: Error, path: string): 'unique' | QaackError | undefined {
  if (uniqueViolations.includes(errcode)) return 'unique'
  switch (errcode & 0xff) {
    case 5:
    case 6:
      return unavailable(
        `The database ${path} is locked by another process; stop that process and try again.`,
        error,
      )
    case 8:
      return unavailable(
        `The database ${path} cannot be written; give the user of the service the right to.`,
        error,
      )
    case 10:
      return unavailable(
        `The disk of the database ${path} does not work (${error.message}); check the disk.`,
        error,
      )
    case 11:
    case 26:
      return unavailable(
        `The file ${path} is damaged or is not a SQLite database; restore a copy of it, or move it away to start afresh.`,
        error,
      )
    case 13:
      return diskFull(path, error)
    case 14:
      return unavailable(`The database ${path} cannot be opened; check the path and its permissions.`, error)
    default:
      return undefined
  }
}

function explainSystemError(code: string, error: Error, path: string): QaackError | undefined {
  if (code === 'ENOSPC' || code === 'EDQUOT') return diskFull(path, error)
  if (!['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EISDIR', 'EEXIST', 'ENOENT', 'EIO', 'EMFILE'].includes(code))
    return undefined
  return unavailable(
    `The database ${path} cannot be opened (${error.message}); check the path and its permissions.`,
    error,
  )
}

function unavailable(message: string, cause: Error): QaackError {
  return new QaackError('store_unavailable', message, { cause })
}

function diskFull(path: string, cause: Error): QaackError {
  return new QaackError('disk_full', `The disk of the database ${path} is full; free space on it.`, { cause })
}
