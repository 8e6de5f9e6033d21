const host = '(?:[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?|\\[[a-fA-F0-9:]+\\])(?::\\d{1,5})?'
const part = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*'
const tag = '[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}'
const digest = '[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,128}'
const reference = new RegExp(`^(?:${host}/)?${part}(?:/${part})*(?::${tag})?(?:@${digest})?$`)

/** What is wrong with an image reference, as the rest of "must be …"; null if nothing is. */
export function imageFault(image: string): string | null {
  const example = 'an image such as node:24, ghcr.io/acme/web:1.2 or postgres@sha256:…'
  if (image.length > 500) return 'an image reference of at most 500 characters'
  if (reference.test(image)) return null
  const name = image.replace(/[:@][^/]*$/, '')
  const path = name.includes('/') ? name.slice(name.indexOf('/')) : name
  return /[A-Z]/.test(path) ? `${example}; the name of an image is in lower case` : example
}
