/** Who we are at GitLab: the user that a token is of. */
export interface Me {
  /** Lasting; people may rename themselves. */
  id: string
  username: string
}

/** Whether we wrote something: others could copy our marks. */
export function isMine(me: Me | null, authorId: string | null): boolean {
  return me !== null && me.id === authorId
}

/** Whether a user of an instance is one that we are. */
export type IsOurs = (instance: string, userId: string) => boolean
