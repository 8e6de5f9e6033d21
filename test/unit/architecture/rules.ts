import { type Source, withoutComments } from './sources.ts'

const maxLines = 250

/** Where people at a terminal are talked to, and where programs are started with their surroundings. */
const terminal = /^(cli|setup|bench|demo)\//

/** Offences against the house rules that are not about layers, one sentence each. */
export function offencesOf(sources: Source[]): string[] {
  return sources.flatMap((source) => [
    ...sizeFault(source),
    ...nameFault(source),
    ...surroundingsFault(source),
    ...consoleFault(source),
  ])
}

function sizeFault({ file, text }: Source): string[] {
  const lines = text.trimEnd().split('\n').length
  return lines > maxLines ? [`${file} has ${lines} lines: split it, ${maxLines} is the most`] : []
}

function nameFault({ file }: Source): string[] {
  const bad = file.split('/').find((part) => /^(utils?|helpers?|common|misc)(\.|$)/.test(part))
  return bad
    ? [`${file}: ${bad} says nothing; name it for what it does, and put it where that is needed`]
    : []
}

function surroundingsFault({ file, text }: Source): string[] {
  if (terminal.test(file) || file === 'config/load.ts') return []
  return /\bprocess\.env\b/.test(withoutComments(text))
    ? [`${file} reads process.env: only config/load.ts does; take it from the configuration`]
    : []
}

function consoleFault({ file, text }: Source): string[] {
  if (terminal.test(file)) return []
  return /\bconsole\./.test(withoutComments(text))
    ? [`${file} writes to the console: use the logger it is given`]
    : []
}
