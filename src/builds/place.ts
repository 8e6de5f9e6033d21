import type { Container } from '../engines/engine.ts'
import type { Service } from '../qaackfile/qaackfile.ts'
import { createTail } from './tail.ts'

/** Who the code shall belong to: the user that the steps run as, in numbers. */
export async function ownerOf(
  service: Service,
  container: Container,
  signal: AbortSignal,
): Promise<{ uid: number; gid: number }> {
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
