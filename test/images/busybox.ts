import { execFile } from 'node:child_process'
import { readFile, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { promisify } from 'node:util'
import type Docker from 'dockerode'
import { pack } from 'tar-stream'

const run = promisify(execFile)

/** The images that tests of the engine start from: one static program, so they are made in a second, from no registry. */
export const testImages = {
  /** A shell and the usual programs; its own command sleeps. User `app` is 1000. */
  busybox: 'qaack-test/busybox:1',
  /** Declares everything that an image can declare. */
  declaring: 'qaack-test/declaring:1',
  /** Nothing but a program that sleeps. */
  bare: 'qaack-test/bare:1',
} as const

/** Makes the images that the engine does not have. Throws a sentence when busybox cannot be had on this machine. */
export async function ensureTestImages(docker: Docker): Promise<typeof testImages> {
  const missing: string[] = []
  for (const name of Object.values(testImages)) {
    const there = await docker
      .getImage(name)
      .inspect()
      .then(
        () => true,
        () => false,
      )
    if (!there) missing.push(name)
  }
  if (missing.length === 0) return testImages
  const { program, applets } = await busybox()
  const all = applets.filter((applet) => applet !== 'busybox')
  const loop = 'CMD ["sh","-c","trap \\"exit 0\\" TERM; while :; do sleep 1 & wait $!; done"]'
  const makes: Record<string, () => Promise<void>> = {
    [testImages.busybox]: () => importImage(docker, testImages.busybox, fileSystem(program, all), [loop]),
    [testImages.declaring]: () =>
      importImage(docker, testImages.declaring, fileSystem(program, all), [
        'WORKDIR /srv',
        'USER app',
        'ENV FROM_IMAGE=yes',
        'VOLUME /data',
        'ENTRYPOINT ["sh","-c"]',
        'CMD ["echo started by the image; sleep 600"]',
      ]),
    [testImages.bare]: () =>
      importImage(docker, testImages.bare, fileSystem(program, ['sleep']), ['CMD ["sleep","600"]']),
  }
  for (const name of missing) await makes[name]?.()
  return testImages
}

function fileSystem(program: Buffer, applets: string[]): Readable {
  const tar = pack()
  for (const name of ['bin', 'etc', 'proc', 'sys', 'dev', 'root', 'srv', 'data'])
    tar.entry({ name, type: 'directory', mode: 0o755 })
  tar.entry({ name: 'tmp', type: 'directory', mode: 0o1777 })
  tar.entry({ name: 'etc/passwd' }, 'root:x:0:0:root:/root:/bin/sh\napp:x:1000:1000::/tmp:/bin/sh\n')
  tar.entry({ name: 'etc/group' }, 'root:x:0:\napp:x:1000:\n')
  const [first = 'sh', ...rest] = applets
  // The program has the name of its first applet, so that an image with one applet has no shell in it.
  tar.entry({ name: `bin/${first}`, mode: 0o755 }, program)
  for (const applet of rest)
    tar.entry({ name: `bin/${applet}`, type: 'link', linkname: `bin/${first}`, mode: 0o755 })
  tar.finalize()
  return Readable.from(tar, { objectMode: false })
}

async function importImage(docker: Docker, name: string, tar: Readable, changes: string[]): Promise<void> {
  const [repo = '', tag = ''] = name.split(':')
  const answer = await docker.importImage(tar, {
    repo,
    tag,
    changes: ['ENV PATH=/bin', ...changes].join('\n'),
  })
  await new Promise<void>((resolve, reject) =>
    docker.modem.followProgress(answer, (error: Error | null) => (error ? reject(error) : resolve())),
  )
}

/** This machine's own, else the one of the distribution's package, which need not be installed for it. */
async function busybox(): Promise<{ program: Buffer; applets: string[] }> {
  for (const path of ['/bin/busybox', '/usr/bin/busybox']) {
    const found = await load(path).catch(() => undefined)
    if (found) return found
  }
  const folder = await mkdtemp(join(tmpdir(), 'qaack-busybox-'))
  try {
    await run('apt-get', ['download', '-q', '-o', 'APT::Sandbox::User=root', 'busybox-static'], {
      cwd: folder,
    })
    const [archive = ''] = await readdir(folder)
    await run('dpkg-deb', ['-x', archive, 'files'], { cwd: folder })
    return await load(join(folder, 'files/bin/busybox')).catch(() =>
      load(join(folder, 'files/usr/bin/busybox')),
    )
  } catch (cause) {
    throw new Error(
      'the tests of the engine need a static busybox: install busybox-static (Debian, Ubuntu) and start again',
      { cause },
    )
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function load(path: string): Promise<{ program: Buffer; applets: string[] }> {
  const program = await readFile(path)
  // A dynamic one, which names its loader at the beginning, would not start in an image that has nothing else.
  if (program.subarray(0, 4096).includes('/ld-')) throw new Error(`${path} is not static`)
  const { stdout } = await run(path, ['--list'])
  return { program, applets: stdout.split('\n').filter(Boolean) }
}
