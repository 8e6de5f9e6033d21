import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { interrupted } from './failure.ts'
import type { World } from './world.ts'

/** A secret: typed without echo at a terminal, else the first line of stdin. */
export async function askSecret(world: World, question: string): Promise<string> {
  if (!world.stdin.isTTY) return ((await text(world.stdin)).split('\n', 1)[0] ?? '').trim()
  world.stderr.write(question)
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
  const answer = await ask(world, nowhere, '').finally(() => world.stderr.write('\n'))
  return answer.trim()
}

/** Whether a person at the terminal agrees; where nobody sits, whoever wrote the script has agreed. */
export async function confirm(world: World, question: string): Promise<boolean> {
  if (!world.stdin.isTTY || !world.stderr.isTTY) return true
  const answer = await ask(world, world.stderr, `${question} [y/N] `)
  return /^y(es)?$/i.test(answer.trim())
}

function ask(world: World, output: Writable, question: string): Promise<string> {
  const reader = createInterface({ input: world.stdin, output, terminal: true })
  return new Promise((resolve, reject) => {
    reader.on('SIGINT', () => reject(interrupted()))
    reader.on('close', () => resolve(''))
    reader.question(question, resolve)
  }).finally(() => reader.close()) as Promise<string>
}
