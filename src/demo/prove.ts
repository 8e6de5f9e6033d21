import type { Answer, ServerProcess } from '../setup/server-process.ts'
import type { Preview } from './previews.ts'
import { tell } from './terminal.ts'

/** Shows that a preview is what it says: its own code, with products from its own database, at each of its addresses. */
export async function provePreview(server: ServerProcess, preview: Preview, products: number): Promise<void> {
  const page = await ask(server, preview.weburl, '/')
  const list = JSON.parse((await ask(server, preview.weburl, '/products.json')).body) as { name: string }[]
  check(list.length === products, `${preview.weburl} has ${list.length} products instead of ${products}`)
  check(
    list.every(({ name }) => page.body.includes(name)),
    `${preview.weburl} does not show all its products`,
  )
  check(page.body.includes(preview.hash.slice(0, 8)), `${preview.weburl} is not at commit ${preview.hash}`)
  tell.proven(`${preview.weburl}  ${products} products from PostgreSQL, commit ${preview.hash.slice(0, 8)}`)
  for (const name of preview.names) {
    const { ms } = await ask(server, name, '/')
    tell.proven(`${name}  answers in ${ms} ms`)
  }
}

/** Shows that the page of a preview contains a text. */
export async function proveText(server: ServerProcess, preview: Preview, text: string): Promise<void> {
  const { body } = await ask(server, preview.weburl, '/')
  check(body.includes(text), `${preview.weburl} does not show “${text}”`)
  tell.proven(`${preview.weburl}  shows “${text}”`)
}

/** Through the proxy of this machine, whether or not it resolves names below localhost. */
export async function ask(
  server: ServerProcess,
  address: string,
  path: string,
): Promise<Answer & { ms: number }> {
  const started = performance.now()
  const answer = await server.get(path, new URL(address).hostname)
  const ms = Math.round(performance.now() - started)
  check(answer.status === 200, `${address}${path} answered ${answer.status}: ${answer.body.slice(0, 200)}`)
  return { ...answer, ms }
}

/** What is not so is an Error with the fault. */
export function check(isSo: boolean, fault: string): asserts isSo {
  if (!isSo) throw new Error(fault)
}
