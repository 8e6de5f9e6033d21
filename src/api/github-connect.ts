import type { GithubConfig } from '../config/config.ts'
import {
  describeSavedApp,
  forgetApp,
  readSavedApp,
  saveApp,
  trySaving,
  type SavedApp,
} from '../config/github-app-file.ts'
import { messageOf, QaackError } from '../errors.ts'
import { note } from '../events/note.ts'
import { isHostFailure } from '../hosts/failure.ts'
import type { Parts } from '../parts.ts'
import { fetchNewApp } from './github-conversion.ts'
import { manifestOf, newAppPage, readAppFacts, wishOf, type Manifest } from './github-manifest.ts'
import { reachFromGithub, type Lookup, type Reach } from './github-reach.ts'
import { createStates } from './github-state.ts'

/** What the service gives us to connect GitHub and to see what is connected. */
export interface GithubDoor {
  /** The connection in force; null if there is none. */
  connection(): {
    readonly app: { id: number; slug: string; name: string; url: string; owner: string | null }
  } | null
  /** Takes the app into use at once, instead of the one before. Throws what keeps it from that. */
  connect(config: GithubConfig): Promise<void>
  /** Lets go of the app in use. Safe twice. */
  disconnect(): Promise<void> | void
}

/** A form to be sent to GitHub. */
export interface Proposal {
  /** Page of GitHub that takes it. */
  action: string
  manifest: Manifest
}

/** The way to a GitHub App and back. */
export interface GithubConnect {
  door: GithubDoor
  /** Where the app in force is from; null if there is none. */
  source(): 'settings' | 'saved' | null
  /** The saved app, also where the settings win; null if there is none, or if its file is damaged. */
  saved(): SavedApp | null
  /** Why the app that there is does not work, as a sentence; null if it does. */
  problem(): string | null
  /** How well GitHub can call us. */
  reach(): Promise<Reach>
  /** What to send to GitHub for what was filled in. QaackError `invalid` names the field. */
  propose(session: string, fields: URLSearchParams): Promise<Proposal>
  /** Fetches, saves and connects the app that GitHub made. Resolves with it. */
  finish(session: string, code: string, state: string): Promise<SavedApp>
  /** Connects the saved app once more. */
  retry(): Promise<void>
  /** Disconnects and forgets the saved app. QaackError `conflict` where there is none, or where it is a setting. */
  forget(): Promise<void>
}

export function createGithubConnect(parts: Parts, door: GithubDoor, lookup?: Lookup): GithubConnect {
  const { config, clock, logger, secretKey, background } = parts
  const { dataDir } = config
  const states = createStates(secretKey, clock)
  let failed: string | null = null

  const reach = () => reachFromGithub(config.baseUrl, clock, lookup)
  const inTurn = <T>(work: () => Promise<T>) => background.inTurn('github app', work)
  const savedOr = (damaged: (problem: string) => void) => {
    try {
      return describeSavedApp(dataDir)
    } catch (error) {
      damaged(messageOf(error))
      return null
    }
  }

  function source() {
    if (config.github) return 'settings'
    let isDamaged = false
    const saved = savedOr(() => (isDamaged = true))
    return saved || isDamaged || door.connection() ? 'saved' : null
  }

  function problem(): string | null {
    let damaged: string | null = null
    if (!config.github) savedOr((text) => (damaged = text))
    if (damaged !== null) return damaged
    if (door.connection()) return null
    return (
      failed ??
      (source() === null
        ? null
        : 'The app is known, but it is not connected; the log of the server tells why.')
    )
  }

  async function connect(github: GithubConfig): Promise<void> {
    try {
      await door.connect(github)
      failed = null
    } catch (error) {
      failed = messageOf(error)
      throw error
    }
  }

  async function take(session: string, code: string, state: string): Promise<SavedApp> {
    refuseSecond(source())
    const taken = states.take(state, session)
    try {
      await trySaving(dataDir)
      const app = await fetchNewApp(code, taken.place, { clock, logger })
      return await keep(app)
    } catch (error) {
      if (isHostFailure(error) || mayPass(error)) taken.giveBack()
      throw error
    }
  }

  /** GitHub tells the secrets once: what cannot be saved after all is at least used until the server ends. */
  async function keep({ privateKey, webhookSecret, ...app }: Awaited<ReturnType<typeof fetchNewApp>>) {
    const { appId, gheHost, gheProtocol } = app
    const github = { appId, privateKey, webhookSecret, gheHost, gheProtocol }
    const unsaved = await saveApp(dataDir, secretKey, { ...app, privateKey, webhookSecret }).catch(
      (error: unknown) => messageOf(error),
    )
    await connect(github)
    if (unsaved !== undefined)
      throw new QaackError(
        'internal',
        `The app ${app.name} is connected, but only until this server ends: ${unsaved} Then delete the app at ${app.url} and connect again.`,
      )
    await note(
      parts,
      'repository',
      `GitHub connected: app ${app.name}${app.owner === null ? '' : ` of ${app.owner}`}`,
    )
    return app
  }

  return {
    door,
    source,
    saved: () => savedOr(() => undefined),
    problem,
    reach,
    async propose(session, fields) {
      refuseSecond(source())
      const wish = wishOf(fields)
      const { kind, warning } = await reach()
      if (kind === 'local' && wish.gheHost === null && wish.relay === null)
        throw new QaackError('invalid', warning ?? '', { path: 'relay' })
      const manifest = manifestOf(readAppFacts(), config.baseUrl, wish)
      return { action: newAppPage(wish, states.issue(session, wish)), manifest }
    },
    finish: (session, code, state) => inTurn(() => take(session, code, state)),
    retry: () =>
      inTurn(async () => {
        const github = config.github ?? readSavedApp(dataDir, secretKey)
        if (!github) throw new QaackError('conflict', 'there is no GitHub App yet; make one first')
        await connect(github)
      }),
    forget: () =>
      inTurn(async () => {
        if (config.github)
          throw new QaackError(
            'conflict',
            'the app is a setting (APP_ID and what belongs to it); take it out of the settings and start the server again',
          )
        if (source() === null) throw new QaackError('conflict', 'no GitHub App is connected')
        await door.disconnect()
        await forgetApp(dataDir)
        failed = null
        await note(parts, 'repository', 'GitHub disconnected: the saved app was forgotten')
      }),
  }
}

function refuseSecond(source: 'settings' | 'saved' | null): void {
  if (source !== null)
    throw new QaackError(
      'conflict',
      'a GitHub App is connected already; disconnect it before you make another one',
    )
}

function mayPass(error: unknown): boolean {
  return error instanceof QaackError && (error.code === 'disk_full' || error.path === 'data_dir')
}
