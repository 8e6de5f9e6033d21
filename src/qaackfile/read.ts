import { placeProblems, type Problem } from './faults.ts'
import { parseQaackfile } from './parse.ts'
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
  const { rendered, problems }: ReturnType<typeof renderTemplate> | { rendered: null; problems: Problem[] } =
    clean.problems.length > 0
      ? { rendered: null, problems: clean.problems }
      : renderTemplate(clean.text, data)
  return rendered === null
    ? { text: clean.text, rendered: emptyText, problems }
    : { text: clean.text, rendered, problems }
}

const emptyText = { text: '', sourceOffset: () => 0 }
