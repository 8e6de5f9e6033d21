export type Layer = 'pure' | 'seam' | 'adapter' | 'flow' | 'root'

/**
 * Which layer a file of src belongs to: the first line that fits decides. What ends in `/` is a folder, all else the
 * beginning of a file's path. A new file that no line fits fails the test: put it where it belongs.
 */
const table: [Layer, string][] = [
  // stores/open.ts and hold-data-dir.ts are parts of main.ts with a file of their own; store-worker.ts is the main.ts of its thread
  [
    'root',
    'main.ts app.ts github-link.ts memory.ts cli/ setup/ bench/ demo/ stores/open.ts stores/sqlite/store-worker.ts hold-data-dir.ts',
  ],
  ['seam', 'clock.ts logger.ts engines/engine.ts stores/store.ts hosts/host.ts'],
  [
    'adapter',
    'engines/docker/ stores/sql/ stores/sqlite/ stores/postgres/ stores/migrations/ hosts/git/ hosts/github/ hosts/gitlab/',
  ],
  // of folders that are mostly pure: the few files that act
  [
    'flow',
    'config/load.ts config/keys.ts config/github-app-file.ts engines/place.ts reports/publish reports/gather.ts reports/book.ts',
  ],
  [
    'pure',
    'errors.ts ids.ts secrets.ts config/ qaackfile/ workloads/ triggers/ engines/labels.ts engines/subnets.ts ' +
      'repositories/repository.ts repositories/sync.ts repositories/address.ts repositories/remote.ts ' +
      'environments/answering.ts environments/owns.ts environments/environment.ts environments/expiry.ts environments/deaths.ts environments/power.ts environments/addresses.ts ' +
      'builds/build.ts events/event.ts hosts/event.ts hosts/failure.ts hosts/cut.ts hosts/marked-comment.ts hosts/params.ts hosts/refusal.ts ' +
      'queue/select.ts changes/change.ts changes/newer.ts changes/verdict.ts ' +
      'proxy/host.ts proxy/route.ts proxy/admit.ts proxy/state-page reports/ builds/printable.ts deliveries/decide.ts schedule/decide.ts ' +
      'builds/reusable.ts builds/reuse/ ' +
      'variables/forms.ts variables/finder.ts variables/mask.ts variables/wish.ts variables/stream.ts',
  ],
  [
    'flow',
    'background.ts parts.ts repositories/ environments/ builds/ reusables/ actions/ changes/ deliveries/ events/ queue/ proxy/ reports/ api/ panel/ hosts/ schedule/ variables/',
  ],
]

/** Layers that a layer may import. An adapter may import its own folder as well. */
const allowed: Record<Layer, Layer[]> = {
  pure: ['pure'],
  seam: ['pure'],
  adapter: ['pure', 'seam'],
  flow: ['pure', 'seam', 'flow'],
  root: ['pure', 'seam', 'adapter', 'flow', 'root'],
}

/** What pure files may use of Node and of npm: nothing that reads, writes, waits or listens. */
const harmless = [
  'node:crypto',
  'node:path',
  'node:url',
  'node:util',
  'node:net',
  'zod',
  'handlebars',
  'js-yaml',
  're2js',
]

/** Adapters that share what is common to their kind. */
const sharedByAdapters = ['stores/sql', 'stores/migrations']

export function layerOf(file: string): Layer | undefined {
  const found = table.find(([, places]) => places.split(' ').some((place) => file.startsWith(place)))
  return found?.[0]
}

/** Why `from` must not import `to`, with what to do about it; undefined if it may. Paths are relative to src. */
export function importFault(from: string, to: string): string | undefined {
  const layer = layerOf(from)
  if (!layer) return `${from} is in no layer: add it to the table in test/unit/architecture/layers.ts`
  if (!isOwnFile(to)) return layer === 'pure' ? libraryFault(from, to) : undefined
  const target = layerOf(to)
  if (!target || allowed[layer].includes(target)) return undefined
  if (layer === 'adapter' && target === 'adapter') return adapterFault(from, to)
  return `${from} (${layer}) imports ${to} (${target}): ${remedies[layer]}`
}

const remedies: Record<Layer, string> = {
  pure: 'a pure file imports pure files only; pass in what it needs as an argument',
  seam: 'a seam imports pure files only; move the type it needs to a pure file',
  adapter:
    'an adapter imports its seam, pure files and its library; leave the decision to the flow that calls it',
  flow: 'a flow imports seams, pure files and flows; take the part as an argument, main.ts passes it in',
  root: '',
}

function isOwnFile(name: string): boolean {
  return /\.(m?[jt]s|json)$/.test(name)
}

function libraryFault(from: string, library: string): string | undefined {
  if (harmless.some((name) => library === name || library.startsWith(`${name}/`))) return undefined
  return `${from} (pure) imports ${library}: a pure file may use ${harmless.join(', ')}; do the rest in a flow or an adapter`
}

function adapterFault(from: string, to: string): string | undefined {
  const [own, other] = [folderOf(from), folderOf(to)]
  const sameKind = own.split('/')[0] === other.split('/')[0]
  if (own === other || (sameKind && sharedByAdapters.includes(other))) return undefined
  return `${from} (adapter) imports ${to} (another adapter): move what both need to a pure file, or let a flow join them`
}

function folderOf(file: string): string {
  return file.split('/').slice(0, 2).join('/')
}
