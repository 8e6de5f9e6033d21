import type { ServerProcess } from '../../setup/server-process.ts'
import type { Preview } from '../previews.ts'
import { ask, check } from '../prove.ts'
import { tell } from '../terminal.ts'

/** A migration of the shop that adds one coffee, as files to push. */
export function product(migration: string, name: string, origin: string): Record<string, string> {
  return {
    [`web/migrations/${migration}.sql`]: `insert into products (name, origin, notes, cents, hue, badge) values
  ('${name}', '${origin}', 'Cocoa, orange, honey', 1490, 88, 'new');
`,
  }
}

/** Shows that a preview answers at its readable address, with these coffees among so many from its own database. */
export async function proveProducts(
  server: ServerProcess,
  preview: Preview,
  names: string[],
  count: number,
): Promise<void> {
  const address = addressOf(preview)
  const { body, ms } = await ask(server, address, '/products.json')
  const products = (JSON.parse(body) as { name: string }[]).map(({ name }) => name)
  const missing = names.filter((name) => !products.includes(name))
  check(missing.length === 0, `${address} does not have ${missing.join(', ')} but ${products.join(', ')}`)
  check(products.length === count, `${address} has ${products.length} products instead of ${count}`)
  tell.proven(`${address}  answers in ${ms} ms: ${count} coffees, ${names.join(', ')} among them`)
}

/** By the number of the change. */
export function addressOf(preview: Preview): string {
  return preview.names[0] ?? preview.weburl
}
