import type { ServerProcess } from '../../../src/setup/server-process.ts'

/** A git host that is played on this machine, for scenarios that are the same on every kind of host. */
export interface PlayedHost extends AsyncDisposable {
  /** Whether it has check runs of its own; without them `Seen.checks` is always empty. */
  checks: boolean
  /**
   * Whether it can be asked to send again what did not arrive. GitLab cannot tell what that was, so that a command given while
   * the server is away has to be given again; pushes and changes are found by comparing.
   */
  resends: boolean
  /** What must never be seen in a preview. */
  secrets: string[]
  /** Environment variables with which the server is connected to it. */
  settings: Record<string, string>
  /** From now on webhooks go to this server. */
  callsTo(server: ServerProcess): void
  /** The repository `acme/shop`, which is there from the start; any other name makes one, where the host can be asked to. */
  repository(name: string): Promise<PlayedRepository>
  /** Something goes wrong with this part of the server's requests, until `calm`. The same seed, the same faults. */
  disturb(seed: number, share: number): void
  calm(): void
  /** Of each kind of fault that there was so far, its name. */
  faultKinds(): string[]
  /** So many webhooks are lost on their way. */
  lose(count: number): void
  /** Where the server's requests were not as the host's published description wants them. */
  wrongRequests(): Promise<string[]>
}

/** What a scenario happens in: nothing that is done here is seen in another one. */
export interface PlayedRepository {
  /** Without its owner, acme. */
  name: string
  /** May everything; may write; may only read. */
  ada: Person
  grace: Person
  mallory: Person
  /** All that is to be seen on a change, in the words of `Seen`. */
  look(change: number): Promise<Seen>
  /** How many requests of the server that change something here it has got so far, whatever became of them. */
  written(): number
}

/** Somebody who works with the host as people do: by git and by its pages. */
export interface Person {
  /** Writes files on a branch, from main if it is new, and pushes. `null` deletes a file. Returns the commit. */
  push(branch: string, files: Record<string, string | null>): Promise<string>
  /** The same in a fork of their own, which is made if need be. */
  pushToFork(branch: string, files: Record<string, string | null>): Promise<string>
  deleteBranch(branch: string): Promise<void>
  /** Returns its number. */
  open(change: { title: string; from: string; to?: string; fork?: boolean; draft?: boolean }): Promise<number>
  comment(change: number, text: string): Promise<string>
  editComment(id: string, text: string): Promise<void>
  deleteComment(id: string): Promise<void>
  close(change: number): Promise<void>
  reopen(change: number): Promise<void>
  merge(change: number): Promise<void>
  label(change: number, name: string): Promise<void>
  unlabel(change: number, name: string): Promise<void>
  setDraft(change: number, draft: boolean): Promise<void>
  setTarget(change: number, branch: string): Promise<void>
  setTitle(change: number, title: string): Promise<void>
}

export interface Seen {
  /** Comments of the server, oldest first: the sticky one has no `answers`, a reply tells to which comment. */
  comments: { id: string; body: string; answers: string | null }[]
  /** Of the commit that is offered now: the newest of our context; null if there is none. */
  status: { state: 'pending' | 'success' | 'failure' | 'error'; description: string; url: string } | null
  /** Ours on that commit. */
  checks: {
    state: string
    title: string
    summary: string
    annotations: { path: string; line: number; message: string }[]
  }[]
  /**
   * Of the change's own environment, oldest first, each with its last state and address; `inactive` is what is not there any
   * more, or what another one took the place of.
   */
  deployments: { environment: string; hash: string; state: string; url: string }[]
  /** On a comment, by us, e.g. `eyes`. */
  reactions(commentId: string): Promise<string[]>
}
