import type { HostFailure } from '../../src/hosts/failure.ts'
import type { ChangeHost } from '../../src/hosts/host.ts'
import { reportKinds, type ReportItem, type ReportKind } from '../../src/reports/report.ts'

/** One thing that was made at the host: a comment, a check, a deployment, or all statuses of a commit. */
export interface Shown {
  id: string
  item: ReportItem
  /** How often it was made or made equal, and what it said each time. */
  said: string[]
}

/** Which calls fail: the `from`-th, counting from 1, and those after it if `forever`. */
export interface Fault {
  from: number
  forever: boolean
  failure: HostFailure
  /** It does the work all the same, and only its answer is lost. */
  afterWork: boolean
}

/**
 * The part of a git host that shows reports. It finds what it made by mark, as a host does, but never takes a double away: who
 * asks twice at the same time, or forgets what it was told, has made two. It complains about what no host would take.
 */
export class FakeChangeHost implements ChangeHost {
  readonly shows: readonly ReportKind[] = reportKinds
  /** Never taken out, but by `deleteByHand`. */
  readonly shown: Shown[] = []
  calls = 0
  fault: Fault | undefined
  /** By kind, as long as it is there. */
  readonly refusals = new Map<ReportKind, HostFailure>()
  /** What a call waits for, after its work. */
  hold: Promise<void> | undefined

  of(kind: ReportKind): Shown[] {
    return this.shown.filter(({ item }) => item.kind === kind)
  }

  /** The last that was said of a kind. */
  last<K extends ReportKind>(kind: K): Extract<ReportItem, { kind: K }> | undefined {
    const [newest] = this.of(kind).toSorted((one, other) => Number(other.id) - Number(one.id))
    return newest?.item as Extract<ReportItem, { kind: K }> | undefined
  }

  deleteByHand(kind: ReportKind): void {
    for (const one of this.of(kind)) this.shown.splice(this.shown.indexOf(one), 1)
  }

  async publish(_: unknown, item: ReportItem, handle: string | null): Promise<string> {
    this.calls += 1
    const { calls, fault } = this
    const isFaulty = fault !== undefined && (fault.forever ? calls >= fault.from : calls === fault.from)
    complain(item)
    await turn()
    if (isFaulty && !fault.afterWork) throw fault.failure
    const refusal = this.refusals.get(item.kind)
    if (refusal) throw refusal
    const id = await this.#work(item, handle)
    await this.hold
    if (isFaulty) throw fault.failure
    return id
  }

  async #work(item: ReportItem, handle: string | null): Promise<string> {
    const known =
      this.shown.find(
        ({ id, item: { kind } }) => id === handle && kind === item.kind && isSame(this.shown, id, item),
      ) ?? this.of(item.kind).find((one) => one.item.mark === item.mark && isSame(this.shown, one.id, item))
    // Between looking and making, somebody else may look.
    await turn()
    if (known) {
      known.item = item
      known.said.push(wordsOf(item))
      return known.id
    }
    if (item.kind === 'deployment' && item.state === 'inactive') return this.#endAll(item)
    const id = String(this.calls)
    this.shown.push({ id, item, said: [wordsOf(item)] })
    return id
  }

  /** Of what is not there, nothing has to be made only to end it. */
  #endAll(item: ReportItem & { kind: 'deployment' }): string {
    for (const one of this.of('deployment')) one.item = item
    return this.of('deployment').at(-1)?.id ?? 'none'
  }

  list = () => Promise.reject(new Error('not for reports'))
  mayWrite = () => Promise.reject(new Error('not for reports'))
  answer = () => Promise.reject(new Error('not for reports'))
  ref = (name: string) => `refs/pull/${name}/head`
}

/** Comments belong to a change, everything else to a commit of it. */
function isSame(shown: Shown[], id: string, item: ReportItem): boolean {
  const one = shown.find((candidate) => candidate.id === id)
  if (one?.item.change !== item.change) return false
  return item.kind === 'comment' || (one.item.kind !== 'comment' && one.item.hash === item.hash)
}

function wordsOf(item: ReportItem): string {
  return item.kind === 'comment' ? (item.body.split('\n', 1)[0] ?? '') : item.state
}

function complain(item: ReportItem): void {
  const wrong: string[] = []
  if (!/^[\w-]+$/.test(item.mark)) wrong.push(`mark ${item.mark}`)
  if (item.kind === 'comment' && item.body.length > 60_000) wrong.push('a comment that is too long')
  if (item.kind !== 'comment' && !/^[0-9a-f]{40}$/.test(item.hash)) wrong.push(`commit ${item.hash}`)
  if ('description' in item && item.description.length > 140) wrong.push('a description that is too long')
  if (wrong.length > 0) throw new Error(`no host takes ${wrong.join(', ')}`)
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
