import { findEnvironment } from './client/find.ts'
import { read } from './client/read.ts'
import { execShape, type Environment } from './client/shapes.ts'
import { connect } from './connect.ts'
import { CliFailure, wrongUse } from './terminal/failure.ts'
import { spin } from './terminal/spinner.ts'
import { untilInterrupted } from './terminal/interrupt.ts'
import { show, type World } from './terminal/world.ts'

/** `qaack env exec`: a command in a service, its output when it has ended. */
export async function exec(
  world: World,
  given: string,
  command: string[],
  options: { service?: string },
): Promise<void> {
  const http = connect(world)
  const environment = await findEnvironment(http, given)
  const service = options.service ?? defaultService(environment)
  const path = `/api/environment/${environment.id}/service/${encodeURIComponent(service)}/exec`
  const line = commandLine(command)
  const answer = await untilInterrupted(async (signal) => {
    const spinner = world.stderr.isTTY ? spin(world, `${service}: ${line}`) : undefined
    return read(http, path, execShape, {
      method: 'POST',
      body: { command: line },
      patient: true,
      signal,
    }).finally(() => spinner?.stop())
  })
  if (world.json || answer.output !== '') show(world, answer, () => answer.output)
  if (answer.exitCode !== 0) throw new CliFailure(`the command ended with exit code ${answer.exitCode}`)
}

/** One argument is a line for the shell as it is; several are quoted, so that each arrives as one. */
export function commandLine(command: string[]): string {
  if (command.length === 1) return command[0] ?? ''
  return command
    .map((part) => (/^[\w@%+=:,./-]+$/.test(part) ? part : `'${part.replaceAll("'", `'\\''`)}'`))
    .join(' ')
}

function defaultService({ id, services = [] }: Environment): string {
  const service = services.find((candidate) => candidate.default) ?? services[0]
  if (!service)
    throw new CliFailure(`environment ${id} has no services; create it first: qaack env create ${id}`)
  if (!service.default && services.length > 1) {
    throw wrongUse(
      `environment ${id} has no default service; choose one with --service: ${services.map(({ name }) => name).join(', ')}`,
    )
  }
  return service.name
}
