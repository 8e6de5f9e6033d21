/** What one rendering may cost. Rendering cannot be interrupted, so its work is counted instead of its time. */
export interface Budget {
  /** Counts work on a value; long texts cost more. */
  spend(offset: number, characters?: number): void
  /** Counts characters of output. */
  write(offset: number, characters: number): void
}

export class BudgetSpent extends Error {
  readonly offset: number

  constructor(message: string, offset: number) {
    super(message)
    this.offset = offset
  }
}

const mostWork = 200_000
const mostOutput = 1024 * 1024

export function createBudget(): Budget {
  let work = 0
  let output = 0
  return {
    spend(offset, characters = 0) {
      work += 1 + Math.floor(characters / 32)
      if (work > mostWork)
        throw new BudgetSpent('the template does too much work here; use fewer or smaller loops', offset)
    },
    write(offset, characters) {
      output += characters
      if (output > mostOutput)
        throw new BudgetSpent('the rendered file grows over 1 MiB here; use fewer or smaller loops', offset)
    },
  }
}
