import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import { after, before, describe, test } from 'node:test'
import { pack, type Pack } from 'tar-stream'
import { bytesOf, endOfTar, tarFile, tarHeader } from '../../../src/builds/checkout-tar.ts'
import type { PutFiles } from '../../../src/workloads/workload.ts'
import type { Container } from '../../../src/engines/engine.ts'
import { openDocker, openDockerWithTar } from '../../contract/engines/docker.ts'
import { endlessTar, sh, World } from '../../contract/engines/harness.ts'

const images = { busybox: openDocker, 'GNU tar': openDockerWithTar }

for (const [name, open] of Object.entries(images)) {
  describe(`files copied into a container with ${name}`, { timeout: 120_000 }, () => {
    let world: World
    /** Each test has a folder of its own in it. */
    let container: Container
    before(async () => {
      world = await new World(await open()).open()
      container = await world.started()
    })
    after(() => world.clear())

    test('leave mode and owner of directories that are there alone', async () => {
      await sh(container, 'mkdir -m 700 /mine && chown 1000:1000 /mine')
      const files = archive((tar) => {
        tar.entry({ name: './', type: 'directory', mode: 0o777, uid: 7, gid: 7 })
        tar.entry({ name: './inside', uid: 1000, gid: 1000 }, 'x')
      })
      await container.copyIn('/mine/new/path', files)
      assert.equal(
        await said(container, 'stat -c "%a %u" /mine /mine/new /mine/new/path /mine/new/path/inside'),
        '700 1000\n755 0\n755 0\n644 1000',
      )
      await container.copyIn(
        '/mine',
        archive((tar) => tar.entry({ name: './', type: 'directory', mode: 0o777, uid: 7, gid: 7 })),
      )
      assert.equal(await said(container, 'stat -c "%a %u" /mine'), '700 1000')
    })

    test('bring files of ours along: as they are put before a start, whoever the container’s user is; the engine’s own are left alone', async () => {
      const own: PutFiles = {
        directories: ['/made/for/it', '/mine'],
        files: [
          { path: '/home/x/.ssh/key', content: 'private', mode: 0o600, secret: true },
          { path: '/home/x/.ssh/config', content: 'public', mode: 0o640 },
          ...['/etc/hosts', '/etc/resolv.conf', '/etc/mine'].map((path) => {
            return { path, content: 'mine', mode: 0o644, secret: true }
          }),
        ],
      }
      const looks = `cd /home/x; stat -c "%n %a %u:%g" . .ssh .ssh/config $(readlink .ssh/key) /made /made/for/it /mine
        cat .ssh/key .ssh/config; grep -c " /.qaack/secrets " /proc/mounts
        cat /etc/mine; grep -c localhost /etc/hosts; grep -c mine /etc/resolv.conf`
      const before = await world.started({ ...own, user: '1000:1000' })
      const later = await world.started({ ...own, user: '1000:1000', filesLater: true })
      const there = 'mkdir -m 750 /mine && chown 7:8 /mine'
      await sh(later, there, { user: '0' })
      await sh(before, `rmdir /mine; ${there}`, { user: '0' })
      const code = () => archive((tar) => tar.entry({ name: 'made/for/it/a' }, 'A'))
      const nothing = () => Readable.from([], { objectMode: false })
      const one = await sh(before, looks, { user: '0' })
      for (const [time, stream] of [nothing, code, code].entries()) {
        await later.copyIn('/', stream(), { files: own })
        const other = await sh(later, looks, { user: '0' })
        assert.match(
          other.output,
          /^\. 755 0:0\n\.ssh 700 0:0\n\.ssh\/config 640 0:0\n\/\.qaack\/secrets\/\w+ 600 0:0\n/,
        )
        assert.match(other.output, /\/mine 750 7:8\nprivatepublic1\nmine[1-9]\n0\n$/)
        assert.equal(other.output, one.output, `time ${time}`)
      }
      assert.equal(await said(later, 'cat /made/for/it/a'), 'A')
    })

    test('follow a link to a directory, and a file in the way is said', async () => {
      await sh(container, 'mkdir /real; ln -s /real /link; echo x > /file')
      const a = () => archive((tar) => tar.entry({ name: 'sub/a' }, 'A'))
      await container.copyIn('/link', a())
      await container.copyIn('/link/deeper', a())
      await container.copyIn(
        '/',
        archive((tar) => tar.entry({ name: 'link/b' }, 'B')),
      )
      assert.equal(
        await said(container, 'cat /real/sub/a /real/deeper/sub/a /real/b; readlink /link'),
        'AAB/real',
      )
      await assert.rejects(container.copyIn('/file/sub', a()), {
        code: 'engine_failed',
        message: /a file is in its way/,
      })
    })

    test('replace files, links and running programs, and a link where a directory comes', async () => {
      await sh(
        container,
        `mkdir /busy /busy/other; cd /busy; echo old > file; chmod 700 file; echo far > other/far; ln -s other/far link
         ln -s other folder; cp "$(command -v sleep)" busy; { ./busy 300 >/dev/null 2>&1 & }; echo f > was`,
      )
      const files = archive((tar) => {
        tar.entry({ name: 'file', mode: 0o644 }, 'new')
        tar.entry({ name: 'link' }, 'no link')
        tar.entry({ name: 'busy' }, 'no program')
        tar.entry({ name: 'folder', type: 'directory', mode: 0o750 })
        tar.entry({ name: 'folder/in' }, 'in')
        tar.entry({ name: 'was', type: 'directory' })
        tar.entry({ name: 'was/now' }, 'now')
      })
      await container.copyIn('/busy', files)
      assert.equal(
        await said(
          container,
          'cd /busy; stat -c "%a %F" file link folder; cat file link busy folder/in was/now; ls other; cat other/far',
        ),
        '644 regular file\n644 regular file\n750 directory\nnewno linkno programinnowfar\nfar',
      )
    })

    test('have their owners, modes, times and links', async () => {
      const mtime = new Date(1_500_000_000_000)
      const files = archive((tar) => {
        tar.entry({ name: 'owned/d', type: 'directory', mode: 0o2775, uid: 5, gid: 6, mtime })
        tar.entry({ name: 'owned/d/s', mode: 0o4755, uid: 1000, gid: 1001, mtime }, 's')
        tar.entry({ name: 'owned/d/mine', mode: 0o400, uid: 200_000, gid: 200_001, mtime }, 'm')
        tar.entry({ name: 'owned/d/future', mtime: new Date(2_000_000_000_000) }, 'f')
        tar.entry({ name: 'owned/d/up', type: 'symlink', linkname: '../../nowhere', uid: 7, gid: 8 })
        tar.entry({ name: 'owned/d/away', type: 'symlink', linkname: '/etc/passwd' })
        tar.entry({
          name: 'owned/d/hard',
          type: 'link',
          linkname: 'owned/d/s',
          mode: 0o4755,
          uid: 1000,
          gid: 1001,
          mtime,
        })
      })
      await sh(container, 'mkdir -m 755 /owned')
      await container.copyIn('/', files)
      assert.equal(
        await said(
          container,
          'cd /owned/d; stat -c "%a %u:%g %Y" . s mine future; stat -c "%u:%g" up; readlink up; readlink away; stat -c %h s',
        ),
        '2775 5:6 1500000000\n4755 1000:1001 1500000000\n400 200000:200001 1500000000\n644 0:0 2000000000\n7:8\n../../nowhere\n/etc/passwd\n2',
      )
    })

    test('have their names, however long and odd', async () => {
      const long = `${'folder-of-a-long-name/'.repeat(20)}${'n'.repeat(200)}`
      const names = [
        long,
        'caf\u00e9',
        bytesOf('schön\nzwei Zeilen'),
        '-rf',
        'back\\slash \\n "q" *',
        ` ${'b'.repeat(150)}\u00ff`,
      ]
      const files = names.map((path, at) =>
        tarFile({ path, mode: 0o644, mtime: 1 }, Buffer.from(String(at)), root),
      )
      const target = 'x/'.repeat(90)
      const link = tarHeader({ type: 'symlink', path: 'l', mode: 0o777, size: 0, mtime: 1, target }, root)
      await container.copyIn('/named', Readable.from([...files, link, endOfTar], { objectMode: false }))
      const printed = names.map((name) => `"$(printf '${octal(name)}')"`).join(' ')
      assert.equal(
        await said(container, `cd /named; cat -- ${printed}; echo; readlink l`),
        `012345\n${target}`,
      )
    })

    test('come whole when they are large', async () => {
      const large = Buffer.alloc(24 * 2 ** 20, 'some text that is long\n')
      await container.copyIn(
        '/large',
        archive((tar) => tar.entry({ name: 'file' }, large)),
      )
      assert.equal(
        await said(container, 'wc -c < /large/file; tail -c 5 /large/file'),
        `${large.length}\n${large.subarray(-5).toString()}`.trim(),
      )
    })
  })
}

