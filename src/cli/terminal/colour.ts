import { styleText } from 'node:util'
import type { World } from './world.ts'

type Style = Parameters<typeof styleText>[0]

const styles: Record<string, Style> = {
  built: 'green',
  ready: 'green',
  running: 'green',
  failed: 'red',
  exited: 'red',
  fault: 'red',
  creating: 'yellow',
  queued: 'yellow',
  building: 'yellow',
  softrebuilding: 'yellow',
  created: 'cyan',
  cancelled: 'dim',
  empty: 'dim',
  missing: 'dim',
}

/** Colours only where a person looks and did not ask for none (see no-color.org). */
export function wantsColour(world: World, stream: NodeJS.WriteStream = world.stdout): boolean {
  return stream.isTTY && !world.env.NO_COLOR && world.env.TERM !== 'dumb'
}

/** Paints a text by the state it names, or by `state` where the text says more. */
export function stateColour(world: World): (text: string, state?: string) => string {
  const on = wantsColour(world)
  return (text, state = text) => {
    const style = styles[state]
    return on && style ? styleText(style, text, { validateStream: false }) : text
  }
}

/** Width to fit a table to; null where nobody looks at it. */
export function columnsOf(world: World): number | null {
  return world.stdout.isTTY ? world.stdout.columns : null
}
