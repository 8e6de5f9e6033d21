import { styleText } from 'node:util'
import { saySetup } from '../setup/say.ts'

/** How the demo talks: what happens now, what has been proven, the addresses. */
export const tell = {
  setup: saySetup,
  step: (text: string) => line(`\n${styleText('bold', text)}`),
  proven: (text: string) => line(`${styleText('green', '✔')} ${text}`),
  plain: (text: string) => line(text),
  failed: (text: string) => process.stderr.write(`${styleText('red', '✖')} ${text}\n`),
}

const colours = ['cyan', 'magenta', 'yellow'] as const

/** Writes what it is given line by line, if it is to be kept, each with a name before it; `end` writes what is left. */
export function prefixed(name: string, width: number, index: number, isKept: (line: string) => boolean) {
  const before = styleText(colours[index % colours.length] ?? 'cyan', `${name.padEnd(width)} │ `)
  let rest = ''
  return {
    write(text: string): void {
      const lines = (rest + text).split('\n')
      rest = lines.pop() ?? ''
      for (const each of lines) if (isKept(each)) line(before + each)
    },
    end(): void {
      if (rest !== '' && isKept(rest)) line(before + rest)
      rest = ''
    },
  }
}

function line(text: string): void {
  process.stdout.write(`${text}\n`)
}
