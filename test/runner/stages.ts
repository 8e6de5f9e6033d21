/** In the order they run: the quick ones first. */
export const stages = ['lint', 'types', 'unit', 'contract', 'integration', 'e2e'] as const

/** What is run at once, in this order. */
export const rounds: Stage[][] = [['types', 'unit'], ['contract'], ['lint', 'integration'], ['e2e']]

export type Stage = (typeof stages)[number]

export function isStage(text: string): text is Stage {
  return stages.some((stage) => stage === text)
}
