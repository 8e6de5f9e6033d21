import { source, type Source } from './answers.ts'
import { ask, type ProjectAsker } from './ask.ts'

/** Where the code of a change is. HostFailure `gone` if there is no such change. */
export function sourceOf(at: ProjectAsker, change: string): Promise<Source> {
  return ask(at, 'GET', `projects/${at.project}/merge_requests/${encodeURIComponent(change)}`, {}, source)
}

/** What GitLab wants to know of a commit beside its hash: the branch; of a fork's, where GitLab itself keeps it. */
export function refIn(
  change: string,
  { source_branch, source_project_id, target_project_id }: Source,
): string {
  return source_project_id === target_project_id ? source_branch : `refs/merge-requests/${change}/head`
}
