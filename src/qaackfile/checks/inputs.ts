import { childOf, itemsOf, pairsOf } from '../yaml/tree.ts'
import type { Finding } from './finding.ts'
import type { Outline } from './outline.ts'

/** Each is compared with the path of every file of a repository. */
const mostInputs = 200

/** More inputs in all than can be looked for. */
export function checkInputs({ services }: Outline): Finding[] {
  const counts = services.map(({ path, tree }) => {
    const commands = childOf(tree, 'commands')
    const steps = [...pairsOf(commands).map(({ value }) => value), ...itemsOf(commands)]
    const count = steps.reduce((sum, step) => sum + itemsOf(childOf(step, 'inputs')).length, 0)
    return { path: [...path, 'commands'], count }
  })
  const all = counts.reduce((sum, { count }) => sum + count, 0)
  const [most] = counts.toSorted((one, other) => other.count - one.count)
  if (all <= mostInputs || !most) return []
  const message = `have most of ${all} inputs, and a file may have ${mostInputs}; use wildcards such as src/*`
  return [{ path: most.path, at: 'name', message }]
}
