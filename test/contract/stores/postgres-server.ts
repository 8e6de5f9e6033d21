import { execFileSync, spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, existsSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { Client } from 'pg'

export interface PostgresServer {
  /**
   * Address of the one database that there is from the start, emptied: who used it before must have closed it. Ten times as
   * fast as a new one, which copies a template.
   */
  emptyDatabase(): Promise<string>
  /** Address of a new, empty database. */
  newDatabase(): Promise<string>
  /** Stops the server at once and starts it again on the same data, as after a crash. */
  restart(): Promise<void>
  stop(): Promise<void>
}

/** A PostgreSQL of our own on a unix socket in a temporary directory; no port, so nothing to collide with. */
export async function startPostgres(): Promise<PostgresServer> {
  const programs = findPrograms()
  const owner = ownerOfServer()
  const directory = mkdtempSync(join(tmpdir(), 'qaack-pg-'))
  if (owner) chownSync(directory, owner.uid, owner.gid)
  const data = join(directory, 'data')
  execFileSync(
    join(programs, 'initdb'),
    ['-D', data, '-U', 'qaack', '-A', 'trust', '-E', 'UTF8', '--locale=C', '-N'],
    { ...owner, cwd: directory, stdio: ['ignore', 'ignore', 'pipe'] },
  )
  let server = await start()

  async function start(): Promise<ChildProcess> {
    // The server waits this long before it looks for a deadlock, a second if it is not told otherwise.
    const settings = ['listen_addresses=', 'fsync=off', 'max_connections=60', 'deadlock_timeout=20ms']
    const options = ['-D', data, '-k', directory, ...settings.flatMap((one) => ['-c', one])]
    const child = spawn(join(programs, 'postgres'), options, {
      ...owner,
      cwd: directory,
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    await listening(child)
    return child
  }

  async function end(signal: NodeJS.Signals): Promise<void> {
    if (server.exitCode !== null || server.signalCode !== null) return
    const gone = once(server, 'exit')
    server.kill(signal)
    await gone
  }

  const urlOf = (name: string) => `postgres://qaack@localhost/${name}?host=${encodeURIComponent(directory)}`
  let databases = 0

  async function query(text: string): Promise<void> {
    const client = new Client({ connectionString: urlOf('postgres') })
    await client.connect()
    await client.query(text)
    await client.end()
  }

  return {
    async emptyDatabase() {
      await query('drop schema public cascade; create schema public')
      return urlOf('postgres')
    },
    async newDatabase() {
      const name = `test${++databases}`
      await query(`create database ${name}`)
      return urlOf(name)
    },
    async restart() {
      // "Immediate shutdown": connections are cut and nothing is written out.
      await end('SIGQUIT')
      server = await start()
    },
    async stop() {
      await end('SIGINT')
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

/** The server says on standard error when it is ready; what else it says is kept for the case that it ends. */
async function listening(child: ChildProcess): Promise<void> {
  let said = ''
  await new Promise<void>((resolve, reject) => {
    child.stderr?.on('data', (chunk: Buffer) => {
      said += chunk.toString()
      if (said.includes('ready to accept connections')) resolve()
    })
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`postgres ended with ${code}:\n${said}`)))
  })
}

function findPrograms(): string {
  const installed = globSync('/usr/lib/postgresql/*/bin').sort()
  const onPath = (process.env['PATH'] ?? '').split(delimiter)
  const found = [...installed.reverse(), ...onPath].find((one) => existsSync(join(one, 'initdb')))
  if (!found)
    throw new Error('These tests need a PostgreSQL server: install the Debian package "postgresql".')
  return found
}

/** PostgreSQL refuses to run as root; the package brings a user for it. */
function ownerOfServer(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
  const user = users.find(([name]) => name === 'postgres') ?? users.find(([name]) => name === 'nobody')
  if (!user) throw new Error('PostgreSQL does not run as root, and there is no user "postgres" to run it as.')
  return { uid: Number(user[2]), gid: Number(user[3]) }
}
