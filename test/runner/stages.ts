/** The last one is what there is no time for in every run; `npm run soak` runs it. */
export const stages = ['lint', 'types', 'unit', 'contract', 'integration', 'e2e', 'soak'] as const

export type Stage = (typeof stages)[number]

/** What has test files; the others are one program each. */
export type TestStage = Exclude<Stage, 'lint' | 'types'>

/** Needs an engine, a PostgreSQL, a browser … on the machine. */
export type MachineStage = Exclude<TestStage, 'unit'>

export function isStage(text: string): text is Stage {
  return stages.some((stage) => stage === text)
}
