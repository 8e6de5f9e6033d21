/** A piece of a page that may stand in it as it is. */
export class Html {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

type Piece = string | number | Html | Html[] | null

/** HTML with every value in it escaped, unless it is HTML itself; null stands for nothing. */
export function html(texts: TemplateStringsArray, ...values: Piece[]): Html {
  return new Html(texts.map((text, index) => text + textOf(values[index] ?? null)).join(''))
}

function textOf(value: Piece): string {
  if (value === null) return ''
  if (value instanceof Html) return value.text
  if (Array.isArray(value)) return value.map(({ text }) => text).join('\n')
  return String(value).replace(/[&<>"']/g, (one) => `&#${one.charCodeAt(0)};`)
}
