import type { World } from './world.ts'

const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏']

export interface Spinner {
  say(text: string): void
  /** Takes the line away. Safe twice. */
  stop(): void
}

/**
 * Shows on stderr that something goes on. Without a terminal each new text is said once, as a line of its own, so that a
 * log of a script tells the story too.
 */
export function spin(world: World, text: string): Spinner {
  if (!world.stderr.isTTY) return lines(world, text)
  const ended = new AbortController()
  let now = text
  let turn = 0
  const draw = () => {
    world.stderr.write(`\r\u001b[K${frames[turn++ % frames.length] ?? ''} ${now}`)
  }
  draw()
  world.clock.every(100, draw, ended.signal, () => undefined)
  return {
    say(next) {
      now = next
    },
    stop() {
      if (ended.signal.aborted) return
      ended.abort()
      world.stderr.write('\r\u001b[K')
    },
  }
}

function lines(world: World, first: string): Spinner {
  let last = first
  world.stderr.write(`${first}\n`)
  return {
    say(next) {
      if (next !== last) world.stderr.write(`${next}\n`)
      last = next
    },
    stop: () => undefined,
  }
}
