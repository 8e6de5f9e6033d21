import type { ChangeRecord } from '../changes/change.ts'
import type { ReportFacts } from './facts.ts'
import { code, text } from './markdown.ts'
import type { Phase } from './phase.ts'
import { short } from './words.ts'

/** Why nothing of a fork is built by itself, who may allow it and how, and what is allowed by that. */
export function approvalText({ hash }: Phase, { change, repository }: ReportFacts): string {
  const qaackfile =
    repository.settings.change.forkQaackFile === 'base'
      ? `the Qaackfile of ${code(change.target)} decides how it is built, not that of the change`
      : 'the Qaackfile of the change decides how it is built'
  return [
    'This code comes from a fork. Nothing of it is built until somebody with write permission has looked at it and comments',
    '',
    '```',
    // Whole: an author can make any number of commits with the same first digits.
    `/qaack approve ${hash}`,
    '```',
    '',
    `${outdated(hash, change)}That allows exactly this commit; the next push needs a new approval. Then ${qaackfile}. ` +
      'The code runs in its own containers and reaches the network, ' +
      'but gets no secrets, no SSH key and no saved images of other changes.',
  ].join('\n')
}

function outdated(hash: string, { approved }: ChangeRecord): string {
  if (!approved || approved.hash === hash) return ''
  return `What ${text(approved.by, 100)} approved was commit ${code(short(approved.hash))}. `
}
