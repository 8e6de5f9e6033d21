import { after, suite } from 'node:test'
import { pathToFileURL } from 'node:url'

/** In milliseconds; the longest there is. Else all tests of a file had, together, the time of one. */
const timeout = 2 ** 31 - 1

// Run as a process of its own, with the files as arguments. Each is a suite: what one has beside its tests (`beforeEach`) is
// not for those of the others, and one that cannot be loaded fails alone.
for (const file of process.argv.slice(2)) {
  suite(file, { timeout }, async () => {
    await import(pathToFileURL(file).href)
  })
}

// Without this, a test that waits for what never comes would end the process if nothing else is open, and all after it too.
const open = setInterval(() => undefined, 60_000)
after(() => clearInterval(open))
