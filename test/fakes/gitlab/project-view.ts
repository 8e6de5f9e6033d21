import type { Json } from '../../../src/demo/github/json.ts'
import { iso } from './fields.ts'
import { showPerson } from './people.ts'
import { fullPath, roleOf, type Account, type Namespace, type Project, type World } from './world.ts'

/** The project as the API shows it. */
export function showProject(world: World, project: Project, account: Account | undefined): Json {
  const { namespace, forkedFrom } = project
  const links = addresses(world, project)
  const role = roleOf(project, account)
  return {
    ...basics(world, project),
    ...(namespace.kind === 'user' && {
      owner: showPerson(world, among(world, namespace)),
    }),
    _links: {
      self: links.api,
      merge_requests: `${links.api}/merge_requests`,
      repo_branches: `${links.api}/repository/branches`,
      members: `${links.api}/members`,
    },
    archived: false,
    empty_repo: false,
    visibility: project.visibility,
    merge_requests_enabled: true,
    jobs_enabled: true,
    environments_access_level: 'enabled',
    merge_method: 'merge',
    squash_option: 'default_off',
    default_branch: project.defaultBranch,
    creator_id: [...namespace.members][0]?.[0],
    import_status: 'none',
    ...(forkedFrom && { forked_from_project: basics(world, forkedFrom) }),
    ...(account && {
      permissions: {
        project_access: null,
        group_access: role > 0 ? { access_level: role, notification_level: 3 } : null,
      },
    }),
  }
}

function among(world: World, namespace: Namespace): Account {
  const found = world.accounts.find(({ username }) => username === namespace.path)
  if (!found) throw new Error(`Nobody is called ${namespace.path}`)
  return found
}

function basics(world: World, project: Project): Json {
  const links = addresses(world, project)
  const { id, name, path: last, namespace } = project
  return {
    id,
    description: null,
    name,
    name_with_namespace: `${namespace.name} / ${name}`,
    path: last,
    path_with_namespace: fullPath(project),
    created_at: iso(project.createdAt),
    default_branch: project.defaultBranch,
    tag_list: [],
    topics: [],
    ssh_url_to_repo: links.ssh,
    http_url_to_repo: links.http,
    web_url: links.web,
    readme_url: null,
    forks_count: world.projects.filter((one) => one.forkedFrom === project).length,
    avatar_url: null,
    star_count: 0,
    last_activity_at: iso(project.createdAt),
    namespace: {
      id: namespace.id,
      name: namespace.name,
      path: namespace.path,
      kind: namespace.kind,
      full_path: namespace.path,
      parent_id: null,
      avatar_url: null,
      web_url: `${world.base}/${namespace.kind === 'group' ? 'groups/' : ''}${namespace.path}`,
    },
  }
}

/** The project as webhooks show it. */
export function hookProject(world: World, project: Project): Json {
  const links = addresses(world, project)
  return {
    id: project.id,
    name: project.name,
    description: null,
    web_url: links.web,
    avatar_url: null,
    git_ssh_url: links.ssh,
    git_http_url: links.http,
    namespace: project.namespace.name,
    visibility_level: project.visibility === 'public' ? 20 : 0,
    path_with_namespace: fullPath(project),
    default_branch: project.defaultBranch,
    ci_config_path: '',
    homepage: links.web,
    url: links.ssh,
    ssh_url: links.ssh,
    http_url: links.http,
  }
}

export function addresses(
  { base }: World,
  project: Project,
): { web: string; http: string; ssh: string; api: string } {
  const web = `${base}/${fullPath(project)}`
  return {
    web,
    http: `${web}.git`,
    ssh: `git@${new URL(base).hostname}:${fullPath(project)}.git`,
    api: `${base}/api/v4/projects/${project.id}`,
  }
}
