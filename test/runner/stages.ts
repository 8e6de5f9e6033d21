/** In the order they run: the quick ones first. The last one is what there is no time for in every run; `npm run soak` runs it. */
export const stages = ['lint', 'types', 'unit', 'contract', 'integration', 'e2e', 'soak'] as const

/** What is run at once, in this order. */
export const rounds: Stage[][] = [['types', 'unit'], ['contract'], ['lint', 'integration'], ['e2e']]

export type Stage = (typeof stages)[number]

export function isStage(text: string): text is Stage {
  return stages.some((stage) => stage === text)
}
