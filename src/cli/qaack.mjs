#!/usr/bin/env -S node --expose-gc --max-semi-space-size=24 --heap-growing-percent=200
import { existsSync, readFileSync } from 'node:fs'
import * as nodeModule from 'node:module'
import process from 'node:process'
import { fileURLToPath, URL } from 'node:url'

const source = new URL('..', import.meta.url).href
const isClone = !source.includes('/node_modules/')

// A fresh clone: an import would stop with a stack trace, and npx finds no newer Node there.
if (isClone && !existsSync(new URL('../node_modules', source))) {
  const folder = fileURLToPath(new URL('..', source))
  process.stderr.write(`qaack: the npm packages of this clone are missing; run npm ci in ${folder} first.\n`)
  process.exit(1)
}

// Nothing of ours is imported before the version is known: an older Node would stop at the first import with a stack trace.
const [major = 0] = process.versions.node.split('.').map(Number)
if (major < 24) {
  process.stderr.write(
    `qaack: this is Node ${process.versions.node}; Qaack needs Node 24 or later. In a clone, npx qaack brings its own.\n`,
  )
  process.exit(1)
}

// node:sqlite and the stripping of types are announced as experimental at every start; whoever types a command cannot help that.
const emitWarning = process.emitWarning.bind(process)
process.emitWarning = (warning, ...rest) => {
  const [kind] = rest
  if (kind !== 'ExperimentalWarning') Reflect.apply(emitWarning, undefined, [warning, ...rest])
}

// Node strips types everywhere but below node_modules, which is where an installed command lies.
if (!isClone) {
  nodeModule.registerHooks({
    load(url, context, next) {
      if (!url.startsWith(source) || !url.endsWith('.ts')) return next(url, context)
      const code = nodeModule.stripTypeScriptTypes(readFileSync(fileURLToPath(url), 'utf8'))
      return { format: 'module', source: code, shortCircuit: true }
    },
  })
}

// Compiled once, kept in the system's folder for temporary files: every later start is faster and needs 25 MiB less, because
// the compiler of types is not loaded.
nodeModule.enableCompileCache()

const { runProcess } = await import('./run.ts')
await runProcess(process.argv.slice(2))
