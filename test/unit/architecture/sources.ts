import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import ts from 'typescript'

const root = path.resolve(import.meta.dirname, '../../../src')

export interface Source {
  /** Relative to src. */
  file: string
  text: string
  /** Files relative to src, or the names of libraries. */
  imports: string[]
}

/** Every source file of ours; the demo's sample shop is somebody else's repository. */
export function readSources(): Source[] {
  return globSync('**/*.{ts,mjs}', { cwd: root })
    .filter((file) => !/^demo\/(shop|new-look)\//.test(file))
    .sort()
    .map((file) => sourceOf(file, readFileSync(path.join(root, file), 'utf8')))
}

export function sourceOf(file: string, text: string): Source {
  // the compiler's own eye: types, re-exports and import() count too, words in comments do not
  const { importedFiles } = ts.preProcessFile(text, true, true)
  return { file, text, imports: importedFiles.map(({ fileName }) => resolve(file, fileName)) }
}

/** A file is cut to its code, so that a word in a comment is no offence. */
export function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/(^|\s)\/\/.*$/gm, '$1')
}

function resolve(from: string, name: string): string {
  return name.startsWith('.') ? path.posix.join(path.posix.dirname(from), name) : name
}
