import { DatabaseSync, type SQLInputValue } from 'node:sqlite'
import type { Emptier } from './subject.ts'

/** Whatever tables there are, each gets the rows again that it has now. `path`: of a file that was just opened by a store. */
export function emptierOfFile(path: string): Emptier {
  const database = new DatabaseSync(path, { timeout: 5000 })
  const tables = database
    .prepare("select name from sqlite_schema where type = 'table'")
    .all()
    .map(({ name }) => {
      const table = `"${String(name)}"`
      return { table, rows: database.prepare(`select * from ${table}`).all() }
    })

  function refill({ table, rows }: (typeof tables)[number]): void {
    database.exec(`delete from ${table}`)
    for (const row of rows) {
      const values = Object.values(row) as SQLInputValue[]
      database.prepare(`insert into ${table} values (${values.map(() => '?').join()})`).run(...values)
    }
  }

  return {
    empty() {
      database.exec('begin immediate')
      tables.forEach(refill)
      database.exec('commit')
      return Promise.resolve()
    },
    close() {
      database.close()
      return Promise.resolve()
    },
  }
}
