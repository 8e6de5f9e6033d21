import type { GithubConfig } from '../../config/config.ts'

/** Where a GitHub is. Addresses without a slash at the end. */
export interface GithubServer {
  /** Of its REST API. */
  api: string
  /** Of its pages, and of its repositories for git. */
  web: string
}

export const githubCom: GithubServer = { api: 'https://api.github.com', web: 'https://github.com' }

/** github.com, or the Enterprise Server that the settings name; the same addresses as Probot's. */
export function githubServer(config: Pick<GithubConfig, 'gheHost' | 'gheProtocol'> | null): GithubServer {
  if (!config?.gheHost) return githubCom
  const web = `${config.gheProtocol}://${config.gheHost}`
  return { api: `${web}/api/v3`, web }
}

/** The one that an address of git, as `check` makes them, is at. */
export function serverAt(origin: string): GithubServer {
  const web = new URL(origin).origin
  return web === githubCom.web ? githubCom : { api: `${web}/api/v3`, web }
}

/** Whether an address of git is at this server: who we are at one is nobody at another, and our secrets are not for it. */
export function isAt({ web }: GithubServer, origin: string): boolean {
  return new URL(web).origin === new URL(origin).origin
}
