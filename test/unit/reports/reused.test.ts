import assert from 'node:assert/strict'
import test from 'node:test'
import type { ReusableFacts } from '../../../src/environments/environment.ts'
import { nobodyAsked } from '../../../src/builds/reuse/choose.ts'
import { reusedLine } from '../../../src/reports/comment-reused.ts'
import type { ReportFacts } from '../../../src/reports/facts.ts'
import type { Phase } from '../../../src/reports/phase.ts'

const cases: [string, Phase['kind'], ReusableFacts, string][] = [
  [
    'what was used, and why that could be',
    'ready',
    { used: 'deps', saved: [], why: 'nothing that led to it has changed' },
    'Started from `deps`: nothing that led to it has changed.',
  ],
  [
    'why nothing was used',
    'failed',
    { used: null, saved: ['deps'], why: 'the commands of web.install changed' },
    'Nothing saved was used: the commands of web.install changed.',
  ],
  [
    'a reset',
    'ready',
    { used: 'reset', saved: [], why: 'a reset was asked for' },
    'Reset to what was saved right after the build.',
  ],
  ['nothing where nobody asked', 'ready', { used: null, saved: [], why: nobodyAsked }, ''],
  ['nothing of a build that did not begin', 'waiting', { used: 'deps', saved: [], why: 'old' }, ''],
]
for (const [what, kind, reusable, line] of cases)
  test(`a change says ${what}`, () => {
    const phase = { kind, build: {} } as unknown as Phase
    assert.equal(reusedLine(phase, { environment: { reusable } } as unknown as ReportFacts), line)
  })
