import type { Command } from 'commander'
import { isThisMachine } from './client/dispatcher.ts'
import { createHttp } from './client/http.ts'
import { writeLogin } from './client/login-file.ts'
import { read } from './client/read.ts'
import { serverUrl } from './client/server.ts'
import { userShape } from './client/shapes.ts'
import { example } from './connect.ts'
import { wrongUse } from './terminal/failure.ts'
import { askSecret } from './terminal/prompt.ts'
import { say, show, type World } from './terminal/world.ts'

/** `qaack login`: keeps the address of a server and a token that was seen to work there. */
export function loginCommand(program: Command, world: World): void {
  program
    .command('login')
    .description('keep the address of a server and a token for it')
    .argument('<url>', 'address of the server')
    .option('--token <token>', 'the token; else it is asked for, or read from stdin')
    .addHelpText(
      'after',
      example(
        'qaack login https://qaack.example.org',
        'qaack login http://127.0.0.1:3000 < data/admin-token',
      ),
    )
    .action((address: string, options: { token?: string }) => login(world, address, options.token))
}

async function login(world: World, address: string, given: string | undefined): Promise<void> {
  const url = serverUrl(address, '<url>')
  const { protocol, hostname } = new URL(url)
  if (protocol === 'http:' && !isThisMachine(hostname))
    say(world, `The token travels to ${url} unencrypted; prefer https.`)
  const token = given ?? (await askSecret(world, `Token for ${url}: `))
  if (!/^[\x21-\x7e]+$/.test(token))
    throw wrongUse('a token has at least one character and no blanks; give it with --token or on stdin')
  await read(
    createHttp({ url, token, source: 'the address given', tokenSource: 'the one given' }),
    '/api/user/info',
    userShape,
  )
  const path = writeLogin(world.env, { url, token })
  show(world, { url, path }, () => `Logged in: qaack now talks to ${url} (kept in ${path}).`)
}
