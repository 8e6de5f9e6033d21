import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** A webhook call as GitLab documents it, about people and projects of our own. */
export interface GitlabPayload {
  /** Of its file in test/fixtures/gitlab, e.g. `merge-request-open`. */
  name: string
  /** Value of the header X-Gitlab-Event. */
  event: string
  payload: Record<string, unknown>
}

const folder = fileURLToPath(new URL('../fixtures/gitlab/', import.meta.url))

/** Every one that is kept, by name. */
export const gitlabPayloads: readonly GitlabPayload[] = readdirSync(folder)
  .filter((file) => file.endsWith('.json'))
  .sort()
  .map((file) => ({ name: file.slice(0, -'.json'.length), ...parsed(readFileSync(folder + file, 'utf8')) }))

/** A copy of one, which a test may change. */
export function gitlabPayload(name: string): GitlabPayload {
  const found = gitlabPayloads.find((one) => one.name === name)
  if (!found) throw new Error(`there is no payload ${name} in test/fixtures/gitlab`)
  return structuredClone(found)
}

function parsed(text: string): Omit<GitlabPayload, 'name'> {
  return JSON.parse(text) as Omit<GitlabPayload, 'name'>
}
