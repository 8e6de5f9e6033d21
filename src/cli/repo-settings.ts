import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { defaultSettings } from '../repositories/repository.ts'
import { findRepository } from './client/find.ts'
import { read } from './client/read.ts'
import { settingsShape } from './client/shapes.ts'
import { connect } from './connect.ts'
import { flatten, nest, valueFor } from './settings-pairs.ts'
import { CliFailure } from './terminal/failure.ts'
import { facts } from './terminal/table.ts'
import { oneLine } from './terminal/text.ts'
import { show, type World } from './terminal/world.ts'

/** Kept in base64, which nobody reads or writes by hand. */
const fileKey = 'qaackFile.qaackFile'

/** Shown among the settings, and changed in other ways or not at all. */
const readOnly = ['variables', 'sshPublicKey']

/** `qaack repo settings`: changes what is named, then shows all. */
export async function settings(world: World, given: string, pairs: string[]): Promise<void> {
  const http = connect(world)
  const { id } = await findRepository(http, given)
  const path = `/api/repository/${id}/settings`
  const before = await read(http, path, settingsShape)
  const known = { ...flatten(defaultSettings), ...flatten(before) }
  for (const key of readOnly) delete known[key]
  const changes = pairs
    .map((pair) => valueFor(pair, known))
    .map(([key, value]) => [key, key === fileKey ? fileText(world, String(value)) : value] as const)
  const body = nest(changes)
  const after = pairs.length === 0 ? before : await read(http, path, settingsShape, { method: 'POST', body })
  show(world, after, () => settingsText({ environmentTTL: 0, ...after }))
}

function settingsText(all: Record<string, unknown>): string {
  return facts(Object.entries(flatten(all)).map(([key, value]) => [key, oneLine(valueText(key, value))]))
}

function valueText(key: string, value: unknown): string {
  if (key === fileKey && typeof value === 'string')
    return value === '' ? '-' : `${Buffer.from(value, 'base64').length} bytes`
  if (key === 'scheduledRebuild.hour') return `${String(value)} UTC`
  if (Array.isArray(value)) return value.length === 0 ? '-' : listText(value)
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** Such that it can be given as it is shown. */
function listText(items: unknown[]): string {
  const plain = items.every((item) => typeof item === 'string' && !item.includes(','))
  return plain ? items.join(', ') : JSON.stringify(items)
}

/** A Qaackfile as the API wants it: `@FILE` is read, anything else is taken for base64 already. */
function fileText(world: World, value: string): string {
  if (!value.startsWith('@')) return value
  const path = resolve(world.cwd, value.slice(1))
  try {
    return readFileSync(path).toString('base64')
  } catch (cause) {
    throw new CliFailure(`${path} cannot be read; name the Qaackfile after the @`, { cause })
  }
}
