import { randomUUID } from 'node:crypto'
import { addAbortSignal, type Duplex, type Readable } from 'node:stream'
import { BuildFailure, isQaackError } from '../../errors.ts'
import { begin, ended } from './command.ts'
import type { Connection } from './connection.ts'
import { explain } from './errors.ts'
import { folderMode } from './files.ts'
import { frames } from './frames.ts'
import { killCommand, marker } from './kill.ts'

/**
 * `sh -c SCRIPT sh PATH [MODE FOLDER]...`: makes the folders that are missing, which also serves whoever unpacks without tar,
 * says that it is ready before it reads, and how tar ended. It goes on reading then, so that the engine does not close the
 * line while somebody writes to it, and what tar said is not lost. Directories, links, owners and modes become what the
 * engine itself would make of them.
 */
const script = `
umask 022
to=$1
[ -d "$to" ] || mkdir -p -- "$to" 2>/dev/null || exit 127
shift
while [ $# -gt 1 ]; do
  [ -d "$2" ] || mkdir -m "$1" -- "$2" 2>/dev/null || exit 127
  shift 2
done
case "$(tar --version 2>/dev/null)" in *"GNU tar"*) ;; *) exit 127;; esac
echo ready
tar -x -p -f - -C "$to" --same-owner --numeric-owner --warning=no-timestamp --warning=no-unknown-keyword
echo "ended $?"
exec cat >/dev/null
`

/**
 * Unpacks an archive with the container's own GNU tar, which takes half the time that the engine takes. False, and
 * nothing of it was taken, if that cannot be: the container does not run, has no shell or another tar, or no room for
 * one more process. Folders may have been made then. The archive is asked for as soon as the engine has begun. When the
 * signal fires, all of it is killed before the call ends.
 */
export async function unpackInside(
  connection: Connection,
  id: string,
  { path, folders }: { path: string; folders: string[] },
  archive: () => Readable,
  signal: AbortSignal,
): Promise<boolean> {
  const what = `copy files to ${path}`
  const mark = randomUUID()
  const talk: Talk = { ready: false, said: '', code: undefined }
  let execId = ''
  try {
    const modes = folders.flatMap((folder) => [folderMode(folder).toString(8), folder])
    const command = ['sh', '-c', script, 'sh', path, ...modes]
    const variables = { [marker]: mark, LC_ALL: 'C', TAR_OPTIONS: '' }
    execId = await begin(
      connection,
      id,
      { command, variables, user: '0', workdir: '/', signal },
      { input: true },
    )
    await connection.stream(
      what,
      async (docker, abortSignal) => {
        const line = await docker.getExec(execId).start({ hijack: true, stdin: true, abortSignal })
        await follow(addAbortSignal(signal, line), archive(), talk)
      },
      signal,
    )
    if (talk.ready && talk.code === undefined) await ended(connection, execId, signal)
  } catch (error) {
    if (talk.ready) await killCommand(connection, id, { execId, mark, user: '0' })
    else if (!signal.aborted && !isQaackError(error, 'engine_unavailable')) return false
    throw error
  }
  if (talk.ready && talk.code !== 0) throw failure(talk, what)
  return talk.ready
}

/** What the script has told so far. */
interface Talk {
  ready: boolean
  said: string
  code: number | undefined
}

/** Until tar has ended, or the line to it. */
async function follow(line: Duplex, archive: Readable, talk: Talk): Promise<void> {
  try {
    for await (const chunk of frames(line)) {
      const wasReady = talk.ready
      hear(talk, chunk.toString('latin1'))
      if (talk.code !== undefined) return
      if (talk.ready && !wasReady) archive.pipe(line)
    }
  } catch (error) {
    // A line that breaks while it is written to: the engine knows whether it was the container that went away.
    if (!talk.ready || line.errored?.name === 'AbortError') throw error
  } finally {
    archive.unpipe(line)
    line.on('error', () => undefined).destroy()
  }
}

/** Of many complaints the first are the ones that tell. */
const longest = 4096

function hear(talk: Talk, more: string): void {
  const said = talk.said + more
  talk.said = said.length > 2 * longest ? said.slice(0, longest) + said.slice(-longest) : said
  if (!talk.ready && talk.said.startsWith('ready\n')) {
    talk.ready = true
    talk.said = talk.said.slice('ready\n'.length)
  }
  const end = talk.ready ? /(?:^|\n)ended (\d+)\n$/.exec(talk.said) : null
  if (!end) return
  talk.code = Number(end[1])
  talk.said = talk.said.slice(0, end.index)
}

/** What the engine would remove without a word, a directory that a file takes the place of, tar leaves alone. */
function failure(talk: Talk, what: string): Error {
  const words = why(talk)
  const inTheWay = /^tar: (.*): Cannot .*: File exists/.exec(words)?.[1]
  if (inTheWay === undefined) return explain(new Error(words), what)
  return new BuildFailure(
    `could not ${what}: a directory with files in it is where "${inTheWay}" goes; remove it from the image`,
  )
}

function why({ said, code }: Talk): string {
  const words = said.trim().split('\n').slice(0, 3).join('; ').slice(0, 500)
  const end =
    code === undefined ? 'the command was killed, or the container stopped' : `tar ended with ${code}`
  // So it says it of the first file for which there is no room.
  const full = /: Wrote only \d+ of \d+ bytes/.test(words) ? '; no space left on device' : ''
  return words === '' ? end : `${words}${full}`
}
