import type { HostChange } from '../hosts/event.ts'

/** A pull or merge request as it is kept: what the host said of it last, and what we decided. Times in ms since 1970. */
export interface ChangeRecord extends HostChange {
  id: string
  version: number
  repositoryId: string
  /** The one commit of a fork that somebody who may write said may be built. */
  approved: Approval | null
  /** What was decided about it last; null before the first time. */
  verdict: Verdict | null
  /** When its commit took the place of another one; null as long as it is the first that we know. */
  movedAt: number | null
  knownAt: number
  /** Commands of comments that are not answered yet, or whose delivery may come to be handled once more. */
  commands?: CommandsUnderWay[]
}

export interface CommandsUnderWay {
  /** Of one comment as it was; of one that was answered, of its delivery. */
  key: string
  /** When it was last written, ms since 1970. */
  at: number
  /** So many of them were begun that must not be done twice, counted with all before them. */
  begun: number
  /** Of those that are done, in order. */
  outcomes: CommandOutcome[]
}

/** What came of one command. `reply` is Markdown; null where a reaction says it all. */
export interface CommandOutcome {
  refused: boolean
  reply: string | null
}

export interface Approval {
  hash: string
  /** The branch that it was offered to then: whose Qaackfile decides what is built of it. */
  target: string
  by: string
  at: number
}

/**
 * What becomes of a change at a commit.
 * `build`: it has a preview, or gets one. `approval`: it waits for somebody to approve this commit. `ignored`: nothing is
 * built, and why. `remove`: the same, and a preview it may have goes. `closed`: it has ended, its preview with it.
 * `silent`: the repository has no Qaackfile there, so nothing is built and nothing said.
 */
export interface Verdict {
  kind: 'build' | 'approval' | 'ignored' | 'remove' | 'closed' | 'silent'
  /** Of the commit that was decided about. */
  hash: string
  /** A sentence for people, e.g. `path filter: nothing below web/ was changed`; empty for `build`. */
  why: string
}

/** Code that people who may not write to the repository had a hand in gets no secrets and none of the trusted reusables. */
export function isTrusted(change: Pick<HostChange, 'fork'>): boolean {
  return !change.fork
}

/** Whether somebody with the right to has looked at exactly this commit, offered to this branch, or nobody needs to. */
export function isApproved(change: Pick<ChangeRecord, 'fork' | 'approved' | 'hash' | 'target'>): boolean {
  const { fork, approved, hash, target } = change
  return !fork || (approved?.hash === hash && approved.target === target)
}

/** Milliseconds in which somebody may have looked at the commit before this one. */
const surprise = 60_000

/** Whether an approval must name the whole commit: another one was offered a moment ago, and may be what was looked at. */
export function mayBeMistaken(change: Pick<ChangeRecord, 'movedAt'>, now: number): boolean {
  return change.movedAt !== null && now - change.movedAt < surprise
}

/** Milliseconds for which a change that has ended is remembered. */
const rememberedFor = 90 * 24 * 60 * 60_000

/** Whether a change ended so long ago that nobody asks for it any more. One that is opened again then is new to us. */
export function isForgettable(
  { state, updatedAt, knownAt, movedAt }: Pick<ChangeRecord, 'state' | 'updatedAt' | 'knownAt' | 'movedAt'>,
  now: number,
): boolean {
  return state !== 'open' && now - Math.max(updatedAt, knownAt, movedAt ?? 0) > rememberedFor
}
