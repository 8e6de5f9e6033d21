/**
 * The whole suite: `npm test`, one stage of it: `npm test -- unit`, or what of a stage has a text in its path:
 * `npm test -- unit queue`. Ends with one line of counts, and with 1 if anything failed.
 */
import { isStage, stages } from './runner/stages.ts'
import { runAll } from './runner/run-all.ts'
import { runStage } from './runner/run-stage.ts'

const [first, ...rest] = process.argv.slice(2)
if (first !== undefined && !isStage(first)) {
  console.error(`There is no stage ${first}; the stages are ${stages.join(', ')}.`)
  process.exit(2)
}

const { passed, failed, skipped } = await (first === undefined ? runAll() : runStage(first, rest))

console.log(`\n${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`)
// whatever a failed test left open must not keep the run from ending
process.exit(failed > 0 || passed === 0 ? 1 : 0)
