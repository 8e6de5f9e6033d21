import type { Ref } from '../repositories/repository.ts'
import type { Tag } from './checkout-history.ts'
import { bytesOf } from './checkout-tar.ts'

/** Where pushes from a preview end. */
export const noPush = 'no-push://pushing-from-a-preview-is-disabled'

export interface DotGit {
  hash: string
  /** What HEAD is on; null = detached. A branch gets its own and a remote-tracking one. */
  ref: Pick<Ref, 'type' | 'name'> | null
  /** Fetch address, without credentials. */
  url: string
  tags: Tag[]
  shallow: string[]
  /** Working directory, if it is not the folder above; as from the git directory. */
  worktree: string | null
  submodules: { name: string; url: string }[]
}

export interface PlainFile {
  /** Below the git directory; one character per byte. */
  path: string
  /** One character per byte. */
  text: string
}

export const dotGitFolders = [
  '',
  'info',
  'objects',
  'objects/info',
  'objects/pack',
  'refs',
  'refs/heads',
  'refs/tags',
]

/** The small files of a git directory that nobody has worked in yet. */
export function freshFiles(facts: DotGit): PlainFile[] {
  return [{ path: 'config', text: configFile(facts) }, ...movingFiles(facts)]
}

/** Those of them that another commit changes. A branch that was moved in the container is moved to the commit too. */
export function changedFiles(facts: DotGit, wasCut: boolean): PlainFile[] {
  const branch = branchOf(facts)
  const config = facts.submodules.length > 0 ? [{ path: 'config', text: configFile(facts) }] : []
  const moved = branch === null ? [] : [{ path: `refs/heads/${branch}`, text: `${facts.hash}\n` }]
  const whole = wasCut && facts.shallow.length === 0 ? [{ path: 'shallow', text: '' }] : []
  return [...config, ...moved, ...whole, ...movingFiles(facts)]
}

function movingFiles(facts: DotGit): PlainFile[] {
  const branch = branchOf(facts)
  return [
    { path: 'HEAD', text: branch === null ? `${facts.hash}\n` : `ref: refs/heads/${branch}\n` },
    { path: 'packed-refs', text: packedRefs(facts) },
    ...(facts.shallow.length === 0
      ? []
      : [{ path: 'shallow', text: facts.shallow.map((hash) => `${hash}\n`).join('') }]),
  ]
}

function branchOf({ ref }: DotGit): string | null {
  return ref?.type === 'branch' ? bytesOf(ref.name) : null
}

function packedRefs(facts: DotGit): string {
  const branch = branchOf(facts)
  const heads = branch === null ? [] : [`refs/heads/${branch}`, `refs/remotes/origin/${branch}`]
  const refs = [...heads.map((name) => ({ name, hash: facts.hash, peeled: null })), ...facts.tags]
  refs.sort((a, b) => (a.name < b.name ? -1 : 1))
  const lines = refs.map(
    ({ name, hash, peeled }) => `${hash} ${name}\n${peeled === null ? '' : `^${peeled}\n`}`,
  )
  return `# pack-refs with: peeled fully-peeled sorted \n${lines.join('')}`
}

function configFile(facts: DotGit): string {
  const sha256 = facts.hash.length === 64
  const branch = facts.ref?.type === 'branch' ? facts.ref.name : null
  const sections: [string, [string, string][]][] = [
    [
      'core',
      [
        ['repositoryformatversion', sha256 ? '1' : '0'],
        ['filemode', 'true'],
        ['bare', 'false'],
        ['logallrefupdates', 'true'],
        // The index was written before the files were: only their times and sizes are known.
        ['checkStat', 'minimal'],
        ['trustctime', 'false'],
        ...(facts.worktree === null ? [] : [['worktree', facts.worktree] as [string, string]]),
      ],
    ],
    ...(sha256 ? [['extensions', [['objectformat', 'sha256']]] as [string, [string, string][]]] : []),
    [
      'remote "origin"',
      [
        ['url', facts.url],
        ['pushurl', noPush],
        ['fetch', '+refs/heads/*:refs/remotes/origin/*'],
      ],
    ],
    ...(branch === null
      ? []
      : [
          [
            `branch ${quote(branch)}`,
            [
              ['remote', 'origin'],
              ['merge', `refs/heads/${branch}`],
            ],
          ] as [string, [string, string][]],
        ]),
    ...facts.submodules.map(({ name, url }): [string, [string, string][]] => [
      `submodule ${quote(name)}`,
      [
        ['active', 'true'],
        ['url', url],
      ],
    ]),
  ]
  const lines = sections.flatMap(([name, values]) => [
    `[${name}]`,
    ...values.map(([key, value]) => `\t${key} = ${quote(value)}`),
  ])
  return bytesOf(`${lines.join('\n')}\n`)
}

function quote(value: string): string {
  return `"${value.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n')}"`
}
