import type { Container } from '../engines/engine.ts'
import type { Parts } from '../parts.ts'
import type { Service } from '../qaackfile/qaackfile.ts'
import { workdirFor } from '../workloads/from-qaackfile.ts'

/** Where the code goes and commands run. */
export async function workdirOf(parts: Parts, service: Service): Promise<string> {
  const { workdir } = await parts.engine.prepare(service.image, {})
  return workdirFor(service, workdir)
}

/** Who the code shall belong to: the user that the steps run as, in numbers. */
export async function ownerOf(service: Service, container: Container): Promise<{ uid: number; gid: number }> {
  const said: Buffer[] = []
  const result = await container.exec({
    command: [service.shell, '-c', 'id -u && id -g'],
    ...(service.user === null ? {} : { user: service.user }),
    onOutput: (chunk) => said.push(chunk),
  })
  const [uid, gid] = Buffer.concat(said).toString('utf8').trim().split('\n').map(Number)
  // An image without `id` is rare enough; root is what it runs as then, nearly always.
  if (result.exitCode !== 0 || uid === undefined || gid === undefined) return { uid: 0, gid: 0 }
  return { uid, gid }
}
