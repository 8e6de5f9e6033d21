import type { ReportItem, ReportKind } from '../reports/report.ts'
import type { Remote } from '../repositories/remote.ts'
import type { RepositoryParams, RepositoryRecord } from '../repositories/repository.ts'
import type { HostChange, HostEvent, HostRepository } from './event.ts'

/**
 * Where repositories live: one kind of git host.
 *
 * Contract:
 * - `check` comes first, once for each repository that is added; the other methods get a repository whose params came
 *   from it, with its secrets in clear, and never fail because of the params.
 * - `check`, `remote`, `describe` and `receive` do not talk to the network and keep no state.
 * - Every method may run at any time, at once with others, and twice.
 * - Secrets come in and go out in clear; whoever keeps them seals them. None is ever part of an error.
 * - What talks to the network fails with HostFailure, which says whether asking again makes sense, and tries nothing again
 *   by itself: the caller knows what is still wanted by then.
 */
export interface GitHost {
  /** The params of a new repository: checked, complete, secrets apart from addresses. QaackError `invalid` names the field. */
  check(params: Record<string, unknown>): RepositoryParams
  /** How its refs and commits are fetched. */
  remote(repository: RepositoryRecord): Remote
  /** What people and templates may know of it; nothing secret. Also for a repository whose secrets are sealed. */
  describe(repository: RepositoryRecord): Description
  /** What a webhook call means that was believed and kept. In the order in which it is to be done. */
  receive(delivery: Delivery): Received
  /** The repositories that this server was given at the host; null where each is added by hand. */
  repositories(): Promise<HostRepository[] | null>
  /**
   * Asks the host to send again what did not arrive since `since` (ms since 1970) and is not `known` here. Returns how
   * many those are; 0 where the host cannot.
   */
  recover(since: number, known: (deliveryId: string) => Promise<boolean>): Promise<number>
  /** What it can do about changes; null where it knows none. */
  readonly changes: ChangeHost | null
  /** Where it calls us; null where no calls come, or another part of this server takes them. */
  readonly door: HostDoor | null
  /** Webhooks of single repositories; null where it has none that a server can make. */
  readonly hooks: HostHooks | null
}

/** How a host's calls come in. It does not talk to the network. */
export interface HostDoor {
  /** Path of the address that the host calls, e.g. `/api/gitlab/webhooks`. */
  readonly path: string
  /** Bytes that the body of a call may have. */
  readonly limit: number
  /** Whether a call is believed, and what it is then. */
  hear(knock: Knock): Heard
}

/** A call as it came over the wire. Names of headers are in lower case. */
export interface Knock {
  headers: Readonly<Record<string, string | string[] | undefined>>
  body: Buffer
}

export type Heard =
  /** `deliveryId`: the host's own id, the same when it is sent again; null if it gave none. */
  | { delivery: Delivery; deliveryId: string | null }
  /** 400: it is no call of this host's; 401: nothing proves where it comes from. `why` is told to the caller. */
  | { refused: 400 | 401; why: string }

/** The webhooks that this server keeps at a host, one for each repository. The same contract as of the host. */
export interface HostHooks {
  /**
   * Makes the one webhook that calls `url`, or makes the one that is there right again: switched on, for the right events,
   * with the secret that `door` believes. Doubles go. null = this server was given no access that could make one.
   */
  keep(repository: RepositoryRecord, url: string): Promise<'made' | 'repaired' | 'kept' | null>
  /** Removes what `keep` made. Safe twice; what is not there is no failure. */
  remove(repository: RepositoryRecord, url: string): Promise<void>
}

/** The part of a git host that has changes (pull or merge requests). The same contract. */
export interface ChangeHost {
  /** Which parts of a report it can show. */
  readonly shows: readonly ReportKind[]
  /** All open changes; with `name` that one, open or not, or none. */
  list(repository: RepositoryRecord, name?: string): Promise<HostChange[]>
  /** Git's own name of the ref under which the host keeps the code of a change, also of one from a fork. */
  ref(name: string): string
  /** Whether a person may write to the repository, as the host knows them. */
  mayWrite(repository: RepositoryRecord, person: string): Promise<boolean>
  /**
   * Makes a part of a report, or makes the one that is there equal to it. `handle` is what the last call for the same part
   * of the same change returned; without it the host looks for what it made before by `item.mark`, so that a call whose
   * answer was lost doubles nothing. What somebody deleted by hand is made again.
   */
  publish(repository: RepositoryRecord, item: ReportItem, handle: string | null): Promise<string>
  /**
   * Whether `answer` has said `done` or `refused` on a comment; only of a host that does not say what an edited comment said
   * before, or that may tell of a comment twice.
   */
  isAnswered?(repository: RepositoryRecord, change: string, commentId: string): Promise<boolean>
  /** Why a token of the repository's own is not used as things stand, with what to do; null if it is, absent if it always is. */
  unusedToken?(repository: RepositoryRecord): Promise<string | null>
  /** Acknowledges a comment with a reaction, and answers it if there is something to say. Each once, however often asked. */
  answer(repository: RepositoryRecord, answer: Answer): Promise<void>
}

export interface Answer {
  change: string
  commentId: string
  /** `seen`: work begins; `done`: it went well; `refused`: it did not. */
  reaction: 'seen' | 'done' | 'refused'
  /** Markdown; null = the reaction says it all. */
  text: string | null
}

export interface Description {
  /** Page of the repository for people; null if there is none. */
  webUrl: string | null
  /** What `RepositoryParam` answers in templates, e.g. `GitlabProjectGroup`. */
  templateParams: Record<string, string>
}

/** A webhook call that proved where it comes from. */
export interface Delivery {
  /** The host's name of the kind of event. */
  event: string
  /** As it came over the wire. */
  payload: string
}

export type Received =
  | { events: HostEvent[] }
  /** Not for us; a sentence why. */
  | { ignored: string }
