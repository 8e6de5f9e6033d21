/** The known name that was most likely meant, or undefined where none is close. Letter case does not count. */
export function nearest(name: string, known: Iterable<string>): string | undefined {
  // The names we know are short; comparing what is much longer costs time and cannot succeed.
  if (name.length > 80) return undefined
  let best: { name: string; distance: number } | undefined
  const most = tolerance(name)
  for (const candidate of known) {
    if (Math.abs(candidate.length - name.length) > most) continue
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase())
    if (distance <= most && distance < (best?.distance ?? Infinity)) best = { name: candidate, distance }
  }
  return best?.name
}

/** ` Did you mean X?`, or nothing. */
export function suggestion(name: string, known: Iterable<string>): string {
  const meant = nearest(name, known)
  return meant === undefined ? '' : ` Did you mean ${meant}?`
}

function tolerance(name: string): number {
  return Math.max(1, Math.floor(name.length * 0.4))
}

/** Letters to insert, remove, replace or swap with their neighbour. */
function editDistance(one: string, other: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: other.length + 1 }, (_, index) => index)
  for (let row = 1; row <= one.length; row++) {
    const current = [row]
    for (let column = 1; column <= other.length; column++) {
      const same = one[row - 1] === other[column - 1]
      const swapped = one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1]
      current[column] = Math.min(
        (last[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (same ? 0 : 1),
        swapped ? (beforeLast[column - 2] ?? Infinity) + 1 : Infinity,
      )
    }
    beforeLast = last
    last = current
  }
  return last[other.length] ?? 0
}
