import pg from 'pg'

export function connect() {
  const connectionString = process.env.DATABASE_URL ?? 'postgres://postgres@localhost/shop'
  return new pg.Pool({ connectionString, max: 5, connectionTimeoutMillis: 5_000 })
}
