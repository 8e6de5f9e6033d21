import type { BuildRecord } from '../../../src/builds/build.ts'
import type { ReportFacts } from '../../../src/reports/facts.ts'
import { reportKinds } from '../../../src/reports/report.ts'
import { defaultSettings } from '../../../src/repositories/repository.ts'
import { service } from '../proxy/records.ts'
import { build, change, environment, facts, now, offered, older, repository } from './records.ts'

const fork = { fork: true, author: 'mallory' }
const all = [...reportKinds]
const running: Partial<BuildRecord> = { status: 'running', outcome: null, endedAt: null, steps: [] }
const busy = { serving: null, builtAt: null, services: [] }
const failedSteps = [
  { service: 'web', step: 'install', startedAt: now + 3_000, endedAt: now + 15_300, exitCode: 0 },
  { service: 'web', step: 'build', startedAt: now + 15_300, endedAt: now + 65_000, exitCode: 2 },
]

function stepFailure(output: string) {
  const reason = `step web.build failed with exit code 2: npm run build\n${output}`
  return {
    environment: environment({ state: 'failed', reason, serving: null }),
    build: build({ outcome: 'failed', reason, steps: failedSteps }),
  }
}

const faults = [
  {
    file: 'qaack/qaack.yml',
    line: 4,
    column: 11,
    path: 'services.web.port',
    message: 'must be a number from 1 to 65535',
  },
  { file: 'qaack/qaack.yml', line: 9, column: 1, path: '', message: 'tabs are not allowed here' },
]
const faultsReason =
  'qaack/qaack.yml has 2 faults:\n' +
  'qaack/qaack.yml:4:11 services.web.port: must be a number from 1 to 65535\n' +
  'qaack/qaack.yml:9:1 tabs are not allowed here'

