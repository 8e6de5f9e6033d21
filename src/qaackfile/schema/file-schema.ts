import { z } from 'zod'
import { choice, fileName, list, map, named, relativePath, text } from './fields.ts'
import { serviceSchema, variables } from './service-schema.ts'

const quickAction = map({
  command: text('a command, as text').describe('Command to run in the service.'),
  service: text('the name of a service')
    .optional()
    .describe('Service to run it in. Default: the default service.'),
  output: choice(['string', 'file', 'none'])
    .optional()
    .describe('What becomes of its output: shown, a download, or nothing. Default: string.'),
  filename: fileName().optional().describe('Name of the download. Default: the name of the action.'),
})

const savePoint = map({
  on: z
    .string({ error: 'must be a service and one of its steps, such as web.install' })
    .regex(/^[^.\n]+\..+$/, { error: 'must be a service and one of its steps, such as web.install' })
    .describe('Step after which all services are saved, as service.step.'),
  where: z
    .union(
      [
        text('a ref'),
        list(text('a ref'), 'a list of refs').min(1, { error: 'must be a list with at least one ref' }),
      ],
      {
        error: 'must be a list of refs, such as [main, "release/*"]',
      },
    )
    .optional()
    .describe('Refs that save, with wildcards. Default: every ref.'),
})

const test = z.discriminatedUnion(
  'type',
  [
    map({
      type: z.literal('screenshots'),
      paths: list(
        z
          .string({ error: 'must be a path' })
          .regex(/^\/\S*$/, { error: 'must be a path that starts with /' }),
        'a list of paths',
      )
        .optional()
        .describe('Pages to capture. Default: /.'),
    }),
    map({
      type: z.literal('playwright'),
      dir: relativePath()
        .optional()
        .describe('Directory with package.json and the tests. Default: test/playwright.'),
      prepare: fileName()
        .optional()
        .describe(
          'Script in that directory that runs instead of npm install, if it is there. Default: prepare.sh.',
        ),
    }),
  ],
  { error: 'must be a map with the type screenshots or playwright' },
)

/** A Qaackfile as written, after its template was rendered. What concerns several parts at once is in checks/. */
export const fileSchema = map({
  services: named(serviceSchema, 'a map of services').describe('The containers of the environment, by name.'),
  aliases: z
    .union([list(text('a host name'), 'a list of names'), named(text('the name of a service'), 'a map')], {
      error: 'must be a list of names, or a map of names with their services',
    })
    .optional()
    .describe(
      'Extra host names of the environment: a list for the default service, or a map alias -> service.',
    ),
  variables: variables.optional().describe('Variables of all services.'),
  reuse: text('the label of a reusable')
    .optional()
    .describe('Label of the reusable to start from; auto = whatever was saved that fits and goes furthest.'),
  make_reusable: named(savePoint, 'a map of labels').optional().describe('Save points, by label.'),
  quick_actions: named(quickAction, 'a map of actions')
    .optional()
    .describe('Commands to run from the panel, by name.'),
  tests: list(test, 'a list of tests').optional().describe('Checks that run in the build.'),
})

/** A file that the schema has accepted. */
export type RawFile = z.infer<typeof fileSchema>

/** The schema for editors: complete, with a description of every key. */
export function qaackfileJsonSchema(): Record<string, unknown> {
  return { ...z.toJSONSchema(fileSchema, { io: 'input' }), title: 'Qaackfile' }
}
