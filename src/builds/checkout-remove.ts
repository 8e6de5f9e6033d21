import type { Container } from '../engines/engine.ts'
import { BuildFailure } from '../errors.ts'
import { join, type Layer } from './checkout-layers.ts'

/** Bytes of paths in one command. */
const maxArguments = 64 * 1024

/** Removes what the new commit has no more, and folders in which nothing is left then. No command is run if nothing goes. */
export async function removeFrom(
  container: Container,
  path: string,
  layers: Layer[],
  signal: AbortSignal,
): Promise<void> {
  const goes = layers.flatMap(({ prefix, change }) => [
    ...(change?.remove ?? []).map((file) => ({ path: join(prefix, file), folder: false })),
    ...(change?.emptied ?? []).map((folder) => ({ path: join(prefix, folder), folder: true })),
  ])
  // All files before any folder, also over several commands.
  goes.sort((a, b) => Number(a.folder) - Number(b.folder))
  for (const some of batches(goes)) {
    const paths = some.map((one) => Buffer.from(one.path, 'latin1').toString('utf8'))
    const files = some.filter(({ folder }) => !folder).length
    const said: Buffer[] = []
    const command = ['/bin/sh', '-c', script(files, paths.length), path, ...paths]
    const { exitCode } = await container.exec({
      command,
      user: '0',
      signal,
      onOutput: (chunk) => said.push(chunk),
    })
    if (exitCode !== 0)
      throw new BuildFailure(
        `files that the new commit has no more could not be removed (exit ${exitCode}): ${lastLine(said)}`,
      )
  }
}

interface Gone {
  path: string
  folder: boolean
}

function batches(goes: Gone[]): Gone[][] {
  const all: Gone[][] = []
  let room = 0
  for (const one of goes) {
    const last = all.at(-1)
    // Twice: once as an argument, once where the script names it.
    if (last && room >= one.path.length + 12) last.push(one)
    else all.push([one])
    room = (all.at(-1) === last ? room : maxArguments) - one.path.length - 12
  }
  return all
}

/** Names no path, only numbers: nothing of a repository becomes part of a program. */
function script(files: number, all: number): string {
  const numbered = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, at) => `"\${${from + at + 1}}"`).join(' ')
  const rm = files > 0 ? [`rm -rf -- ${numbered(0, files)} || exit`] : []
  const rmdir = all > files ? [`rmdir -- ${numbered(files, all)} 2>/dev/null`] : []
  return ['cd -- "$0" || exit', ...rm, ...rmdir, 'exit 0'].join('\n')
}

function lastLine(said: Buffer[]): string {
  return Buffer.concat(said).toString('utf8').trim().split('\n').at(-1)?.slice(0, 300) ?? ''
}