/** One report for each state that a change can be in. Name = files of what is expected. */
export const scenarios: Record<string, ReportFacts> = {
  'not-decided': facts({ change: change({ verdict: null }), environment: null, build: null }),
  waiting: facts({
    environment: environment({ ...busy, state: 'creating' }),
    build: build({ ...running, status: 'waiting', stage: 'create', source: null, startedAt: null }),
  }),
  'not-begun': facts({ environment: null, build: null }),
  creating: facts({
    environment: environment({ ...busy, state: 'creating' }),
    build: build({ ...running, stage: 'create' }),
  }),
  queued: facts({
    environment: environment({ ...busy, state: 'queued', services: environment().services }),
    build: build({ ...running, status: 'waiting' }),
  }),
  building: facts({ environment: environment({ ...busy, state: 'building' }), build: build(running) }),
  created: facts({
    environment: environment({ state: 'created', serving: null }),
    build: build({ outcome: 'created', stage: 'create', wantsBuild: false, steps: [] }),
  }),
  ready: facts({
    log: '==> web.build: npm run build\nweb | built in 3 s\n==> ready after 63.0 s\n',
    clones: [environment({ id: 'klonklonkl', name: null })],
  }),
  'ready-plain': facts({
    environment: environment({
      name: null,
      expiresAt: null,
      ttl: 0,
      aliases: {},
      services: [service('web', { default: true })],
    }),
    build: build({ steps: [], source: { commit: offered, target: null, qaackfile: offered, trusted: true } }),
    webUrl: null,
    baseUrl: { scheme: 'http', domain: 'qaack.localhost', port: 3000 },
  }),
  // The worker that lets the older commit's build finish, because it was cut short too often.
  patience: facts({
    environment: environment({ ...busy, state: 'building', next: offered }),
    build: build({ ...running, hash: older }),
  }),
  'ready-stale': facts({
    change: change({
      verdict: { kind: 'ignored', hash: offered, why: 'path filter: nothing below web/ was changed' },
    }),
    environment: environment({ serving: { hash: older, stale: true } }),
    build: build({ hash: older }),
    published: all,
  }),
  // Written down a moment after the build has begun.
  'decision-behind': facts({
    change: change({ verdict: { kind: 'build', hash: older, why: '' } }),
    environment: environment({ ...busy, state: 'building' }),
    build: build(running),
  }),
  'decision-behind-closed': facts({
    change: change({ state: 'closed' }),
    environment: null,
    build: null,
    published: all,
  }),
  hindered: facts({
    change: change({
      verdict: {
        kind: 'build',
        hash: offered,
        why: 'environment abcdefghij has locked services; unlock them before you rebuild it',
      },
    }),
    environment: environment({
      ref: { type: 'change', name: '12', hash: older },
      serving: { hash: older, stale: true },
      services: [service('web', { default: true, locked: true })],
    }),
    build: build({ hash: older }),
    published: all,
  }),
  ignored: facts({
    change: change({
      verdict: { kind: 'ignored', hash: offered, why: 'path filter: nothing below web/ was changed' },
    }),
    environment: null,
    build: null,
  }),
  'ignored-on-demand': facts({
    change: change({ verdict: { kind: 'ignored', hash: offered, why: 'the change is a draft' } }),
  }),
  removed: facts({
    change: change({ verdict: { kind: 'remove', hash: offered, why: 'it has the label no-preview' } }),
    environment: null,
    build: null,
    published: all,
  }),
  'silent-before': facts({
    change: change({
      verdict: { kind: 'silent', hash: offered, why: 'there is no Qaackfile at this commit' },
    }),
    environment: null,
    build: null,
  }),
  'silent-after': facts({
    change: change({
      verdict: { kind: 'silent', hash: offered, why: 'there is no Qaackfile at this commit' },
    }),
    environment: null,
    build: null,
    published: all,
  }),
  'failed-step': facts(stepFailure('src/shop.ts:3:1 error: `total` is not defined\nnpm error code 2')),
  'failed-conflict': facts({
    environment: environment({
      ...busy,
      state: 'failed',
      reason: 'merge conflict with main in web/a.txt, web/b.txt',
    }),
    build: build({
      outcome: 'failed',
      source: null,
      steps: [],
      reason: 'merge conflict with main in web/a.txt, web/b.txt',
    }),
    log: '==> failed: merge conflict with main in web/a.txt, web/b.txt\n',
  }),
  'failed-image': facts({
    environment: environment({ ...busy, state: 'failed', reason: 'service web: there is no image node:99' }),
    build: build({
      outcome: 'failed',
      stage: 'create',
      steps: [],
      reason: 'service web: there is no image node:99',
    }),
    log: '==> creating 3 services of change 12 at abc1234\nweb | pulling node:99\n==> failed: service web: there is no image node:99\n',
  }),
  'failed-qaackfile': facts({
    environment: environment({ ...busy, state: 'failed', reason: faultsReason }),
    build: build({
      outcome: 'failed',
      stage: 'create',
      steps: [],
      reason: faultsReason,
      faults,
      source: null,
    }),
    log: '==> failed: qaack/qaack.yml has 2 faults:\n',
  }),
  'failed-later': facts({
    environment: environment({
      state: 'failed',
      reason: 'service web ended with exit code 137: it used more than 2 GiB of memory\nKilled',
      serving: null,
    }),
  }),
  broken: facts({
    environment: environment({ ...busy, state: 'failed', reason: "Qaack's worker was lost, 3 times" }),
    build: build({ outcome: 'lost', reason: "Qaack's worker was lost, 3 times", steps: [] }),
  }),
  cancelled: facts({
    environment: environment({ state: 'cancelled', reason: 'cancelled on request', serving: null }),
    build: build({ outcome: 'cancelled', reason: 'cancelled on request' }),
    log: 'web | half a line',
  }),
  deleted: facts({
    environment: environment({
      ...busy,
      state: 'empty',
      reason: 'deleted on request',
      expiresAt: null,
      ttl: 0,
    }),
    published: all,
  }),
  'deleted-while-building': facts({
    environment: environment({ ...busy, state: 'empty', reason: 'deleted on request' }),
    build: build({ outcome: 'cancelled', reason: 'deleted on request' }),
    published: all,
  }),
  expired: facts({
    environment: environment({ ...busy, state: 'empty', reason: 'its time to live of 120 minutes is over' }),
    published: all,
  }),
  approval: facts({
    change: change({
      ...fork,
      verdict: { kind: 'approval', hash: offered, why: 'its code comes from a fork' },
    }),
    environment: null,
    build: null,
  }),
  'approval-again': facts({
    change: change({
      ...fork,
      approved: { hash: older, target: 'main', by: 'ada', at: now },
      verdict: { kind: 'approval', hash: offered, why: 'its code comes from a fork' },
    }),
    repository: {
      ...repository,
      settings: { ...defaultSettings, change: { build: 'merge', forkQaackFile: 'head' } },
    },
    environment: environment({ serving: { hash: older, stale: true } }),
    build: build({ hash: older }),
    published: all,
  }),
  approved: facts({
    change: change({ ...fork, approved: { hash: offered, target: 'main', by: 'ada', at: now } }),
  }),
  merged: facts({
    change: change({
      state: 'merged',
      verdict: { kind: 'closed', hash: offered, why: 'the change was merged' },
    }),
    environment: null,
    build: null,
    published: all,
  }),
  closed: facts({
    change: change({
      state: 'closed',
      verdict: { kind: 'closed', hash: offered, why: 'the change was closed' },
    }),
    environment: null,
    build: null,
    published: all,
  }),
  'closed-failed': facts({
    ...stepFailure('error'),
    change: change({
      state: 'merged',
      verdict: { kind: 'closed', hash: offered, why: 'the change was merged' },
    }),
    environment: null,
    published: all,
  }),
  'closed-locked': facts({
    change: change({
      state: 'closed',
      verdict: {
        kind: 'closed',
        hash: offered,
        why: 'the change was closed; its preview stays, because service web is locked',
      },
    }),
    environment: environment({
      services: [service('web', { default: true, locked: true })],
      expiresAt: null,
    }),
    published: all,
  }),
  'closed-before': facts({
    change: change({
      state: 'closed',
      verdict: { kind: 'closed', hash: offered, why: 'the change was closed' },
    }),
    environment: null,
    build: null,
  }),
}
