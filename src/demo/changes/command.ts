import { once } from 'node:events'
import { request, type IncomingMessage } from 'node:http'
import { check } from '../prove.ts'
import { tell } from '../terminal.ts'
import type { Scene } from './scene.ts'
import { reactionsTo } from './seen.ts'
import { tellCommand } from './tell-seen.ts'

const coffee = 'Night Ferry'

/** People steer a preview by comments: here by a quick action of the Qaackfile. */
export async function runByComment(scene: Scene, change: number): Promise<void> {
  tell.step('Somebody buys a bag in the preview; Grace asks for its orders by a comment')
  await buy(scene, change)
  const comment = await tellCommand(
    scene,
    change,
    'grace',
    'Does the till work?\n\n/qaack run orders',
    new RegExp(coffee),
  )
  const reactions = await reactionsTo(scene.github, comment)
  check(reactions.length > 0, 'Her comment has no reaction')
  tell.proven(`her comment has the reactions ${reactions.join(' and ')} of qaack[bot], and one answer`)
}

/** By the button on the page. */
async function buy({ server }: Scene, change: number): Promise<void> {
  const host = `pr-${change}--shop.qaack.localhost`
  const all = JSON.parse((await server.get('/products.json', host)).body) as { id: number; name: string }[]
  const path = `/order/${all.find(({ name }) => name === coffee)?.id ?? 0}`
  const options = { host: '127.0.0.1', port: server.port, method: 'POST', path, headers: { host } }
  const [answer] = (await once(request(options).end(), 'response')) as [IncomingMessage]
  answer.resume()
  check(answer.statusCode === 303, `The order of ${coffee} was answered with ${answer.statusCode}`)
}
