/** Where set-up tells what it does: one line for people, without the newline. */
export type Say = (line: string) => void

/** To standard error, so that what a command prints for programs stays clean. */
export const saySetup: Say = (line) => {
  process.stderr.write(`[set-up] ${line}\n`)
}

/** Says what begins, runs it, says how long it took. What throws says nothing more: its error does. */
export async function timed<T>(say: Say, what: string, work: () => Promise<T>): Promise<T> {
  const started = performance.now()
  say(`${what} …`)
  const result = await work()
  say(`${what}: done in ${seconds(performance.now() - started)}`)
  return result
}

export function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`
}
