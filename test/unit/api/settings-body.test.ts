import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { readSettings, settingsBody } from '../../../src/api/settings-body.ts'
import { settingsView, viewSettings } from '../../../src/api/settings-view.ts'
import { isQaackError } from '../../../src/errors.ts'
import { defaultSettings } from '../../../src/repositories/repository.ts'

const encode = (text: string) => Buffer.from(text, 'utf8').toString('base64')

test('a Qaackfile comes out as it went in, whatever is in it', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const { qaackFile } = readSettings(
        settingsBody.parse({ qaackFile: { mode: 'panel', qaackFile: encode(text) } }),
      )
      assert.deepEqual(qaackFile, { mode: 'panel', qaackFile: text })
      const kept = { ...defaultSettings, qaackFile: { mode: 'panel' as const, qaackFile: text } }
      assert.equal(viewSettings(kept).qaackFile.qaackFile, encode(text))
    }),
  )
})

test('base64 may be broken into lines and come without padding', () => {
  const text = 'services:\n'.repeat(20)
  const wrapped = encode(text).replace(/.{76}/g, '$&\n').replace(/=+$/, '')
  assert.equal(readSettings({ qaackFile: { qaackFile: wrapped } }).qaackFile?.qaackFile, text)
})

test('what is no base64, no text or too big is refused with its path', () => {
  const refused = [
    { text: 'services: {}', message: /must be base64/ },
    { text: Buffer.from([0xff, 0xfe, 0x41]).toString('base64'), message: /UTF-8/ },
    { text: encode('x'.repeat(256 * 1024 + 1)), message: /256 KiB/ },
  ]
  for (const { text, message } of refused) {
    assert.throws(
      () => readSettings({ qaackFile: { qaackFile: text } }, 'settings.'),
      (error) =>
        isQaackError(error, 'invalid') &&
        error.path === 'settings.qaackFile.qaackFile' &&
        message.test(error.message),
    )
  }
})

test('only what is named is in the change', () => {
  assert.deepEqual(readSettings(settingsBody.parse({})), {})
  assert.deepEqual(readSettings(settingsBody.parse({ webhook: { tags: false } })), {
    webhook: { tags: false },
  })
  assert.deepEqual(readSettings(settingsBody.parse({ qaackFile: { mode: 'both' } })), {
    qaackFile: { mode: 'both' },
  })
})

test('a time to live of zero is left out of the answer', () => {
  assert.equal('environmentTTL' in viewSettings(defaultSettings), false)
  assert.equal(viewSettings({ ...defaultSettings, environmentTTL: 5 }).environmentTTL, 5)
})

test('what steers changes is taken as it is and answered the same', () => {
  const steering = {
    webhook: {
      ...defaultSettings.webhook,
      include: ['feature/*', 'größe, 2'],
      paths: ['web/*', '*.sql', 'a b/c?.ts'],
      pathsIgnore: ['docs/*'],
      drafts: false,
      labels: ['preview', 'needs: a look, please'],
      labelsIgnore: ['no-preview'],
    },
    change: { build: 'head' as const, forkQaackFile: 'head' as const },
    report: { comment: true, status: false, check: false, deployment: false },
  }
  assert.deepEqual(readSettings(settingsBody.parse(steering)), steering)
  const { webhook, change, report } = viewSettings({ ...defaultSettings, ...steering })
  assert.deepEqual({ webhook, change, report }, steering)
})

test('what is rebuilt, how and within which limits is taken as it is and answered the same', () => {
  const rest = {
    scheduledRebuild: { mode: 'notclones' as const, hour: '23:59' },
    rebuild: 'replace' as const,
    reset: true,
    limits: { memory: 512 * 1024 ** 2, cpus: 0.5, pids: 100 },
  }
  const body = { ...rest, limits: { ...rest.limits, memory: '512m' } }
  assert.deepEqual(readSettings(settingsBody.parse(body)), rest)
  const { scheduledRebuild, rebuild, reset, limits } = viewSettings({ ...defaultSettings, ...rest })
  assert.deepEqual({ scheduledRebuild, rebuild, reset, limits }, rest)
  assert.deepEqual(settingsBody.parse({ limits: { memory: 0, cpus: 0, pids: 0 } }), {
    limits: { memory: 0, cpus: 0, pids: 0 },
  })
  assert.deepEqual(settingsBody.parse({ limits: { memory: '0' } }), { limits: { memory: 0 } })
})

test('of the key only the public half is answered, and not before there is one', () => {
  assert.equal('sshPublicKey' in viewSettings(defaultSettings), false)
  const key = { public: 'ssh-rsa AAAA qaack-shop', private: 'v1.sealed' }
  const answer = viewSettings(defaultSettings, key)
  assert.equal(answer.sshPublicKey, key.public)
  assert.doesNotMatch(JSON.stringify(answer), /sealed/)
})

test('the answer holds every setting', () => {
  const answer = settingsView.strict().parse(viewSettings({ ...defaultSettings, environmentTTL: 1 }))
  assert.deepEqual(
    Object.keys(answer)
      .filter((key) => key !== 'variables')
      .sort(),
    Object.keys(defaultSettings).sort(),
  )
  const { qaackFile, ...others } = defaultSettings
  assert.deepEqual(
    { ...answer, ...{ qaackFile, variables: undefined } },
    { ...others, environmentTTL: 1, qaackFile, variables: undefined },
  )
})

test('values that could never have an effect are refused', () => {
  const refused: [object, RegExp][] = [
    [{ webhook: { paths: ['/web/*'] } }, /without a slash at its ends; all below web is web\/\*/],
    [{ webhook: { pathsIgnore: ['docs/'] } }, /without a slash at its ends/],
    [{ webhook: { paths: [''] } }, /must be a path/],
    [{ webhook: { labels: [' '] } }, /must be the name of a label/],
    [{ webhook: { exclude: ['a\nb'] } }, /must be one line of text/],
    [{ webhook: { labelsIgnore: ['x'.repeat(256)] } }, /255/],
    [{ webhook: { paths: Array(201).fill('a') } }, /200/],
    [{ webhook: { drafts: 'no' } }, /boolean/],
    [{ change: { build: 'rebase' } }, /merge/],
    [{ change: { forkQaackFile: 'fork' } }, /base/],
    [{ report: { badge: true } }, /badge/],
    [{ scheduledRebuild: { hour: '24:00' } }, /hh:mm/],
    [{ scheduledRebuild: { hour: '3:00' } }, /UTC/],
    [{ scheduledRebuild: { mode: 'weekly' } }, /reusables/],
    [{ rebuild: 'inplace' }, /beside/],
    [{ reset: 'yes' }, /boolean/],
    [{ limits: { memory: '5m' } }, /at least 6m, or 0/],
    [{ limits: { memory: 'lots' } }, /a size such as/],
    [{ limits: { memory: -1 } }, /a size such as/],
    [{ limits: { cpus: 0.001 } }, /0\.01 to 1024, or 0/],
    [{ limits: { cpus: 1e308 } }, /1024/],
    [{ limits: { pids: 1.5 } }, /int/],
    [{ limits: { shm: 1 } }, /shm/],
    [{ sshPublicKey: 'ssh-rsa AAAA' }, /sshPublicKey/],
  ]
  for (const [body, message] of refused) {
    const { error } = settingsBody.safeParse(body)
    assert.match(error?.issues[0]?.message ?? '', message, JSON.stringify(body))
  }
})