describe('the way through GNU tar', { timeout: 120_000 }, () => {
  let world: World
  /** Each test has a folder of its own in it. */
  let container: Container
  before(async () => {
    world = await new World(await openDockerWithTar()).open()
    const limits = { memoryBytes: 2 ** 28, cpus: 1, pids: 64, shmBytes: 2 ** 20 }
    container = await world.started({ limits })
  })
  after(() => world.clear())

  const spy = (instead: string) => `t=$(command -v tar); mv $t $t.real
    printf '#!/bin/sh\\n${instead}\\n' > $t; chmod 755 $t`
  const small = () => archive((tar) => tar.entry({ name: 'a' }, 'A'))

  test('is taken if it is there, whatever the container tells tar by its variables', async () => {
    const container = await world.started({ variables: { TAR_OPTIONS: '--list', LC_ALL: 'xx_YY.latin1' } })
    await sh(container, spy('case $1 in -x) echo used >> /used;; esac; exec tar.real "$@"'))
    await container.copyIn('/t', small())
    assert.equal(await said(container, 'cat /used /t/a'), 'used\nA')
  })

  const without: Record<string, string> = {
    'there is no tar': 'mv "$(command -v tar)" /kept',
    'it is another tar': `cp -p /kept /usr/bin/tar; ${spy('echo bsdtar')}`,
    'it cannot be run': 'cp -p /kept "$(command -v tar)"; chmod 0 "$(command -v tar)"',
    'there is no shell': 'chmod 755 /usr/bin/tar; rm -f /bin/sh /usr/bin/sh',
  }
  test(`is not taken if ${Object.keys(without).join(', if ')}; nothing is lost`, async () => {
    const container = await world.started()
    for (const [index, [why, prepare]] of Object.entries(without).entries()) {
      assert.deepEqual(await sh(container, prepare), { exitCode: 0, outOfMemory: false, output: '' }, why)
      await container.copyIn(`/t${index}`, small())
      const out: Buffer[] = []
      await container.exec({ command: ['cat', `/t${index}/a`], onOutput: (chunk) => out.push(chunk) })
      assert.equal(Buffer.concat(out).toString(), 'A', why)
    }
  })

  test('leaves nothing running when it is cancelled in mid-stream', async () => {
    const stop = new AbortController()
    const reason = new Error('cancelled')
    const source = endlessTar(() => stop.abort(reason))
    await assert.rejects(container.copyIn('/cancelled', source, { signal: stop.signal }), reason)
    assert.equal(source.destroyed, true)
    assert.equal(await said(container, 'cat /proc/[0-9]*/comm | grep -cE "^tar$"'), '0')
  })

  test('ends with an error if tar is killed, and with tar’s words if it fails', async () => {
    const sent = Promise.withResolvers<void>()
    const source = endlessTar(() => sent.resolve())
    const copied = assert.rejects(container.copyIn('/killed', source), {
      code: 'engine_failed',
      message: /copy files to \/killed.*(137|Killed)/,
    })
    await sent.promise
    await sh(container, 'for p in /proc/[0-9]*; do grep -q "^tar$" $p/comm && kill -9 ${p#/proc/}; done')
    await copied
    assert.equal(source.destroyed, true)
    const broken = Readable.from([Buffer.alloc(2048, 'no archive')], { objectMode: false })
    await assert.rejects(container.copyIn('/killed', broken), {
      code: 'engine_failed',
      message: /not look like a tar/,
    })
  })

  test('ends with an error and lets the stream go if the container is stopped in mid-stream', async () => {
    const container = await world.started()
    const [sent, source] = [Promise.withResolvers<void>(), endlessTar(() => sent.resolve())]
    const copied = assert.rejects(
      container.copyIn('/t', source),
      (error: Error) => error.name === 'QaackError',
    )
    await sent.promise
    await container.stop(0)
    await copied
    assert.equal(source.destroyed, true)
  })

  test('says that a disk is full', async () => {
    const files = archive((tar) => tar.entry({ name: 'large' }, Buffer.alloc(2 ** 22)))
    await assert.rejects(container.copyIn('/dev/shm', files), { code: 'disk_full' })
  })

  test('blames the image for a directory that is in a file’s way', async () => {
    await sh(container, 'mkdir -p /full/a/full')
    await assert.rejects(container.copyIn('/full', small()), {
      name: 'BuildFailure',
      message: /a directory with files in it is where "a" goes/,
    })
  })
})

const root = { uid: 0, gid: 0 }

function archive(fill: (tar: Pack) => void): Readable {
  const tar = pack()
  fill(tar)
  tar.finalize()
  return Readable.from(tar, { objectMode: false })
}

/** Bytes as `printf` of a shell takes them. */
function octal(bytes: string): string {
  return [...Buffer.from(bytes, 'latin1')].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('')
}

async function said(container: Container, text: string): Promise<string> {
  return (await sh(container, text)).output.trim()
}
