#!/usr/bin/env node
// Nothing is imported before the version is known: an older Node would stop at the first import with a stack trace.
const [major = 0] = process.versions.node.split('.').map(Number)
if (major < 24) {
  process.stderr.write(
    `qaack: this is Node ${process.versions.node}; Qaack needs Node 24 or later. In a clone, npx qaack brings its own.\n`,
  )
  process.exit(1)
}
const { runProcess } = await import('./run.ts')
await runProcess(process.argv.slice(2))

export {}
