/**
 * One container to run, as the engine gets it: everything decided, nothing optional left to guess.
 * A service, a build step's surroundings, a quick action and a test all come from this one description.
 */
export interface Workload {
  /** Name on the engine, unique there. */
  name: string
  /** Image reference that `prepare` has made sure of. */
  image: string
  /** Replaces the image's entrypoint; the image's own if absent. */
  entrypoint?: string[]
  /** Replaces the image's command; the image's own if absent. */
  command?: string[]
  user?: string
  workdir?: string
  /** Of the main process. Build-time variables are not among them. */
  variables: Record<string, string>
  network: { name: string; address: string; aliases: string[] }
  /** Ports the proxy may want; published on loopback where the engine's reach asks for it. */
  ports: number[]
  limits: Limits
  /** Absolute; those that its image does not have are made, for root and with mode 0755. */
  directories: string[]
  /** Files that are in the container before its main process starts. */
  files: WorkloadFile[]
  /** Its main process needs neither `directories` nor `files` at first: whoever copies the code in brings them along. */
  filesLater?: boolean
}

/** What is put into a container, and not part of its image. */
export type PutFiles = Pick<Workload, 'directories' | 'files'>

/** The engine's own in every container, mounted over what is there: a file put there would not be seen. */
export const engineFiles = ['/etc/hosts', '/etc/hostname', '/etc/resolv.conf']

/** Owner root. */
export interface WorkloadFile {
  /** Absolute; folders that are missing are made. */
  path: string
  content: string
  /** Octal. */
  mode: number
  /**
   * Its content is kept apart from the container's own layers, and `path` is a symlink to it: what is saved of the container
   * has the link and never the content.
   */
  secret?: boolean
}

export interface Limits {
  memoryBytes: number
  cpus: number
  pids: number
  /** Size of /dev/shm; the engine's default if absent. */
  shmBytes?: number
}
