import { childOf, itemsOf } from '../yaml/tree.ts'
import type { Finding } from './finding.ts'
import { textOf, type Mention, type Outline, type ServiceOutline } from './outline.ts'

/** What stands twice in a list where it may stand once. */
export function checkRepeats({ services }: Outline): Finding[] {
  return services.flatMap((service) => [
    ...repeated(
      service.steps,
      'is the name of another step of this service too; steps need names of their own',
    ),
    ...repeated(service.dependsOn, 'stands twice; keep one'),
    ...repeated(mountsOf(service), 'is the mount of another volume of this service too'),
  ])
}

function repeated(mentions: Mention[], message: string): Finding[] {
  const seen = new Set<string>()
  return mentions.flatMap(({ text, path, at }) => {
    const again = seen.has(text)
    seen.add(text)
    return again ? [{ path, at, message }] : []
  })
}

function mountsOf({ tree, path }: ServiceOutline): Mention[] {
  return itemsOf(childOf(tree, 'volumes')).flatMap((item, index) => {
    const text = textOf(childOf(item, 'mount'))
    return text === null ? [] : [{ text, path: [...path, 'volumes', index, 'mount'], at: 'value' as const }]
  })
}
