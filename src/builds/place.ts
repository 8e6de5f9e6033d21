import type { Container, ImageFacts } from '../engines/engine.ts'
import type { Service } from '../qaackfile/qaackfile.ts'
import { createTail } from './tail.ts'

/** Who the code shall belong to: the user that the steps run as, in numbers. The container is only asked if it must be. */
export async function ownerOf(
  service: Pick<Service, 'user' | 'shell'>,
  image: Pick<ImageFacts, 'user'>,
  container: Container,
  signal: AbortSignal,
): Promise<{ uid: number; gid: number }> {
  const told = numbersOf(service.user ?? image.user)
  if (told) return told
  const said = createTail()
  const result = await container.exec({
    command: [service.shell, '-c', 'id -u && id -g'],
    ...(service.user === null ? {} : { user: service.user }),
    onOutput: (chunk) => said.add(chunk),
    signal,
  })
  // The last two lines: a shell may have something to say before. An image without `id` is rare enough; root is what it
  // runs as then, nearly always.
  const [uid = '', gid = ''] = said.text(2).split('\n')
  const known = result.exitCode === 0 && /^\d+$/.test(uid) && /^\d+$/.test(gid)
  return known ? { uid: Number(uid), gid: Number(gid) } : { uid: 0, gid: 0 }
}

/** What a user is in numbers, where that needs no look into the image: all images have the same root. */
export function numbersOf(user: string): { uid: number; gid: number } | undefined {
  if (['', 'root', '0', 'root:root'].includes(user)) return { uid: 0, gid: 0 }
  const [, uid, gid] = /^(\d{1,9}):(\d{1,9})$/.exec(user) ?? []
  return uid === undefined || gid === undefined ? undefined : { uid: Number(uid), gid: Number(gid) }
}
