/** Of kinds of events that come with many actions: those that something follows from, and what the events are about. */
const followed: Readonly<Record<string, { thing: string; actions: readonly string[] }>> = {
  // What can change whether and how it is built. All else, e.g. who reviews it, is nothing to us.
  pull_request: {
    thing: 'a pull request',
    actions: [
      'opened',
      'reopened',
      'synchronize',
      'closed',
      'edited',
      'ready_for_review',
      'converted_to_draft',
      'labeled',
      'unlabeled',
    ],
  },
  issue_comment: { thing: 'a comment', actions: ['created', 'edited'] },
  check_run: { thing: 'a check run', actions: ['rerequested'] },
  check_suite: { thing: 'a check suite', actions: ['rerequested'] },
}

/** Why nothing follows from an action, as a sentence; undefined if something may. */
export function whyNotFollowed(event: string, action: string | undefined): string | undefined {
  const known = Object.hasOwn(followed, event) ? followed[event] : undefined
  if (!known || action === undefined || known.actions.includes(action)) return undefined
  return `nothing depends on ${known.thing} being ${action.replaceAll('_', ' ')}`
}

/**
 * The action of a payload as it came over the wire, where it stands first, which is where GitHub writes it. Most of what a busy
 * repository sends is of no use to us, and to parse all of it takes longer than all else that is done with it.
 */
export function actionAtStart(payload: string): string | undefined {
  return /^\s*\{\s*"action"\s*:\s*"(\w+)"\s*,/.exec(payload)?.[1]
}
