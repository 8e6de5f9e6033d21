import { findCircle } from '../order.ts'
import { suggestion } from '../nearest.ts'
import { childOf, pairsOf, type Path, type Tree } from '../yaml/tree.ts'
import type { Finding } from './finding.ts'
import { textOf, type Outline } from './outline.ts'

/** Faults where one part of the file names another. */
export function checkReferences(tree: Tree, outline: Outline): Finding[] {
  const names = outline.services.map(({ name }) => name)
  return [
    ...outline.services.flatMap(({ dependsOn }) =>
      dependsOn.flatMap(({ text, path }) => checkService(text, path, names)),
    ),
    ...checkCircle(outline),
    ...outline.aliases.flatMap(({ service, path }) =>
      service === null ? [] : checkService(service, path, names),
    ),
    ...pairsOf(childOf(tree, 'quick_actions')).flatMap(({ key, value }) => {
      const service = textOf(childOf(value, 'service'))
      return service === null ? [] : checkService(service, ['quick_actions', key, 'service'], names)
    }),
    ...pairsOf(childOf(tree, 'make_reusable')).flatMap(({ key, value }) =>
      checkSavePoint(value, ['make_reusable', key, 'on'], outline),
    ),
  ]
}

/** Also as many as are compared: a hostile file names thousands of services thousands of times. */
const mostShown = 24

function checkService(name: string, path: Path, names: string[]): Finding[] {
  if (names.includes(name)) return []
  const meant =
    suggestion(name, names.slice(0, mostShown)) || ` There are ${names.slice(0, mostShown).join(', ')}.`
  return [
    { path, at: 'value', message: `names the service ${shown(name)}, which is not in this file.${meant}` },
  ]
}

function checkCircle({ services }: Outline): Finding[] {
  const circle = findCircle(
    services.map(({ name, dependsOn }) => ({ name, dependsOn: dependsOn.map(({ text }) => text) })),
  )
  if (circle === null) return []
  const path = ['services', circle[0] ?? '', 'depends_on']
  return [{ path, at: 'name', message: `is a circle: ${circle.join(' -> ')}; take one of them out` }]
}

function checkSavePoint(value: Tree, path: Path, { services }: Outline): Finding[] {
  const on = textOf(childOf(value, 'on'))
  const dot = on?.indexOf('.') ?? -1
  if (on === null || dot < 1) return []
  const names = services.map(({ name }) => name)
  const service = services.find(({ name }) => name === on.slice(0, dot))
  if (!service) return checkService(on.slice(0, dot), path, names)
  const steps = service.steps.map(({ text }) => text)
  const step = on.slice(dot + 1)
  if (steps.includes(step)) return []
  const meant =
    suggestion(step, steps.slice(0, mostShown)) ||
    (steps.length > 0 ? ` It has ${steps.slice(0, mostShown).join(', ')}.` : ' It has no steps.')
  return [
    {
      path,
      at: 'value',
      message: `names the step ${shown(step)}, which the service ${service.name} does not have.${meant}`,
    },
  ]
}

function shown(name: string): string {
  return name.length > 60 ? `${name.slice(0, 60)}…` : name
}
