import { number, optional } from './fields.ts'
import type { Answer, Asked } from './world.ts'

/** One page of a list, with the headers that tell of the others. */
export function paged<T>(asked: Asked, all: T[], show: (one: T) => unknown): Answer {
  const page = Math.max(number(asked, 'page') ?? 1, 1)
  const size = sizeOf(asked)
  const pages = Math.max(Math.ceil(all.length / size), 1)
  const link = (rel: string, to: number) => linkTo(asked, rel, { page: String(to), per_page: String(size) })
  const links = [
    ...(page > 1 ? [link('prev', page - 1)] : []),
    ...(page < pages ? [link('next', page + 1)] : []),
    link('first', 1),
    link('last', pages),
  ]
  return {
    status: 200,
    body: all.slice((page - 1) * size, page * size).map(show),
    headers: {
      link: links.join(', '),
      'x-next-page': page < pages ? String(page + 1) : '',
      'x-page': String(page),
      'x-per-page': String(size),
      'x-prev-page': page > 1 ? String(page - 1) : '',
      'x-total': String(all.length),
      'x-total-pages': String(pages),
    },
  }
}

/** A page that begins after an id: `pagination=keyset`, for lists that offer it. */
export function keyset<T extends { id: number }>(asked: Asked, all: T[], show: (one: T) => unknown): Answer {
  const ascending = optional(asked, 'sort') === 'asc'
  const [after, before] = [number(asked, 'id_after') ?? 0, number(asked, 'id_before') ?? Infinity]
  const rest = all
    .filter(({ id }) => id > after && id < before)
    .sort((one, other) => (ascending ? one.id - other.id : other.id - one.id))
  const size = sizeOf(asked)
  const last = rest.at(size - 1)
  const from: Record<string, string> = last ? { [ascending ? 'id_after' : 'id_before']: String(last.id) } : {}
  return {
    status: 200,
    body: rest.slice(0, size).map(show),
    headers: rest.length > size ? { link: linkTo(asked, 'next', from) } : {},
  }
}

function sizeOf(asked: Asked): number {
  return Math.min(Math.max(number(asked, 'per_page') ?? 20, 1), 100)
}

function linkTo({ world, path, query }: Asked, rel: string, change: Record<string, string>): string {
  const next = new URLSearchParams(query)
  for (const [name, value] of Object.entries(change)) next.set(name, value)
  next.delete('private_token')
  return `<${world.base}/api/v4${path}?${next.toString()}>; rel="${rel}"`
}
