import { sampleFiles } from './repository.ts'

/** What a later commit makes the page of the shop say. */
export const headline = 'in a brown paper bag'

/** The file `web/page.js` that says so. */
export function betterHeadline(): string {
  return (sampleFiles('shop')['web/page.js'] ?? '').replace('in a paper bag', headline)
}
