import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { pack } from 'tar-stream'
import type { Workload } from '../../workloads/workload.ts'
import type { Connection } from './connection.ts'
import { putArchive } from './copy-in.ts'
import { missingDirectories } from './directories.ts'

/** Where the volume is that has the content of secret files. */
export const secretsFolder = '/.qaack/secrets'

/**
 * Makes the directories and files of a workload in its container, which is not started yet. Of a secret file the container's own
 * layers get a link, always the same one for the same path, so that it also fits in a container made of what was saved.
 */
export async function putFiles(
  connection: Connection,
  id: string,
  { files, directories }: Pick<Workload, 'files' | 'directories'>,
): Promise<void> {
  const wanted = new Set([...directories, ...files.map(({ path }) => folderOf(path))])
  const missing = await Promise.all([...wanted].map((path) => missingDirectories(connection, id, path)))
  const folders = new Set(missing.flat())
  if (folders.size === 0 && files.length === 0) return
  const tar = pack()
  for (const folder of folders)
    tar.entry({ name: folder.slice(1), type: 'directory', mode: folder.endsWith('/.ssh') ? 0o700 : 0o755 })
  for (const { path, content, mode, secret } of files) {
    const name = path.replace(/^\/+/, '')
    const kept = secret ? secretPath(path) : path
    tar.entry({ name: kept.replace(/^\/+/, ''), mode }, content)
    if (secret) tar.entry({ name, type: 'symlink', linkname: kept })
  }
  tar.finalize()
  await putArchive(connection, id, '/', Readable.from(tar, { objectMode: false }))
}

function folderOf(path: string): string {
  return path.replace(/\/[^/]*$/, '') || '/'
}

function secretPath(path: string): string {
  return `${secretsFolder}/${createHash('sha256').update(path).digest('hex').slice(0, 16)}`
}
