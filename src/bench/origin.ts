import { execFileSync } from 'node:child_process'
import type { ServerProcess } from '../setup/server-process.ts'
import { until } from '../setup/server-process.ts'

export interface EnvironmentEntry {
  id: string
  gitRef: { type: string; name: string }
}

export interface SampleOrigin {
  dir: string
  /** A branch at the commit of main. */
  push(branch: string): void
  /** A branch with one commit more than main, which changes one file. */
  pushChange(branch: string): void
  drop(branch: string): void
  pushMany(count: number): void
}

/**
 * A bare repository of a small web service with 200 files, where branches can be pushed to. With `installs`, its build first
 * makes 2,000 files, as package managers do, and what that step made is saved to be started from.
 */
export function sampleOrigin(dir: string, image: string, { installs = false } = {}): SampleOrigin {
  const git = (words: string[], input?: string) =>
    execFileSync('git', ['-C', dir, ...words], {
      encoding: 'utf8',
      ...(input === undefined ? {} : { input }),
    }).trim()
  execFileSync('git', ['init', '-q', '--bare', '-b', 'main', dir])
  git(['fast-import', '--quiet'], fastImport('main', sampleFiles(image, installs)))
  return {
    dir,
    push: (branch) => void git(['update-ref', `refs/heads/${branch}`, 'main']),
    pushChange: (branch) =>
      void git(
        ['fast-import', '--quiet'],
        fastImport(branch, { 'files/0.txt': `changed on ${branch}\n` }, 'refs/heads/main'),
      ),
    drop: (branch) => void git(['update-ref', '-d', `refs/heads/${branch}`]),
    pushMany: (count) =>
      void git(
        ['update-ref', '--stdin'],
        Array.from(
          { length: count },
          (_, index) => `create refs/heads/branch-${index} ${git(['rev-parse', 'main'])}\n`,
        ).join(''),
      ),
  }
}

/** Adds a repository to a server and waits until its refs are known. */
export async function addRepository(server: ServerProcess, name: string, origin: string): Promise<string> {
  const groups = await server.api<{ id: string }[]>('GET', '/api/groups')
  const { id } = await server.api<{ id: string }>('POST', `/api/group/${groups[0]?.id}`, {
    name,
    type: 'generic',
    params: { origin },
  })
  await server.api('POST', `/api/repository/${id}/sync`)
  await until(async () => (await environments(server, id)).length > 0, 'the refs are known')
  return id
}

/** Pushes a new branch and asks for its preview; the environment's id. */
export async function pushAndCreate(
  server: ServerProcess,
  repository: string,
  origin: Pick<SampleOrigin, 'push'>,
  branch: string,
): Promise<string> {
  origin.push(branch)
  await server.api('POST', `/api/repository/${repository}/sync`)
  let id: string | undefined
  await until(async () => {
    id = (await environments(server, repository)).find(({ gitRef }) => gitRef.name === branch)?.id
    return id !== undefined
  }, 'the pushed branch is known')
  await server.api('PUT', `/api/environment/${id}`)
  return id ?? ''
}

/** Resolves when the preview answers through the proxy. */
export function answers(server: ServerProcess, id: string): Promise<void> {
  const ok = async () => (await server.get('/', `${id}.qaack.localhost`)).status === 200
  return until(ok, 'the preview answers')
}

export async function environments(server: ServerProcess, repository: string): Promise<EnvironmentEntry[]> {
  return (await server.api<{ environments: EnvironmentEntry[] }>('GET', `/api/repository/${repository}`))
    .environments
}

function sampleFiles(image: string, installs: boolean): Record<string, string> {
  const qaackfile = [
    ...(installs ? ['reuse: deps', 'make_reusable: {deps: {on: web.install}}'] : []),
    'services:',
    '  web:',
    `    image: ${image}`,
    '    checkout: true',
    '    path: /app',
    '    port: 3000',
    '    commands:',
    ...(installs ? ['      install: {run: node install.mjs, inputs: [package-lock.json]}'] : []),
    '      build: node build.mjs',
    '    start: node server.mjs',
  ]
  const filler = Array.from(
    { length: 200 },
    (_, index) => [`files/${index}.txt`, `file ${index}\n`.repeat(50)] as const,
  )
  return {
    'qaack/qaack.yml': qaackfile.join('\n'),
    'build.mjs':
      "import { readdirSync, writeFileSync } from 'node:fs'\nwriteFileSync('built.txt', String(readdirSync('files').length))\n",
    'server.mjs':
      "import { createServer } from 'node:http'\nimport { readFileSync } from 'node:fs'\ncreateServer((_, response) => response.end(readFileSync('built.txt'))).listen(3000)\n",
    'package-lock.json': '{}\n',
    'install.mjs':
      "import { mkdirSync, writeFileSync } from 'node:fs'\nmkdirSync('modules')\nfor (let n = 0; n < 2000; n++) writeFileSync(`modules/${n}.js`, 'x'.repeat(5000))\n",
    ...Object.fromEntries(filler),
  }
}

/** One commit on a branch, in the format of `git fast-import`. */
function fastImport(branch: string, files: Record<string, string>, from = ''): string {
  const data = (text: string) => `data ${Buffer.byteLength(text)}\n${text}\n`
  const entries = Object.entries(files).map(([path, content]) => `M 100644 inline ${path}\n${data(content)}`)
  const head = `commit refs/heads/${branch}\ncommitter Bench <bench@example.org> 1700000000 +0000\n${data('sample')}`
  return `${head}${from === '' ? '' : `from ${from}\n`}${entries.join('')}\n`
}
