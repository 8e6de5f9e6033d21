// eslint-disable-next-line no-control-regex
const sequences = /\x1b(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)?|[ -/]+[0-~]|[0-~])/g
// eslint-disable-next-line no-control-regex
const controls = /[\x00-\x08\x0b-\x1a\x1c-\x1f\x7f\x80-\x9f]/g
// eslint-disable-next-line no-control-regex
const colour = /^\x1b\[[\d;:]*m$/

/**
 * Output of somebody's program as it may be shown in a terminal: colours stay, everything else that steers a terminal goes
 * (cursor, screen, title, clipboard), so that a log cannot do anything but be read.
 */
export function printable(text: string): string {
  const shown = text.replace(sequences, (sequence) => (colour.test(sequence) ? sequence : ''))
  return shown.replace(controls, '')
}

/** The same without colours, for a sentence. */
export function plain(text: string): string {
  return text.replace(sequences, '').replace(controls, '').replaceAll('\x1b', '')
}
