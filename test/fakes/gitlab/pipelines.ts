import type { Json } from '../../../src/demo/github/json.ts'
import { iso } from './fields.ts'
import type { Pipeline } from './records.ts'
import { fullPath, type Project, type World } from './world.ts'

/** What the newest statuses of a pipeline say together. */
export function pipelineState(project: Project, pipeline: Pipeline): string {
  const states = project.statuses
    .filter((status) => status.pipeline === pipeline && !status.retried)
    .map(({ state }) => state)
  const first = (['running', 'pending', 'failed', 'canceled'] as const).find((one) => states.includes(one))
  if (first) return first
  return states.includes('success') ? 'success' : 'skipped'
}

export function showPipeline(world: World, project: Project, pipeline: Pipeline): Json {
  return {
    id: pipeline.id,
    iid: pipeline.iid,
    project_id: project.id,
    sha: pipeline.sha,
    ref: pipeline.ref,
    status: pipelineState(project, pipeline),
    source: 'external',
    created_at: iso(pipeline.createdAt),
    updated_at: iso(pipeline.updatedAt),
    web_url: `${world.base}/${fullPath(project)}/-/pipelines/${pipeline.id}`,
  }
}
