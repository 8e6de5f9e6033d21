import { once } from 'node:events'
import { createReadStream, statSync } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type Docker from 'dockerode'
import { pack, type Pack } from 'tar-stream'
import { lastLines } from './program.ts'
import type { ContextFile } from './node-files.ts'

/** How long a registry may take for its first word; where none can be reached, nobody wants to wait for that. */
const patience = 15_000

export async function exists(docker: Docker, name: string): Promise<boolean> {
  try {
    await docker.getImage(name).inspect()
    return true
  } catch (error) {
    if ((error as { statusCode?: number }).statusCode === 404) return false
    throw error
  }
}

export async function tagImage(docker: Docker, name: string, as: string): Promise<void> {
  const [repo = '', tag = 'latest'] = as.split(':')
  await docker.getImage(name).tag({ repo, tag })
}

export async function pullImage(docker: Docker, name: string): Promise<void> {
  const silence = new AbortController()
  const timer = setTimeout(() => silence.abort(new Error('the registry does not answer')), patience)
  try {
    const answer = await docker.pull(name, { abortSignal: silence.signal })
    clearTimeout(timer)
    await finished(docker, answer)
  } catch (error) {
    throw silence.signal.aborted ? silence.signal.reason : error
  } finally {
    clearTimeout(timer)
  }
}

/** Imports a file system as an image without a name, and returns its id. */
export async function importImage(docker: Docker, tar: Readable): Promise<string> {
  const answer = await docker.importImage(tar, { changes: 'CMD ["sleep", "infinity"]' })
  const id = /sha256:[0-9a-f]{64}/.exec(await finished(docker, answer))?.[0]
  if (id === undefined) throw new Error('the engine imported the file system but named no image')
  return id
}

export interface ImageBuild {
  name: string
  dockerfile: string
  args: Record<string, string>
  files?: Iterable<ContextFile> | AsyncIterable<ContextFile>
}

/** Builds with the engine's classic builder, which every engine has. The error ends with the build's last lines. */
export async function buildImage(docker: Docker, build: ImageBuild): Promise<void> {
  const context = pack()
  const sent = fill(context, build)
  const answer = await docker.buildImage(Readable.from(context, { objectMode: false }), {
    t: build.name,
    buildargs: build.args,
    forcerm: true,
  })
  await Promise.all([sent, finished(docker, answer)])
}

async function fill(context: Pack, build: ImageBuild): Promise<void> {
  context.entry({ name: 'Dockerfile' }, build.dockerfile)
  for await (const file of build.files ?? []) await add(context, file)
  context.finalize()
}

async function add(context: Pack, file: ContextFile): Promise<void> {
  if ('linkTo' in file) {
    context.entry({ name: file.path, type: 'symlink', linkname: file.linkTo })
  } else if ('content' in file) {
    context.entry({ name: file.path }, file.content)
  } else {
    const { size, mode } = statSync(file.copyOf)
    const entry = context.entry({ name: file.path, size, mode })
    const drained = once(entry, 'finish')
    await pipeline(createReadStream(file.copyOf), entry)
    await drained
  }
}

/** Waits for the end of a streamed answer; returns all it said, throws what it says went wrong. */
function finished(docker: Docker, answer: NodeJS.ReadableStream): Promise<string> {
  return new Promise((resolve, reject) => {
    docker.modem.followProgress(answer, (error: Error | null, lines: Progress[]) => {
      const text = lines?.map((line) => line.stream ?? line.status ?? line.error ?? '').join('\n') ?? ''
      const fault = error?.message ?? lines?.find((line) => line.error)?.error
      if (fault === undefined) resolve(text)
      else
        reject(new Error([fault, lastLines(text.replaceAll(/\n+/g, '\n'), 10)].join('\n'), { cause: error }))
    })
  })
}

interface Progress {
  stream?: string
  status?: string
  error?: string
}
