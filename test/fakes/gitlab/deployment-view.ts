import type { Json } from '../../../src/demo/github/json.ts'
import { iso } from './fields.ts'
import { showPerson } from './people.ts'
import type { Deployment } from './records.ts'
import type { World } from './world.ts'

export function showDeployment(world: World, deployment: Deployment): Json {
  const { id, iid, ref, sha, createdAt, updatedAt, by, environment, state } = deployment
  return {
    id,
    iid,
    ref,
    sha,
    created_at: iso(createdAt),
    updated_at: iso(updatedAt),
    user: showPerson(world, by),
    environment: {
      id: environment.id,
      name: environment.name,
      slug: environment.name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-'),
      external_url: environment.externalUrl,
    },
    deployable: null,
    status: state,
  }
}
