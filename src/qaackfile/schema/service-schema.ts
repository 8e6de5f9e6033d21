import { z } from 'zod'
import {
  absolutePath,
  choice,
  duration,
  files,
  flag,
  image,
  list,
  map,
  mount,
  named,
  pattern,
  port,
  program,
  size,
  text,
  user,
  whole,
} from './fields.ts'

const command = () => text('a command, as text')
const commands = () =>
  list(command(), 'a list of commands').min(1, { error: 'must be a list with at least one command' })
const commandOrCommands = () =>
  z.union([command(), commands()], { error: 'must be a command or a list of commands' })

const limits = {
  timeout: duration()
    .optional()
    .describe('Longest time the step may take, such as 90s or 5m. Without it only the build has a limit.'),
  user: user().optional().describe('User that runs the step, instead of the service’s.'),
  inputs: z
    .union(
      [files(), list(files(), 'a list of files').min(1, { error: 'must be a list with at least one file' })],
      {
        error: 'must be a list of files, such as [package.json, package-lock.json]',
      },
    )
    .optional()
    .describe(
      'Files that decide what the step makes, with wildcards: if one changes, what was saved after it is not used.',
    ),
}
const run = () => commandOrCommands().describe('The command, or several that run one after another.')

const step = z.union([command(), commands(), map({ run: run(), ...limits })], {
  error: 'must be a command, a list of commands, or a map with run',
})

const steps = z.union(
  [
    named(step, 'a map of steps'),
    list(map({ name: text('the name of the step'), run: run(), ...limits }), 'a list of steps'),
  ],
  { error: 'must be a map of step names with their commands, or a list of maps with name and run' },
)

/** Variables of the file and of a service. */
export const variables = named(
  z.union(
    [
      z.string(),
      z.number(),
      z.boolean(),
      map({
        value: z
          .union([z.string(), z.number(), z.boolean()], {
            error: 'must be a text, a number, true or false; an empty text is ""',
          })
          .describe('The value; numbers and booleans become text as they are written.'),
        visibility: choice(['always', 'buildtime'])
          .optional()
          .describe('buildtime: only build steps see it. Default: always.'),
      }),
    ],
    {
      error:
        'must be a text, a number, true or false, or a map with value and visibility; an empty text is ""',
    },
  ),
  'a map of names with their values',
)

const ready = map({
  path: z
    .string({ error: 'must be a path that starts with /' })
    .regex(/^\/\S*$/, { error: 'must be a path that starts with /, such as /healthz' })
    .optional()
    .describe('Ready when GET of this path answers.'),
  status: whole(100, 599, 'an HTTP status')
    .optional()
    .describe('Status that `path` must answer; without it any from 200 to 399.'),
  port: port().optional().describe('Port of `path`; the service’s own if absent.'),
  command: command().optional().describe('Ready when this command, run in the service, ends with 0.'),
  log: pattern().optional().describe('Ready when the output of the service matches this pattern (RE2).'),
  tcp: port().optional().describe('Ready when this port takes connections.'),
  timeout: duration()
    .optional()
    .describe('Longest time until it is ready; then the build fails. Default: 60s.'),
  interval: duration().optional().describe('Time between two tries. Default: 1s.'),
})

const checkout = z.union(
  [
    flag(),
    map({
      path: absolutePath().optional().describe('Where the code goes, instead of the service’s path.'),
      depth: whole(0, 1_000_000, 'a number of commits')
        .optional()
        .describe('Commits of history; 0 = all, which is the default.'),
      submodules: flag().optional().describe('Also check out submodules.'),
      lfs: flag().optional().describe('Also fetch the files kept in Git LFS.'),
    }),
  ],
  { error: 'must be true, false, or a map with path, depth, submodules and lfs' },
)

export const serviceSchema = map({
  image: image().describe('Image to run: any that the engine can pull or already has.'),
  default: flag()
    .optional()
    .describe(
      'Owns the environment’s address and gets its quick actions. Default: the only service, or the first with a port.',
    ),
  checkout: checkout.optional().describe('Put the code of the repository into this service.'),
  path: absolutePath()
    .optional()
    .describe('Where code goes and commands run. Default: the image’s working directory, /app if that is /.'),
  port: port()
    .optional()
    .describe('Port that the web proxy forwards to. Without it the service has no address.'),
  commands: steps
    .optional()
    .describe('Build steps, run in the order written; the first exit code other than 0 fails the build.'),
  start: command()
    .optional()
    .describe(
      'Main process of the service, started when its steps are done. Without it the image’s own command runs from the beginning.',
    ),
  depends_on: list(text('the name of a service'), 'a list of services')
    .optional()
    .describe('Services that are created, ready and built before this one.'),
  ready: ready
    .optional()
    .describe('When the service counts as ready. Default with a port: when it takes connections.'),
  variables: variables.optional().describe('Variables of this service; they outrank those of the file.'),
  user: user().optional().describe('User that commands and the main process run as. Default: the image’s.'),
  shell: program().optional().describe('Shell that runs the commands. Default: /bin/sh.'),
  entrypoint: z
    .union(
      [
        text('a command'),
        list(text('a program or an argument'), 'a list of texts').min(1, {
          error: 'must be a list with at least a program',
        }),
      ],
      {
        error: 'must be a command, or a list of a program and its arguments',
      },
    )
    .optional()
    .describe('Replaces the image’s entrypoint. A text is run by the shell.'),
  resources: map({
    memory: size().optional().describe('Hard limit of memory, such as 512m or 2g.'),
    cpus: z
      .number({ error: 'must be a number of processors, such as 0.5 or 2' })
      .min(0.01, { error: 'must be a number of processors from 0.01' })
      .max(1024, { error: 'must be a number of processors up to 1024' })
      .optional()
      .describe('Processors, such as 0.5 or 2.'),
    pids: whole(1, 4_194_304, 'a number of processes').optional().describe('Most processes at once.'),
    shm: size().optional().describe('Size of /dev/shm, such as 256m.'),
  })
    .optional()
    .describe('Hard limits. Default: the server’s.'),
  volumes: list(
    map({
      mount: mount().describe('Absolute path in the service.'),
      size: size().optional().describe('Size, such as 1g, where the engine can limit it.'),
    }),
    'a list of maps with mount and size',
  )
    .optional()
    .describe('Places that are kept over rebuilds while the service is locked.'),
  aliases: list(text('a host name'), 'a list of names')
    .optional()
    .describe('Extra host names of this service.'),
})
