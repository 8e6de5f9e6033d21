/** What `npm run demo` is to show, and whether it is to end by itself. */
export interface Wish {
  once: boolean
  github: boolean
}

/** The words after `npm run demo --`; a word that means nothing is refused with a sentence. */
export function readArguments(words: string[]): Wish | { refused: string } {
  const unknown = words.find((word) => !Object.hasOwn(known, word))
  if (unknown === undefined) return { once: words.includes('--once'), github: words.includes('--github') }
  const all = Object.entries(known).map(([word, does]) => `${word}, which ${does}`)
  return { refused: `npm run demo knows no ${unknown}; it takes ${all.join(', and ')}.` }
}

const known = {
  '--once': 'ends it as soon as all is shown',
  '--github': 'shows how changes get previews, on a GitHub that is played on this machine',
}
