import { seconds } from '../../setup/say.ts'
import { betterHeadline, headline } from '../headline.ts'
import { check, proveText } from '../prove.ts'
import { sampleFiles } from '../repository.ts'
import { tell } from '../terminal.ts'
import { product, proveProducts } from './products.ts'
import { followChange, type Scene } from './scene.ts'
import { untilSeen } from './seen.ts'
import { firstLine, oneComment, tellReady } from './tell-seen.ts'

/** A change, and the one comment on it. */
export interface OwnChange {
  change: number
  comment: number
}

/** Ada opens a change: what people see of it while it is built, and when it is ready. */
export async function openChange(scene: Scene): Promise<OwnChange> {
  const { github } = scene
  tell.step('Ada opens a change')
  const ada = github.user('ada')
  const title = 'A new look, and coffee from Sumatra'
  const hash = await ada.push('new-look', `feat: ${title}`, sampleFiles('new-look'))
  // so that what is built is neither the one nor the other, but both
  const meanwhile = product('003_winter', 'First Frost', 'Cajamarca, Peru')
  await github.user('grace').push('main', 'feat: coffee for winter', meanwhile)
  tell.plain('  Meanwhile Grace has pushed another coffee to main, First Frost.')
  const change = await ada.openChange({ title, head: 'new-look' })
  tell.plain(`  acme/shop#${change} “${title}”, new-look into main`)
  const begun = performance.now()
  const first = await untilSeen(github, change, ({ comments }) => comments.length > 0, 'there is a comment')
  tell.plain(`  ${seconds(performance.now() - begun)} later qaack[bot] comments: ${firstLine(first)}`)
  const preview = await followChange(scene, change, 1)
  const seen = await tellReady(scene, change, hash)
  await proveProducts(scene.server, preview, ['Night Ferry', 'First Frost'], 8)
  tell.proven('that is the merged result: Night Ferry is only in the change, First Frost only in main')
  const comment = oneComment(seen).id
  check(oneComment(first).id === comment, 'There is another comment than at first')
  tell.proven(`comment ${comment} is the one that said “${firstLine(first)}”, and the only one`)
  return { change, comment }
}

/** Ada pushes: the preview and the same comment follow. Gives what is to be told of it when it is ready. */
export async function pushToChange(
  scene: Scene,
  { change, comment }: OwnChange,
): Promise<() => Promise<void>> {
  const begun = performance.now()
  const files = { 'web/page.js': betterHeadline() }
  const hash = await scene.github.user('ada').push('new-look', 'feat: a better headline', files)
  const preview = await followChange(scene, change, 2, true)
  return async () => {
    tell.step('The same comment on the change of Ada')
    const seen = await tellReady(scene, change, hash)
    check(oneComment(seen).id === comment, `It is not comment ${comment} that was edited`)
    tell.proven(`comment ${comment} was edited, there is no second one`)
    await proveText(scene.server, preview, headline)
    tell.plain(`  ${seconds(performance.now() - begun)} from the push to this`)
  }
}
