import { placeProblems } from './faults.ts'
import { parseQaackfile } from './parse.ts'
import { isIdentityOf } from './same-shape.ts'
import type { Fault, Qaackfile, TemplateData } from './qaackfile.ts'
import { samples } from './sample.ts'
import { cleanSource } from './source.ts'
import { renderTemplate } from './template/render.ts'

export interface Source {
  /** As it is named in faults. */
  file: string
  text: string
}

export type Read =
  { qaackfile: Qaackfile; rendered: string; faults: [] } | { faults: Fault[]; rendered?: string }

export type ReadWithIdentity =
  | { qaackfile: Qaackfile; identity: Qaackfile; rendered: string; faults: [] }
  | { faults: Fault[]; rendered?: string }

export type Rendered = { rendered: string; faults: [] } | { faults: Fault[] }

/** Renders, parses and checks a file. Never throws, whatever the text: what is wrong is in `faults`, all at once. */
export function readQaackfile(source: Source, data: TemplateData): Read {
  const step = render(source, data)
  if (step.problems.length > 0)
    return { faults: placeProblems({ file: source.file, text: step.text }, step.problems) }
  const { rendered } = step
  const { qaackfile, problems } = parseQaackfile(rendered.text)
  if (qaackfile) return { qaackfile, rendered: rendered.text, faults: [] }
  const inSource = problems.map((problem) => ({ ...problem, offset: rendered.sourceOffset(problem.offset) }))
  return { faults: placeProblems({ file: source.file, text: step.text }, inSource), rendered: rendered.text }
}

/**
 * The same, and with it the file as it is the same for all environments that differ in nothing but their own facts (id,
 * addresses, ref, change): with placeholders for these. It has the same services and steps, by the same names. Where a
 * placeholder cannot stand, it is the file itself.
 */
export function readWithIdentity(source: Source, data: TemplateData): ReadWithIdentity {
  const read = readQaackfile(source, data)
  if (!('qaackfile' in read)) return read
  const { qaackfile } = read
  const { identity } = render(source, data)
  if (identity === read.rendered) return { ...read, identity: qaackfile }
  const other = parseQaackfile(identity).qaackfile
  if (other === null || !isIdentityOf(other, qaackfile)) return { ...read, identity: qaackfile }
  const { services, variables } = other
  return { ...read, identity: { ...qaackfile, services, variables } }
}

/** Only renders the template: the YAML that `readQaackfile` would parse. */
export function renderQaackfile(source: Source, data: TemplateData): Rendered {
  const step = render(source, data)
  if (step.problems.length > 0)
    return { faults: placeProblems({ file: source.file, text: step.text }, step.problems) }
  return { rendered: step.rendered.text, faults: [] }
}

/**
 * Checks a file where there is no environment: it is read for made-up environments of several kinds, and is good if it is
 * good for one of them. What only another kind would render is not looked at.
 */
export function checkQaackfile(source: Source, kinds: TemplateData[] = samples()): Read {
  const reads = kinds.map((data) => readQaackfile(source, data))
  const [best] = reads.toSorted((one, other) => one.faults.length - other.faults.length)
  return best ?? { faults: [] }
}

function render(source: Source, data: TemplateData) {
  const clean = cleanSource(source.text)
  if (clean.problems.length > 0)
    return { text: clean.text, rendered: emptyText, identity: '', problems: clean.problems }
  return { text: clean.text, ...renderTemplate(clean.text, data) }
}

const emptyText = { text: '', sourceOffset: () => 0 }
