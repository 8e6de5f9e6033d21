import { createHash } from 'node:crypto'
import { buffer } from 'node:stream/consumers'
import { pack } from 'tar-stream'
import { engineFiles, type PutFiles, type WorkloadFile } from '../../workloads/workload.ts'
import { foldersTo } from './directories.ts'

/** Where the volume is that has the content of secret files. */
export const secretsFolder = '/.qaack/secrets'

export const nothing: PutFiles = { directories: [], files: [] }

/** Two empty blocks end an archive. */
const endLength = 1024

/** All folders that have to be there, outer ones before those in them. */
export function foldersOf({ directories, files }: PutFiles): string[] {
  const wanted = [...directories, ...files.map(({ path }) => path.replace(/\/[^/]*$/, ''))]
  return [...new Set(wanted.flatMap(foldersTo))]
}

export function folderMode(folder: string): number {
  return folder.endsWith('/.ssh') ? 0o700 : 0o755
}

/**
 * Folders that are missing, and files, as entries of an archive that is unpacked at the top. Of a secret file the container's own
 * layers get a link, always the same one for the same path, so that it also fits in a container made of what was saved.
 */
export async function entriesOf(folders: string[], files: WorkloadFile[]): Promise<Buffer> {
  const tar = pack()
  for (const folder of folders)
    tar.entry({ name: folder.slice(1), type: 'directory', mode: folderMode(folder) })
  for (const { path, content, mode, secret } of files) {
    // Cannot be put into a container that runs, either.
    if (engineFiles.includes(path)) continue
    const name = path.replace(/^\/+/, '')
    const kept = secret ? secretPath(path) : path
    tar.entry({ name: kept.replace(/^\/+/, ''), mode }, content)
    if (secret) tar.entry({ name, type: 'symlink', linkname: kept })
  }
  tar.finalize()
  return (await buffer(tar)).subarray(0, -endLength)
}

function secretPath(path: string): string {
  return `${secretsFolder}/${createHash('sha256').update(path).digest('hex').slice(0, 16)}`
}
