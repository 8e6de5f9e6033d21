import { defaultSettings, type RepositorySettings } from './repository.ts'

/** Seconds between looks at the refs of a repository whose host tells of every push. */
export const connectedPoll = 3600

/** The settings of a repository from when its host tells of every push. A pause that somebody chose is left alone. */
export function toldOfPushes(settings: RepositorySettings): RepositorySettings {
  return withPause(settings, defaultSettings.pollSeconds, connectedPoll)
}

/** And from when it does not tell any more. */
export function notToldOfPushes(settings: RepositorySettings): RepositorySettings {
  return withPause(settings, connectedPoll, defaultSettings.pollSeconds)
}

function withPause(settings: RepositorySettings, from: number, to: number): RepositorySettings {
  return settings.pollSeconds === from ? { ...settings, pollSeconds: to } : settings
}
