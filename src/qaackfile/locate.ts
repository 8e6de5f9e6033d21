/** Where a Qaackfile may stand in a repository. */
export const qaackfilePaths = [
  'qaack/qaack.yml',
  'qaack/qaack.yaml',
  '.qaack/qaack.yml',
  '.qaack/qaack.yaml',
] as const

/** The file to read, or why there is none to read: `none` tells whether that is because there is no file at all. */
export type Chosen = { file: string } | { none: boolean; message: string }

/** Chooses the Qaackfile among the paths that exist at a commit. */
export function chooseFile(paths: Iterable<string>): Chosen {
  const there = new Set(paths)
  const [file, second] = qaackfilePaths.filter((path) => there.has(path))
  if (file === undefined) {
    return {
      none: true,
      message: `there is no Qaackfile; put one at ${qaackfilePaths[0]} (or ${qaackfilePaths[2]})`,
    }
  }
  if (second === undefined) return { file }
  return { none: false, message: `there are two Qaackfiles, ${file} and ${second}; keep one of them` }
}
