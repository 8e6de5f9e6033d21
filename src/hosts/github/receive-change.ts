import type { Received } from '../host.ts'
import { isMine, type Me } from './me.ts'
import { checkRunEvent, checkSuiteEvent, commentEvent, pullEvent } from './payloads.ts'
import { hostChange, hostRepository } from './translate.ts'

export function receivePull(payload: unknown): Received {
  const { pull_request: pull, repository, installation } = pullEvent.parse(payload)
  return {
    events: [
      { kind: 'change', repository: hostRepository(repository, installation?.id), change: hostChange(pull) },
    ],
  }
}

export function receiveComment(payload: unknown, me: Me | null): Received {
  const { action, issue, comment, changes, repository, installation, sender } = commentEvent.parse(payload)
  if (!issue.pull_request) return { ignored: 'the comment is on an issue, not on a pull request' }
  const before = action === 'edited' ? changes?.body?.from : null
  if (before === undefined) return { ignored: 'the text of the comment is as it was' }
  const author = {
    login: comment.user?.login ?? 'ghost',
    appId: comment.performed_via_github_app?.id ?? null,
  }
  // Who may write to the repository may edit what others wrote: nobody is to be made to have said it.
  if (action === 'edited' && sender.login !== author.login)
    return {
      ignored: `the comment of ${author.login} was edited by ${sender.login}; commands are their author's`,
    }
  return {
    events: [
      {
        kind: 'comment',
        repository: hostRepository(repository, installation?.id),
        change: String(issue.number),
        comment: {
          id: comment.id,
          text: comment.body ?? '',
          before,
          author: author.login,
          ours: isMine(me, author),
        },
      },
    ],
  }
}

export function receiveCheckRun(payload: unknown, me: Me | null): Received {
  const { check_run: check, ...event } = checkRunEvent.parse(payload)
  return rerun('check run', { ...event, check }, me)
}

export function receiveCheckSuite(payload: unknown, me: Me | null): Received {
  const { check_suite: check, ...event } = checkSuiteEvent.parse(payload)
  return rerun('check suite', { ...event, check }, me)
}

type CheckEvent = Omit<ReturnType<typeof checkRunEvent.parse>, 'check_run'> & {
  check: ReturnType<typeof checkRunEvent.parse>['check_run']
}

function rerun(thing: string, event: CheckEvent, me: Me | null): Received {
  const { check, repository, installation, sender } = event
  if (!me || check.app?.id !== me.appId) return { ignored: `the ${thing} is of another app` }
  return {
    events: [
      {
        kind: 'rerun',
        repository: hostRepository(repository, installation?.id),
        hash: check.head_sha,
        by: sender.login,
      },
    ],
  }
}
