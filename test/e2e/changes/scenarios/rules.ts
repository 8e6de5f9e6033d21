import assert from 'node:assert/strict'
import { until } from '../../../../src/setup/server-process.ts'
import { code, sticky } from '../stage.ts'
import type { Scenario } from './scenario.ts'

export const rules: Scenario[] = [
  {
    title: 'nothing is said where there is no Qaackfile, and why where a rule speaks against a preview',
    async run({ shop, server, repository, environment, sees }) {
      await shop.ada.push('main', { 'README.md': 'No previews here.\n' })
      await shop.ada.push('words', { 'README.md': 'More words.\n' })
      const silent = await shop.ada.open({ title: 'Words', from: 'words' })
      const decided = () =>
        server.api<{ message: string }[]>('GET', `/api/events?limit=1000&repository=${repository}`)
      await until(
        async () => (await decided()).some(({ message }) => /no Qaackfile/i.test(message)),
        'the decision is an event',
      )
      const nothing = await shop.look(silent)
      assert.deepEqual(
        [nothing.comments, nothing.status, nothing.checks, nothing.deployments],
        [[], null, [], []],
      )

      await server.api('POST', `/api/repository/${repository}/settings`, {
        webhook: { paths: ['web/*', 'qaack/*'], drafts: false, labelsIgnore: ['no-preview'] },
      })
      await shop.ada.push('with-previews', { ...code('here they are'), 'web/page.txt': 'one\n' })
      const change = await shop.ada.open({ title: 'Previews', from: 'with-previews', draft: true })
      await sees(change, (seen) => /draft/.test(sticky(seen)), 'a draft is ignored, and that is said')
      assert.equal(await environment(change), undefined)
      await shop.ada.setDraft(change, false)
      await sees(change, ({ status }) => status?.state === 'success', 'ready for review, it is built')

      await shop.ada.label(change, 'no-preview')
      await sees(change, (seen) => /no-preview/.test(sticky(seen)), 'the label takes it away')
      await until(async () => (await environment(change)) === undefined, 'it is gone')
      await shop.ada.unlabel(change, 'no-preview')
      await until(async () => (await environment(change))?.status === 'built', 'without the label it is back')
      await shop.ada.merge(change)

      await shop.ada.push('docs', { 'docs/page.md': 'words\n' })
      const docs = await shop.ada.open({ title: 'Docs', from: 'docs' })
      await sees(docs, (seen) => /path/.test(sticky(seen)), 'the path filter is named')
      await sees(
        docs,
        ({ status }) => status?.state === 'success',
        'what is not built does not block a merge',
      )
      assert.equal(await environment(docs), undefined)
    },
  },
  {
    title:
      'a conflict is reported with its files, a fault in the Qaackfile at its line, a failing step with its log',
    async run({ host, shop, environment, sees, ask }) {
      await shop.ada.push('main', code('one'))
      await shop.ada.push('other', { 'greeting.txt': 'two\n' })
      await shop.ada.push('main', { 'greeting.txt': 'three\n' })
      const change = await shop.ada.open({ title: 'Two', from: 'other' })
      const conflict = await sees(
        change,
        ({ status }) => status?.state === 'failure',
        'the conflict fails it',
      )
      assert.match(conflict.status?.description ?? '', /conflict/)
      await sees(change, (seen) => /greeting\.txt/.test(sticky(seen)), 'the file is named')
      assert.match((await environment(change))?.reason ?? '', /greeting\.txt/)

      await shop.ada.push('broken', {
        'qaack/qaack.yml': 'services:\n  web:\n    image: x\n    prot: 3000\n',
      })
      const broken = await shop.ada.open({ title: 'Broken', from: 'broken' })
      await sees(broken, ({ status }) => status?.state === 'failure', 'the fault fails it')
      await sees(
        broken,
        (seen) => /qaack\/qaack\.yml:4.*port/.test(sticky(seen)),
        'the comment names its line',
      )
      if (host.checks) {
        const { checks } = await sees(
          broken,
          (seen) => seen.checks[0]?.state === 'failure',
          'the check fails',
        )
        const places = checks[0]?.annotations.map(({ path, line }) => [path, line])
        assert.deepEqual(places, [['qaack/qaack.yml', 4]])
        assert.match(checks[0]?.annotations[0]?.message ?? '', /port/)
      }

      await shop.ada.push('failing', code('four', { commands: 'echo all is lost && exit 3' }))
      const failing = await shop.ada.open({ title: 'Failing', from: 'failing' })
      const failed = await sees(
        failing,
        (seen) => /all is lost/.test(sticky(seen)),
        'the end of the log is shown',
      )
      assert.match(sticky(failed), /web\.install/)
      await sees(failing, ({ deployments }) => deployments[0]?.state === 'failure', 'the deployment failed')

      await shop.ada.push('target', { 'greeting.txt': 'five\n' })
      await shop.ada.push('failing', { ...code('six'), 'greeting.txt': 'six\n' })
      await sees(failing, ({ status }) => status?.state === 'success', 'the corrected one is built')
      assert.equal((await ask(failing)).body, 'six')
    },
  },
]
