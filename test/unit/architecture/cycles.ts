import type { Source } from './sources.ts'

/** Circles of imports, each as `a.ts -> b.ts -> a.ts`; of one circle only the first way found. */
export function cyclesOf(sources: Source[]): string[] {
  const imports = new Map(sources.map((source) => [source.file, source.imports]))
  const done = new Set<string>()
  const found: string[] = []
  const visit = (file: string, way: string[]): void => {
    const start = way.indexOf(file)
    if (start >= 0) return void found.push([...way.slice(start), file].join(' -> '))
    if (done.has(file)) return
    for (const next of imports.get(file) ?? []) if (imports.has(next)) visit(next, [...way, file])
    done.add(file)
  }
  for (const file of imports.keys()) visit(file, [])
  return found
}
