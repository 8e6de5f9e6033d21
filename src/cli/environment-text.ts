import type { Environment } from './client/shapes.ts'
import { distanceText, durationText } from './terminal/durations.ts'
import { facts, table, type Column } from './terminal/table.ts'
import { oneLine, plainText } from './terminal/text.ts'

export type Paint = (text: string, state?: string) => string

/** An environment with the name of its repository. */
export type NamedEnvironment = Environment & { repository: string }

/** One line for each environment; `now` in ms since 1970, `columns` as for a table. */
export function environmentTable(
  environments: NamedEnvironment[],
  now: number,
  paint: Paint,
  columns: number | null,
): string {
  const since: Column<NamedEnvironment> = {
    title: 'SINCE',
    cell: ({ builtAt, createdAt }) => distanceText(builtAt ?? createdAt, now),
  }
  // A repository lists its environments without times.
  const undated =
    environments.length > 0 && environments.every(({ builtAt, createdAt }) => !builtAt && !createdAt)
  const layout: Column<NamedEnvironment>[] = [
    { title: 'ID', cell: ({ id }) => id },
    { title: 'REPOSITORY', cell: ({ repository }) => repository, shrink: true },
    { title: 'REF', cell: ({ gitRef }) => refText(gitRef), shrink: true },
    { title: 'STATE', cell: stateText, paint: (text, { status }) => paint(text, status) },
    ...(undated ? [] : [since]),
    // Never cut: half an address cannot be opened.
    { title: 'ADDRESS', cell: ({ weburl, status }) => (status === 'empty' ? '' : (weburl ?? '')) },
  ]
  return table(layout, environments, columns)
}

/** Everything about one environment, for people. */
export function environmentText(
  environment: NamedEnvironment,
  now: number,
  paint: Paint,
  columns: number | null,
): string {
  const { gitRef, serving, reusable, services = [], reason, aliases = {}, names = [] } = environment
  const told = facts([
    ['id', environment.id],
    ['repository', oneLine(environment.repository)],
    ['ref', `${oneLine(refText(gitRef))}${gitRef.hash ? ` at ${gitRef.hash.slice(0, 7)}` : ''}`],
    ['state', paint(stateText(environment), environment.status)],
    ['reason', indented(plainText(reason ?? ''))],
    [
      'serving',
      serving ? `${serving.hash.slice(0, 7)}${serving.stale ? ', older than what was wanted' : ''}` : '',
    ],
    ['started', reusable?.why ? `from ${reusable.used ?? 'nothing saved'}: ${oneLine(reusable.why)}` : ''],
    ['saved', (reusable?.saved ?? []).map(oneLine).join(', ')],
    ['address', environment.weburl ?? ''],
    ['also', [...new Set([...names, ...Object.values(aliases)])].map(oneLine).join(' ')],
    ['created', distanceText(environment.createdAt, now)],
    ['built', builtText(environment, now)],
    ['expires', distanceText(environment.expiresAt, now)],
    ['size', environment.size ? sizeText(environment.size) : ''],
  ])
  if (services.length === 0) return told
  type Row = (typeof services)[number]
  const layout: Column<Row>[] = [
    { title: 'SERVICE', cell: ({ name, default: first }) => `${name}${first ? ' (default)' : ''}` },
    {
      title: 'STATE',
      cell: ({ state, locked }) => `${state ?? ''}${locked ? ', locked' : ''}`,
      paint: (text, { state }) => paint(text, state),
    },
    { title: 'ADDRESS', cell: ({ url }) => url ?? '' },
  ]
  return `${told}\n\n${table(layout, services, columns)}`
}

/** `main`, `tag v1`, `change 7`: most are branches. */
export function refText({ type, name }: { type: string; name: string }): string {
  return type === 'branch' ? name : `${type} ${name}`
}

/** The name that people type, `shop/main`. */
export function pathText({ repository, gitRef }: NamedEnvironment): string {
  return oneLine(`${repository}/${gitRef.name}`)
}

/** `failed, answers`: what was built before goes on. */
export function stateText({ status, queuePosition, serving }: Environment): string {
  if (status === 'queued' && queuePosition) return `queued (${queuePosition})`
  if (!serving || (status === 'built' && !serving.stale)) return status
  return status === 'built' ? 'built, stale' : `${status}, answers`
}

/** Bytes for people: `512 B`, `1.4 MiB`. */
export function sizeText(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB']
  const step = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10))
  return `${Number((bytes / 1024 ** step).toFixed(1))} ${units[step]}`
}

function builtText({ builtAt, buildTime }: Environment, now: number): string {
  if (!builtAt) return ''
  return `${distanceText(builtAt, now)}${buildTime ? `, in ${durationText(buildTime)}` : ''}`
}

/** Lines after the first stand below the first. */
function indented(text: string): string {
  return text.trimEnd().replaceAll('\n', `\n${' '.repeat(12)}`)
}
