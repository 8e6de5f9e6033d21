/** The image as the engine's pull takes it: without a tag it would pull every tag there is. */
export function withTag(image: string): string {
  if (image.includes('@')) return image
  return /:[^/]+$/.test(image) ? image : `${image}:latest`
}

/** The registry an image comes from, e.g. `ghcr.io`; `docker.io` where the name has none. */
export function registryOf(image: string): string {
  const [first = '', ...rest] = image.split('/')
  const isHost = rest.length > 0 && (first === 'localhost' || /[.:]/.test(first))
  return isHost ? first : 'docker.io'
}
