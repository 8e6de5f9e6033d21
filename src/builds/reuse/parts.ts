/** Names of the parts of `ReusableRecord.made`. Names of services have no dots and spaces. */
export const parts = {
  services: 'services',
  image: (service: string) => `image of ${service}`,
  variables: (service: string) => `variables of ${service}`,
  checkout: (service: string) => `checkout of ${service}`,
  path: (service: string) => `path of ${service}`,
  user: (service: string) => `user of ${service}`,
  shell: (service: string) => `shell of ${service}`,
  entrypoint: (service: string) => `entrypoint of ${service}`,
  volumes: (service: string) => `volumes of ${service}`,
  /** Of a locked service: the container that was kept, whatever led to what is in it. */
  locked: (service: string) => `locked of ${service}`,
  /** Which steps are done, in their order. */
  steps: (service: string) => `steps of ${service}`,
  step: (service: string, step: string) => `step ${service}.${step}`,
  input: (service: string, step: string, pattern: string) => `inputs of ${service}.${step}: ${pattern}`,
  /** All of the code, for a step that names no inputs. */
  code: (service: string, step: string) => `code of ${service}.${step}`,
}

export interface PartName {
  kind: string
  service: string
  /** Of a part that is one of a step's; with its inputs `step: pattern`. */
  step: string | null
}

/** What a part is about; null for one that is about no service. */
export function readPart(name: string): PartName | null {
  const [, kind, service, step] = /^([a-z]+)(?: of)? ([a-z0-9-]+)(?:\.(.+))?$/s.exec(name) ?? []
  return kind === undefined || service === undefined ? null : { kind, service, step: step ?? null }
}

/** It counts only where nobody has said that the code does not matter, see `differences`. */
export function isCodePart(name: string): boolean {
  return readPart(name)?.kind === 'code'
}

/** It says what is in a saved state instead of how that was made, see `differences`. */
export function isLockedPart(name: string): boolean {
  return readPart(name)?.kind === 'locked'
}
