import { tailOf } from '../../builds/tail.ts'
import { containerThere, serviceOf } from '../../environments/services.ts'
import { QaackError } from '../../errors.ts'
import { mainAddress } from '../../reports/comment-addresses.ts'
import { address, code, fence } from '../../reports/markdown.ts'
import { sentence } from '../../reports/words.ts'
import { addressesOf } from '../../workloads/addresses.ts'
import { maskerOf } from '../../variables/masker-for.ts'
import { masked } from '../../variables/stream.ts'
import { environmentsOf } from '../preview.ts'
import { previewOf, type Asked, type Reply } from './command.ts'

/** Lines of a log that are shown, and characters of it that are read for them. */
const shownLines = 50
const readLength = 64 * 1024

export async function url({ parts, change }: Asked): Promise<Reply> {
  const { baseUrl } = parts.config
  const environments = (await environmentsOf(parts, change)).filter(({ state }) => state !== 'empty')
  if (environments.length === 0) return 'There is no preview of this change.'
  const lines = environments.flatMap((environment) => {
    const { services } = addressesOf(environment.id, environment, baseUrl)
    const others = services.filter(
      ({ service }) => !environment.services.some((one) => one.default && one.name === service),
    )
    return [
      `- ${address(mainAddress(environment, { baseUrl }))} (${environment.state})`,
      ...others.map((one) => `  - ${code(one.service, 80)}: ${address(`${one.url}/`)}`),
    ]
  })
  return lines.join('\n')
}

export async function logs(asked: Asked, service: string | null): Promise<Reply> {
  const preview = await previewOf(asked)
  const text =
    service === null
      ? await buildLog(asked, preview.id)
      : await serviceLog(asked, serviceOf(preview, service))
  const what = service === null ? 'the build' : code(service)
  const lines = tailOf(text, shownLines)
  return lines === ''
    ? sentence(`${what} has written nothing yet`)
    : `End of the log of ${what}:\n\n${fenced(lines, asked.room)}`
}

/** The end of a text that fits. */
export function fenced(text: string, room: number): string {
  const lines = text.split('\n')
  const of = (count: number) => fence(lines.slice(-count))
  let count = lines.length
  while (count > 1 && of(count).length > room) count -= Math.ceil(count / 10)
  return of(count)
}

async function buildLog({ parts }: Asked, environmentId: string): Promise<string> {
  const builds = await parts.store.list('build', { environmentId })
  const build = builds.at(-1)
  if (!build) throw new QaackError('conflict', 'there was no build yet')
  const masker = await maskerOf(parts, build.repositoryId)
  return masker.text((await parts.store.readLog(build.id, -readLength)).text)
}

async function serviceLog({ parts, change }: Asked, service: ReturnType<typeof serviceOf>): Promise<string> {
  const container = await containerThere(parts, service)
  const masker = await maskerOf(parts, change.repositoryId)
  let said = Buffer.alloc(0)
  for await (const chunk of masked(masker, container.logs({ follow: false, tail: shownLines })))
    said = Buffer.concat([said, chunk]).subarray(-readLength)
  return said.toString('utf8')
}
