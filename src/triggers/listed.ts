/** Enough for people to see what kind of list it is; settings may hold hundreds. */
const shown = 5

/** Values of a setting in a sentence, e.g. `web/*, api/* and 7 more`. */
export function listed(values: string[]): string {
  const rest = values.length - shown
  return values.slice(0, shown).join(', ') + (rest > 0 ? ` and ${rest} more` : '')
}
