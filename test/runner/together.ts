import { test } from 'node:test'
import { pathToFileURL } from 'node:url'

// Run as a process of its own, with the files as arguments: as if their tests stood in one file.
for (const file of process.argv.slice(2)) {
  await import(pathToFileURL(file).href).catch((error: unknown) =>
    // Told under the name of the file; the others run all the same.
    test(file, () => {
      throw error
    }),
  )
}
