import { join } from 'node:path'
import { systemClock } from '../clock.ts'
import { createGit } from '../repositories/git.ts'

const files = 5000
const changed = 10

/** A bare repository of 5,000 files (20 MB), with one commit and one that changes ten of them. */
export async function makeFiveThousand(
  work: string,
): Promise<{ origin: string; before: string; after: string }> {
  const git = createGit({ environment: process.env, clock: systemClock })
  const origin = join(work, 'origin.git')
  await git.run(['init', '--quiet', '--bare', '-b', 'main', origin])
  const all = Array.from({ length: files }, (_, index) => ({
    path: pathOf(index),
    content: contentOf(index),
  }))
  const some = all.slice(0, changed).map(({ path, content }) => ({ path, content: `${content}// changed\n` }))
  await git.run(['fast-import', '--quiet'], {
    gitDir: origin,
    input: commit(all, 1_700_000_000) + commit(some, 1_700_000_060),
  })
  const hashOf = async (revision: string) =>
    (await git.run(['rev-parse', revision], { gitDir: origin })).toString('utf8').trim()
  return { origin, before: await hashOf('main~1'), after: await hashOf('main') }
}

function pathOf(index: number): string {
  return `packages/part-${index % 50}/src/group-${index % 7}/file-${index}.ts`
}

/** Some 4 KB, different in each file but not beyond compressing. */
function contentOf(index: number): string {
  return Array.from(
    { length: 40 + (index % 100) },
    (_, line) => `export const value${line} = ${(index * 7919 + line * 104_729) % 1_000_003}\n`,
  ).join('')
}

/** In the format of `git fast-import`. */
function commit(entries: { path: string; content: string }[], seconds: number): string {
  const data = (text: string) => `data ${Buffer.byteLength(text)}\n${text}\n`
  return `commit refs/heads/main\ncommitter Bench <bench@example.org> ${seconds} +0000\n${data('sample')}${entries
    .map(({ path, content }) => `M 100644 inline ${path}\n${data(content)}`)
    .join('')}\n`
}
