import fc from 'fast-check'
import type { Done } from '../../../../src/builds/reuse/makings.ts'
import type { Shop, ShopService } from './shop.ts'

/** A change of the shop in place; false where there is nothing that it could change. */
export type Edit = (shop: Shop, done: Done, at: number) => boolean

/** Of what was done already: none of these may ever be started from. */
export const before: Record<string, Edit> = {
  'a command': onDone(({ run }) => (run[1] = 'other')),
  'one command more': onDone(({ run }) => run.push('more')),
  'one command split into two': onDone(
    (step) => (step.run = step.run.flatMap((command) => command.split(' '))),
  ),
  'the user of a step': onDone((step) => (step.user = 'node')),
  'the inputs of a step': onDone((step) => (step.inputs = [...(step.inputs ?? []), 'more.json'])),
  'another name of a step': onDone((step) => (step.name = 'other')),
  'a step more': onService(({ steps }, done, at) => {
    if (done === 0) return false
    steps.splice(at % done, 0, { name: 'added', run: ['x'] })
    return true
  }),
  'a step less': onService(({ steps }, done, at) => done > 0 && steps.splice(at % done, 1).length > 0),
  'two steps in another order': onService(({ steps }, done, at) => {
    if (done < 2) return false
    const first = at % (done - 1)
    steps.splice(first, 2, ...steps.slice(first, first + 2).reverse())
    return true
  }),
  'a later step goes before': onService(({ steps }, done, at) => {
    if (done === 0 || steps.length === done) return false
    steps.splice(at % done, 0, ...steps.splice(done, 1))
    return true
  }),
  'another image': onService((service) => (service.digest += 'x') !== ''),
  'the value of a variable of a service': onVariables((variables) => (variables.S_ONE = 'other')),
  'a variable more of a service': onVariables((variables) => (variables.S_NEW = '')),
  'who sees a variable of a service': onVariables(
    (variables) => (variables.S_ONE = { value: 'x', visibility: 'buildtime' }),
  ),
  'a variable of the file': always(({ variables }) => (variables.F_ONE = 'other')),
  'a variable more of the file': always(({ variables }) => (variables.F_NEW = 'new')),
  'a variable less of the file': always(({ variables }) => delete variables.F_TWO),
  'who sees a variable of the file': always(({ variables }) => (variables.F_TWO = 'two')),
  'a variable of the repository': always(
    ({ custom }) => (custom.repository.R_ONE = { value: 'other', visibility: 'always' }),
  ),
  'a file of the repository': always(({ custom }) => {
    custom.repository.R_ONE = { value: 'secret', visibility: 'always', content: 'in the file' }
  }),
  'a variable of the group': always(({ custom }) => delete custom.group.G_ONE),
  'code where there was none or none where it was': onKeys('checkout', (value) => value !== true),
  'history of the code': onService(({ keys }) => {
    if (keys.checkout !== true) return false
    keys.checkout = { depth: 1 }
    return true
  }),
  'the path': onKeys('path', () => '/elsewhere'),
  'the user': onKeys('user', () => 'somebody'),
  'the shell': onKeys('shell', () => '/bin/bash'),
  'the entrypoint': onKeys('entrypoint', () => ['/other']),
  'a volume': onKeys('volumes', () => [{ mount: '/data' }]),
  'a service more': always(({ services }) =>
    services.push({ name: 'cache', digest: 'd4', steps: [], keys: {} }),
  ),
  'a service less': always(({ services }) => services.pop()),
  'another name of a service': always(({ services }) => (services[2] ? (services[2].name = 'other') : '')),
  'what an input holds': onInput((file) => (file.hash = 'other')),
  'the mode of an input': onInput((file) => (file.mode = '100755')),
  'where an input is': onInput((file) => (file.path = file.path.replace('.', '-copy.'))),
}

/** Of what comes later, or makes nothing: all of these start from what was saved. */
export const after: Record<string, Edit> = {
  'a command': onLater((steps) => (steps[0] ? (steps[0].run = ['other']) : undefined)),
  'a step more': onService(({ steps }) => steps.push({ name: 'added', run: ['x'] }) > 0),
  'a step less': onLater((steps) => steps.pop()),
  'another order': onLater((steps) => steps.reverse()),
  'inputs of a later step': onLater((steps) => steps.forEach((step) => (step.inputs = ['a', 'b']))),
  'the timeout of a step': onDone((step) => (step.timeout = 99)),
  'the main process': onKeys('start', () => 'npm start'),
  'the port': onKeys('port', () => 8080),
  'when it is ready': onKeys('ready', () => ({ command: 'true', timeout: 5 })),
  'host names': onService(({ keys }) => {
    Object.assign(keys, { port: 90, aliases: ['other'] })
    return true
  }),
  'its memory': onKeys('resources', () => ({ memory: '1g' })),
  'the name of its image, by the same digest': onKeys('image', () => 'acme/other:tag'),
  'the order of the services': always(({ services }) =>
    services
      .splice(1)
      .reverse()
      .forEach((one) => services.push(one)),
  ),
  'what each service depends on': always(({ services }) => {
    if (services[0]) services[0].keys.depends_on = ['db']
  }),
  'the order of variables': always((shop) => {
    shop.variables = Object.fromEntries(Object.entries(shop.variables).reverse())
  }),
  'a file that is no input': always(({ files }) =>
    files.push({ path: 'README.md', mode: '100644', hash: 'new' }),
  ),
}

export function oneOf(edits: Record<string, Edit>): fc.Arbitrary<{ name: string; edit: Edit; at: number }> {
  const entries = Object.entries(edits).map(([name, edit]) => ({ name, edit }))
  return fc.tuple(fc.constantFrom(...entries), fc.nat()).map(([one, at]) => ({ ...one, at }))
}

function always(change: (shop: Shop) => unknown): Edit {
  return (shop) => {
    change(shop)
    return true
  }
}

function onService(change: (service: ShopService, done: number, at: number) => boolean): Edit {
  return ({ services }, done, at) => {
    const service = services[at % services.length]
    return service !== undefined && change(service, done[service.name] ?? 0, at >> 2)
  }
}

function onDone(change: (step: ShopService['steps'][number]) => unknown): Edit {
  return onService(({ steps }, done, at) => {
    const step = done === 0 ? undefined : steps[at % done]
    if (step) change(step)
    return step !== undefined
  })
}

function onLater(change: (steps: ShopService['steps']) => unknown): Edit {
  return onService((service, done) => {
    const later = service.steps.splice(done)
    const some = later.length > 0
    change(later)
    service.steps.push(...later)
    return some
  })
}

function onKeys(key: string, value: (old: unknown) => unknown): Edit {
  return onService(({ keys }) => {
    keys[key] = value(keys[key])
    return true
  })
}

function onVariables(change: (variables: Record<string, unknown>) => unknown): Edit {
  return onService(({ keys }) => {
    keys.variables ??= {}
    change(keys.variables as Record<string, unknown>)
    return true
  })
}

function onInput(change: (file: Shop['files'][number]) => unknown): Edit {
  return ({ services, files }, done, at) => {
    const inputs = services.flatMap(({ name, steps }) =>
      steps.slice(0, done[name] ?? 0).flatMap((step) => (step.inputs ? step.inputs : [])),
    )
    const matched = files.filter(({ path }) =>
      inputs.some((input) => path.startsWith(input.replace('*', ''))),
    )
    const file = matched[at % Math.max(1, matched.length)]
    if (file) change(file)
    return file !== undefined
  }
}
