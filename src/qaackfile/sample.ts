import type { TemplateData } from './qaackfile.ts'
import { repositoryParamNames } from './template/names.ts'

/** Made-up environments of every kind of repository and ref, for checking a file where there is none. */
export function samples(): TemplateData[] {
  const types = ['generic', 'github', 'gitlab', 'bitbucket', 'azure']
  return types.flatMap((type) => [sample(type, 'branch'), sample(type, 'change'), sample(type, 'tag')])
}

export function sample(repositoryType: string, refType: 'branch' | 'tag' | 'change'): TemplateData {
  const id = 'abcdefghij'
  const name = { branch: 'main', tag: 'v1.0.0', change: '7' }[refType]
  return {
    Environment: {
      Id: id,
      Url: `http://${id}.qaack.localhost:3000`,
      Domain: `${id}.qaack.localhost`,
      Name: 'main--shop',
      TTL: 0,
      CreatedAt: '2025-01-01T00:00:00.000Z',
      Ref: {
        Name: name,
        Type: refType,
        Hash: '0123456789abcdef0123456789abcdef01234567',
        ShortHash: '0123456',
        Slug: name.replaceAll('.', '-'),
      },
      ...(refType === 'change'
        ? {
            Change: {
              Number: '7',
              Title: 'A change',
              Author: 'someone',
              Source: 'topic',
              Target: 'main',
              Fork: false,
            },
          }
        : {}),
    },
    Repository: {
      Id: 'klmnopqrst',
      Name: 'shop',
      Type: repositoryType,
      Url: 'https://git.example.org/acme/shop',
    },
    Group: { Id: 'uvwxyz2345', Name: 'acme' },
    Instance: { BaseDomain: 'qaack.localhost', Url: 'http://qaack.localhost:3000' },
    RepositoryParams: Object.fromEntries(repositoryParamNames.map((param) => [param, param.toLowerCase()])),
  }
}
