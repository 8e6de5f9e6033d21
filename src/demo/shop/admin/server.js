// The desk: what was sold, for the people behind the counter. Plain Node; asks the shop, keeps nothing.
import { createServer } from 'node:http'

const shop = process.env.SHOP ?? 'http://localhost:3000'

const server = createServer(async (request, response) => {
  if (request.url === '/healthz') return response.end('ok\n')
  try {
    const answer = await fetch(`${shop}/orders.json`, { signal: AbortSignal.timeout(5_000) })
    response.setHeader('content-type', 'text/html; charset=utf-8').end(page(await answer.json()))
  } catch (error) {
    response.writeHead(502).end(`The shop does not answer: ${error.message}\n`)
  }
})
server.listen(4000, () => console.log('the desk is open on port 4000'))
process.on('SIGTERM', () => server.close(() => process.exit(0)))

function page(orders) {
  const rows = orders.map(
    ({ id, name, cents, ordered_at }) =>
      `<tr><td>${Number(id)}</td><td>${h(name)}</td><td>€ ${(cents / 100).toFixed(2)}</td><td>${h(ordered_at)}</td></tr>`,
  )
  const sum = orders.reduce((all, { cents }) => all + cents, 0)
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>The desk</title>
<style>body{font:16px/1.6 system-ui,sans-serif;max-width:720px;margin:48px auto;padding:0 24px;color:#2b2320;background:#faf6ef}
table{width:100%;border-collapse:collapse}td,th{text-align:left;padding:8px;border-bottom:1px solid #e9dfd2}a{color:#b4532a}</style>
<h1>The desk</h1><p>${orders.length} bags sold, € ${(sum / 100).toFixed(2)}. Branch ${h(process.env.QCK_ENVIRONMENT_REF_NAME ?? 'local')}.
<a href="${h(process.env.QCK_ENVIRONMENT_URL ?? '#')}">To the shop</a></p>
<table><tr><th>No.</th><th>Coffee</th><th>Price</th><th>When</th></tr>${rows.join('')}</table></html>`
}

function h(text) {
  return String(text).replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)
}
