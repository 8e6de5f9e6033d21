/** A Qaackfile that passed every check: defaults filled in, short forms made long, nothing optional left to guess. */
export interface Qaackfile {
  /** Alias -> service. A list in the file names aliases of the default service. */
  aliases: Record<string, string>
  variables: Record<string, VariableValue>
  /** Label of the reusable to start from; `auto` = whatever was saved that fits and goes furthest. */
  reuse: string | null
  makeReusable: Record<string, { on: { service: string; step: string }; where: string[] | null }>
  quickActions: Record<string, QuickAction>
  tests: Test[]
  /** In the order written. */
  services: Service[]
}

export interface VariableValue {
  value: string
  visibility: 'always' | 'buildtime'
}

export interface QuickAction {
  command: string
  service: string
  output: 'string' | 'file' | 'none'
  filename: string
}

export type Test =
  { type: 'screenshots'; paths: string[] } | { type: 'playwright'; dir: string; prepare: string }

export interface Service {
  name: string
  image: string
  default: boolean
  checkout: Checkout | null
  /** Where commands run; null = the image's working directory, `/app` if that is `/`. */
  path: string | null
  port: number | null
  steps: Step[]
  start: string | null
  dependsOn: string[]
  /** With a port and no `ready` in the file: an implied TCP connect. null = ready once it runs. */
  ready: Ready | null
  variables: Record<string, VariableValue>
  user: string | null
  /** Program and arguments that get a command as their last one after `-c`; `/bin/sh`. */
  shell: string
  entrypoint: string[] | null
  resources: { memoryBytes: number | null; cpus: number | null; pids: number | null; shmBytes: number | null }
  volumes: { mount: string; sizeBytes: number | null }[]
  aliases: string[]
}

export interface Checkout {
  /** null = the service's `path`. */
  path: string | null
  /** Commits of history; 0 = all. */
  depth: number
  submodules: boolean
  lfs: boolean
}

export interface Step {
  name: string
  /** One after another in one service; the first that fails fails the step. */
  run: string[]
  /** Seconds; null = only the build's own limit. */
  timeout: number | null
  user: string | null
  /**
   * Wildcards on the paths of files from the top of the repository that decide what the step makes, e.g. `package-lock.json`:
   * if one of them changes, what was saved after the step is not used. null = the file does not say.
   */
  inputs: string[] | null
}

export interface ReadyCheck {
  /** Seconds in all, and between two tries. */
  timeout: number
  interval: number
}

export type Ready = ReadyCheck &
  (
    | { kind: 'http'; path: string; status: number | null; port: number }
    | { kind: 'command'; command: string }
    | { kind: 'log'; pattern: string }
    /** `implied`: the file does not say; the default service has to answer http at last, too. */
    | { kind: 'tcp'; port: number; implied?: true }
  )

/** One thing that is wrong in a file, and what would be right. Lines and columns count from 1, in the file as written. */
export interface Fault {
  file: string
  line: number
  column: number
  /** `services.web.port`; empty where it concerns the whole file. */
  path: string
  /** A sentence that says what is wrong and what would be right. */
  message: string
}

/** What a template may ask for; plain data, see the reference of the Qaackfile. */
export interface TemplateData {
  Environment: {
    Id: string
    Url: string
    Domain: string
    Name: string
    TTL: number
    CreatedAt: string
    Ref: { Name: string; Type: 'branch' | 'tag' | 'change'; Hash: string; ShortHash: string; Slug: string }
    Change?: { Number: string; Title: string; Author: string; Source: string; Target: string; Fork: boolean }
  }
  Repository: { Id: string; Name: string; Type: string; Url: string }
  Group: { Id: string; Name: string }
  Instance: { BaseDomain: string; Url: string }
  /** What `RepositoryParam` answers, e.g. `GitlabProjectGroup`. */
  RepositoryParams: Record<string, string>
}
