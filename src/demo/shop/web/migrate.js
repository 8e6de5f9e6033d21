import { readFileSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { connect } from './database.js'

const folder = path.join(import.meta.dirname, 'migrations')
const pool = connect()

await pool.query(
  'create table if not exists migrations (name text primary key, ran_at timestamptz default now())',
)
const { rows } = await pool.query('select name from migrations')
const done = new Set(rows.map((row) => row.name))

for (const name of readdirSync(folder).sort()) {
  if (done.has(name)) continue
  const client = await pool.connect()
  try {
    await client.query('begin')
    await client.query(readFileSync(path.join(folder, name), 'utf8'))
    await client.query('insert into migrations (name) values ($1)', [name])
    await client.query('commit')
    console.log(`migrated: ${name}`)
  } catch (error) {
    await client.query('rollback')
    throw error
  } finally {
    client.release()
  }
}

const { rows: products } = await pool.query('select count(*) from products')
console.log(`the shop has ${products[0].count} products`)
await pool.end()
