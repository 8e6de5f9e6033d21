import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type Docker from 'dockerode'
import { dpkgOptions, noCluster, packages } from './base-recipe.ts'
import { importImage, tagImage } from './images.ts'
import { debianRelease, ensurePackages } from './packages.ts'
import { lastLines, mustRun, rootPrefix } from './program.ts'
import { type Say, timed } from './say.ts'

/**
 * Makes the shared image from the packages of this machine's own distribution, with no registry: mmdebstrap writes the
 * file system, the engine takes it as it comes. Needs Debian or Ubuntu.
 */
export async function makeRootfs(docker: Docker, name: string, say: Say): Promise<void> {
  const release = await debianRelease()
  if (!release) {
    throw new Error(
      'only Debian and Ubuntu can make one; let the engine reach a registry, or use such a machine.',
    )
  }
  await ensurePackages(['mmdebstrap'], { say })
  const root = (await rootPrefix()) ?? []
  const sources = await sourcesOf(release)
  const id = await timed(say, `making ${name} from the packages of ${release} (mmdebstrap)`, () =>
    debootstrap(
      docker,
      [...root, 'mmdebstrap', ...options, release, '-', ...(sources ? ['-'] : [])],
      sources,
      say,
    ),
  )
  await tagImage(docker, id, name)
}

const options = [
  '--variant=minbase',
  '--format=tar',
  '--keyring=/usr/share/keyrings',
  `--include=${packages.join(',')}`,
  '--aptopt=Apt::Install-Recommends "false"',
  ...dpkgOptions.map((option) => `--dpkgopt=${option}`),
  '--essential-hook=mkdir -p "$1/etc/postgresql-common/createcluster.d"',
  `--essential-hook=echo "${noCluster}" > "$1/etc/postgresql-common/createcluster.d/qaack.conf"`,
]

async function debootstrap(docker: Docker, command: string[], sources: string, say: Say): Promise<string> {
  const [program = '', ...args] = command
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] })
  let words = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    words += text
    for (const [, line] of text.matchAll(/^I: (.*\.\.\.)$/gm)) say(`  mmdebstrap: ${line}`)
  })
  child.stdin.on('error', () => undefined).end(sources)
  const ended = once(child, 'close') as Promise<[number | null]>
  const [imported, [code]] = await Promise.all([
    importImage(docker, child.stdout).catch((error: unknown) => error),
    ended,
  ])
  if (code !== 0) throw new Error(`mmdebstrap ended with ${code}. Its last lines:\n${lastLines(words, 10)}`)
  if (typeof imported !== 'string') throw imported
  return imported
}

/** The distribution's own sources as this machine has them: they may be a mirror, and they hold the security fixes. */
async function sourcesOf(release: string): Promise<string> {
  const fields = '$(ORIGIN)|$(CODENAME)|$(SITE)|$(COMPONENT)'
  const targets = await mustRun(['apt-get', 'indextargets', '--format', fields, 'Created-By: Packages'])
  const lines = targets.split('\n').flatMap((target) => {
    const [origin, codename = '', site, component] = target.split('|')
    const ours = (origin === 'Debian' || origin === 'Ubuntu') && codename.split('-')[0] === release
    return ours ? [`deb ${site} ${codename} ${component}`] : []
  })
  return lines.length > 0 ? `${[...new Set(lines)].join('\n')}\n` : ''
}
