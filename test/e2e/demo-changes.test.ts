import assert from 'node:assert/strict'
import test from 'node:test'
import { nothingLeft, run } from './demo.ts'

test('the demo of changes proves each of its steps, and leaves nothing', { timeout: 300_000 }, () => {
  const { status, stdout, all, left } = run('--github', '--once')
  assert.equal(status, 0, all)
  const proofs = [
    /A GitHub on this machine \(emulate\)/,
    /✔ the server found acme\/shop by itself/,
    /│ ✅ Preview ready/,
    /✔ status +qaack: success/,
    /✔ check +qaack: success/,
    /✔ deployment +qaack\/pr-1 of [0-9a-f]{7}: success/,
    /✔ http:\/\/pr-1--shop\.qaack\.localhost:\d+ .* 8 coffees/,
    /✔ that is the merged result/,
    /│ 🔒 Preview waits for approval/,
    /nothing of the fork was built/,
    /✔ comment \d+ was edited, there is no second one/,
    /shows “in a brown paper bag”/,
    /✔ env: \d+ variables in its 3 containers; no token/,
    /waits for an approval of its own/,
    /│ +1 \| Night Ferry \| 15\.90/,
    /✔ her comment has the reactions eyes and rocket/,
    /│ 🏁 Merged/,
    /│ 🏁 Closed/,
    /✔ deployment +qaack\/pr-2: inactive/,
    /✔ pr-1--shop\.qaack\.localhost answers 404; nothing of its environment \w+ is left/,
    nothingLeft,
  ]
  for (const proof of proofs) assert.match(stdout, proof)
  assert.deepEqual(left, [])
})
