import { runAction } from '../../actions/gather.ts'
import { addressOf } from '../../config/config.ts'
import { code } from '../../reports/markdown.ts'
import { fenced } from './look.ts'
import { previewOf, type Asked, type Reply } from './command.ts'

/** A quick action in the preview, to its end. */
export async function run(asked: Asked, action: string): Promise<Reply> {
  const { parts, by, room } = asked
  const { id } = await previewOf(asked)
  const given = await runAction(parts, id, action, { by, signal: parts.ending })
  switch (given.output) {
    case 'none':
      return null
    case 'string':
      return given.text.trim() === ''
        ? `${code(action)} ended well and wrote nothing.`
        : `${code(action)} wrote:\n\n${fenced(given.text.trimEnd(), room)}`
    case 'file': {
      const url = `${addressOf(parts.config.baseUrl)}/api/environment/${id}/action/${encodeURIComponent(action)}`
      return (
        `${code(action)} ended well. It gives a file, ${code(given.filename)} (${given.bytes} bytes), ` +
        `which is not put into comments; have it made anew and download it with ${code(`curl --request POST --header "X-QAACK-TOKEN: …" --remote-name --remote-header-name ${url}`, 500)}`
      )
    }
  }
}
