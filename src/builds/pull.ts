import type { ImageFacts } from '../engines/engine.ts'
import type { Parts } from '../parts.ts'
import type { Service } from '../qaackfile/qaackfile.ts'
import type { Output } from './output.ts'
import type { ReusableRecord } from './reusable.ts'
import { together } from './together.ts'

/** Bytes between two lines of progress. */
const progressStep = 50 * 1024 * 1024

/** Makes sure of every image, all at once, each once. The first that cannot be had fails the build. */
export async function pullImages(
  parts: Parts,
  services: Service[],
  output: Output,
  signal: AbortSignal,
): Promise<Map<string, ImageFacts>> {
  const images = [...new Set(services.map(({ image }) => image))]
  const facts = await together(
    images,
    signal,
    async (image, stop) => [image, await pullOne(parts, image, output, stop)] as const,
  )
  return new Map(facts)
}

/** Service -> the image that its container is made of: what was saved of it, or what was pulled for it. */
export async function imagesOf(
  parts: Parts,
  services: Service[],
  {
    start,
    pulled,
  }: { start: Pick<ReusableRecord, 'services'> | null; pulled: ReadonlyMap<string, ImageFacts> },
  output: Output,
  signal: AbortSignal,
): Promise<Map<string, ImageFacts>> {
  const images = await together(services, signal, async ({ name, image }, stop) => {
    const saved = start?.services.find((service) => service.name === name)
    const known = saved ? undefined : pulled.get(image)
    return [name, known ?? (await pullOne(parts, saved?.image ?? image, output, stop))] as const
  })
  return new Map(images)
}

async function pullOne(
  parts: Parts,
  image: string,
  output: Output,
  signal: AbortSignal,
): Promise<ImageFacts> {
  let said = -1
  return parts.engine.prepare(image, {
    signal,
    onProgress({ received, total }) {
      const step = Math.floor(received / progressStep)
      if (step === said) return
      said = step
      output.heading(
        `pulling ${image}${total > 0 ? `: ${megabytes(received)} of ${megabytes(total)} MB` : ''}`,
      )
    },
  })
}

function megabytes(bytes: number): string {
  return (bytes / 1_000_000).toFixed(0)
}
