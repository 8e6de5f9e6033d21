import type { HostChange } from '../hosts/event.ts'

/**
 * How what a host says of a change compares with what is known. Hosts tell the time to the second and deliver in any order,
 * so of two different tellings of one second nobody can say which is the newer: `unclear`.
 */
export function compareChange(known: HostChange, said: HostChange): 'older' | 'same' | 'unclear' | 'newer' {
  if (said.updatedAt < known.updatedAt) return 'older'
  if (said.updatedAt > known.updatedAt) return 'newer'
  return sameContent(known, said) ? 'same' : 'unclear'
}

/** Whether two tellings say the same, whenever they were made. */
export function sameContent(one: HostChange, other: HostChange): boolean {
  return contentOf(one) === contentOf(other)
}

function contentOf(change: HostChange): string {
  const { name, title, author, source, target, hash, fork, draft, labels, state, url } = change
  const all = [name, title, author, source, target, hash, fork, draft, [...labels].sort(), state, url]
  return JSON.stringify(all)
}
