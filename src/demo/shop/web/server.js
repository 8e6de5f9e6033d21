import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import express from 'express'
import { connect } from './database.js'
import { page } from './page.js'

const pool = connect()
const app = express()
const folder = path.join(import.meta.dirname, 'public')

app.use('/public', express.static(folder))
app.get('/', async (request, response) => response.send(page(await shop())))
app.get('/products.json', async (request, response) => response.json(await products()))
app.get('/orders.json', async (request, response) => response.json(await orders()))
app.post('/order/:id', async (request, response) => {
  await pool.query('insert into orders (product_id) select id from products where id = $1', [
    Number(request.params.id),
  ])
  response.redirect(303, '/')
})
app.get('/healthz', async (request, response) => {
  await pool.query('select 1')
  response.type('text').send('ok\n')
})

const server = app.listen(3000, () => console.log('the shop is open on port 3000'))
process.on('SIGTERM', () => server.close(() => process.exit(0)))

async function shop() {
  const [all, sold, version] = await Promise.all([products(), orders(), pool.query('show server_version')])
  return {
    products: all,
    orders: sold.length,
    database: version.rows[0].server_version.split(' ')[0],
    build: existsSync(path.join(folder, 'build.json'))
      ? JSON.parse(readFileSync(path.join(folder, 'build.json'), 'utf8'))
      : {},
    preview: process.env,
  }
}

async function products() {
  return (await pool.query('select id, name, origin, notes, cents, hue, badge from products order by id'))
    .rows
}

async function orders() {
  const text =
    'select orders.id, products.name, cents, ordered_at from orders join products on products.id = product_id order by 1'
  return (await pool.query(text)).rows
}
