import { Finder } from './finder.ts'
import { formsOf } from './forms.ts'

/** A text that flows through in pieces, with every secret in it replaced. */
export interface Mask<Piece> {
  /** What so far can be shown: all but an end, of at most 63 characters, that may be the beginning of a secret. */
  push(piece: Piece): Piece
  /** The rest. The mask can be used again for another text then. */
  flush(): Piece
}

/** What is shown instead of a secret. */
export const maskText = '•••'

/** Hides a number of secrets. */
export interface Masker {
  /** In a text that is there as a whole. */
  text(text: string): string
  /** In a text that comes in pieces. */
  stream(): Mask<string>
  /**
   * In the output of a program. With `keepLength` there are as many asterisks as there were bytes, because what has an inner
   * order, such as an archive, would break otherwise.
   */
  bytes(options?: { keepLength: boolean }): Mask<Buffer>
}

/**
 * Replaces each secret of at least 4 characters by `•••`, in plain form and base64-encoded, URL-encoded or written as
 * a JSON string, wherever the pieces are cut, and each line of at least 8 characters of one that has several. Secrets that
 * overlap or touch become one `•••`. Without secrets everything passes through as it is.
 */
export function createMasker(secrets: Iterable<string>): Masker {
  const masker = createLiveMasker(secrets)
  return masker.hidesNothing() ? noMasker : masker
}

/** A masker whose secrets may become others while texts flow through its masks. */
export interface LiveMasker extends Masker {
  /** What is hidden from now on, also by masks in use. Without any secret all stays as it was: better too much than too little. */
  hide(secrets: Iterable<string>): void
  hidesNothing(): boolean
}

/** The same, with secrets that can be replaced. */
export function createLiveMasker(secrets: Iterable<string>): LiveMasker {
  let ofText: Finder | undefined
  let ofBytes: Finder | undefined
  const mark = toBytes(maskText)
  const masker: LiveMasker = {
    hide(wanted) {
      const forms = formsOf(wanted)
      if (forms.size === 0) return
      ofText = new Finder(forms)
      ofBytes = new Finder([...forms].map(toBytes))
    },
    hidesNothing: () => ofText === undefined,
    text(text) {
      const mask = masker.stream()
      return mask.push(text) + mask.flush()
    },
    stream: () => createMask({ finder: () => ofText, mark: () => maskText }),
    bytes({ keepLength } = { keepLength: false }) {
      const hidden = keepLength ? (length: number) => '*'.repeat(length) : () => mark
      const mask = createMask({ finder: () => ofBytes, mark: hidden, pieceByPiece: keepLength })
      return overBytes(mask, () => ofBytes === undefined)
    },
  }
  masker.hide(secrets)
  return masker
}

const through = { push: <Piece>(piece: Piece) => piece }

/** For those who have no secrets: it costs nothing. */
export const noMasker: Masker = {
  text: (text) => text,
  stream: () => ({ ...through, flush: () => '' }),
  bytes: () => ({ ...through, flush: () => Buffer.alloc(0) }),
}

/** Every byte as one character. */
function toBytes(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1')
}

function overBytes(mask: Mask<string>, isIdle: () => boolean): Mask<Buffer> {
  return {
    push: (piece) => (isIdle() ? piece : Buffer.from(mask.push(piece.toString('latin1')), 'latin1')),
    flush: () => Buffer.from(mask.flush(), 'latin1'),
  }
}

interface MaskOptions {
  /** Finds what is to be hidden at this moment; undefined while that is nothing. Once there was something, there always is. */
  finder: () => Finder | undefined
  /** What is shown for so many hidden characters. */
  mark: (length: number) => string
  /** It is shown for each part of them that is shown. */
  pieceByPiece?: boolean
}

function createMask({ finder, mark, pieceByPiece = false }: MaskOptions): Mask<string> {
  let held = ''
  /** So much of the beginning of `held` is hidden: the rest of a secret whose beginning is out already. */
  let hiddenTo = 0
  let endedHidden = false

  function release(whole: boolean): string {
    const { hidden, certain } = finder()?.find(held, hiddenTo, whole) ?? { hidden: [], certain: held.length }
    if (certain === 0) return ''
    let shown = ''
    let at = 0
    hiddenTo = 0
    for (const [from, to] of hidden) {
      if (from >= certain) break
      shown += held.slice(at, from)
      const end = Math.min(to, certain)
      hiddenTo = to - end
      // A secret may have been shown in part already, as one mark, when another one began within it.
      if (pieceByPiece || from > 0 || !endedHidden) shown += mark(end - from)
      at = end
    }
    shown += held.slice(at, certain)
    endedHidden = at === certain
    held = held.slice(certain)
    return shown
  }

  return {
    push(piece) {
      held += piece
      return release(false)
    },
    flush() {
      const rest = release(true)
      endedHidden = false
      return rest
    },
  }
}
