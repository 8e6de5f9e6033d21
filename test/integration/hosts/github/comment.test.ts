import { after, before, beforeEach } from 'node:test'
import { commentCases } from '../comment-cases.ts'
import { disturbOnce, openDesk, type Desk } from './desk.ts'

let desk: Desk
before(async () => {
  desk = await openDesk()
})
after(() => desk.github.close())
beforeEach(() => {
  desk.github.faults = undefined
})

const creation = ({ method, path }: { method: string; path: string }) =>
  method === 'POST' && path.endsWith('/comments')
const kinds = ['done-then-drop', 'server-error', 'bad-gateway'] as const

commentCases({
  desk: () => desk,
  losses: Object.fromEntries(
    kinds.map((kind) => [kind, () => disturbOnce(desk.github, kind, creation)] as const),
  ),
  async reactions(id) {
    const path = `/repos/acme/shop/issues/comments/${id}/reactions`
    return ((await desk.ada.api('GET', path)) as { content: string }[]).map(({ content }) => content)
  },
})
