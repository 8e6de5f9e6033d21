/**
 * The whole suite: `npm test`, one stage of it: `npm test -- unit`, or what of a stage has a text in its path:
 * `npm test -- unit queue`. Ends with one line of counts, and with 1 if anything failed.
 */
import { isStage, rounds, stages } from './runner/stages.ts'
import { addCounts, none, type Counts } from './runner/counts.ts'
import { runStage } from './runner/run-stage.ts'

const [first, ...rest] = process.argv.slice(2)
if (first !== undefined && !isStage(first)) {
  console.error(`There is no stage ${first}; the stages are ${stages.join(', ')}.`)
  process.exit(2)
}

let total: Counts = none
// Together where one of two mostly waits; each has several of its own files at once.
for (const together of first === undefined ? rounds : [[first]]) {
  const counts = await Promise.all(together.map((stage) => runStage(stage, rest)))
  total = counts.reduce(addCounts, total)
}

const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : ''
console.log(`\n${total.passed} passed, ${total.failed} failed${skipped}`)
// whatever a failed test left open must not keep the run from ending
process.exit(total.failed > 0 || total.passed === 0 ? 1 : 0)
