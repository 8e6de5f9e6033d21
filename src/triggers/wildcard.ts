/** Whether a name matches a pattern of the settings or the Qaackfile: `*` stands for any text, also with slashes, `?` for one character. */
export function matchesWildcard(pattern: string, name: string): boolean {
  // Two pointers instead of a regular expression: no pattern can make this slow.
  let star = -1
  let resume = 0
  let at = 0
  let place = 0
  while (at < name.length) {
    if (
      place < pattern.length &&
      (pattern[place] === '?' || pattern[place] === name[at]) &&
      pattern[place] !== '*'
    ) {
      at += 1
      place += 1
    } else if (pattern[place] === '*') {
      star = place
      resume = at
      place += 1
    } else if (star >= 0) {
      place = star + 1
      resume += 1
      at = resume
    } else {
      return false
    }
  }
  while (pattern[place] === '*') place += 1
  return place === pattern.length
}
