import { RE2JS } from 're2js'

/** RE2 needs time in proportion to the text it looks at, whatever the pattern; but the pattern itself must not be long. */
export const longestPattern = 1000

/** A test for a pattern in RE2's spelling, found anywhere in the text. Throws an Error that says what is wrong with it. */
export function compilePattern(pattern: string): (text: string) => boolean {
  if (pattern.length > longestPattern) throw new Error(`a pattern has at most ${longestPattern} characters`)
  const compiled = RE2JS.compile(pattern)
  return (text) => compiled.matcher(text).find()
}

/** What is wrong with a pattern, or null. */
export function patternFault(pattern: string): string | null {
  try {
    compilePattern(pattern)
    return null
  } catch (error) {
    return error instanceof Error ? error.message.replace(/^error parsing regexp: /, '') : String(error)
  }
}
