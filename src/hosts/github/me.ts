/** Who we are at GitHub: the app, or whoever gave us a token. */
export interface Me {
  /** null with a token. */
  appId: number | null
  /** Under which name we write; empty while it is not known. */
  login: string
}

export interface Author {
  login: string
  /** Of the app that wrote it. */
  appId: number | null
}

/** Whether we wrote something: others could copy our marks. */
export function isMine(me: Me | null, author: Author): boolean {
  if (!me) return false
  if (me.appId !== null && author.appId === me.appId) return true
  return me.login !== '' && author.login.toLowerCase() === me.login.toLowerCase()
}
