import type Docker from 'dockerode'
import { check } from '../prove.ts'
import { tell } from '../terminal.ts'

/** How tokens of GitHub and keys begin, whosoever they are. */
const secretLooking = /\bgh[a-z]_\w{8}|PRIVATE KEY/

/**
 * Shows that no secret is among the variables of a preview: neither those that its containers were made with nor those of
 * any process in them, neither as they are nor in base64.
 */
export async function proveNoSecrets(docker: Docker, environment: string, secrets: string[]): Promise<void> {
  const containers = await docker.listContainers({ filters: { label: [`qaack.environment=${environment}`] } })
  check(containers.length > 0, `Environment ${environment} has no containers to look into`)
  let variables = 0
  for (const { Id, Labels } of containers) {
    const service = Labels['qaack.service'] ?? Id
    const container = docker.getContainer(Id)
    const made = (await container.inspect()).Config.Env
    const seen = [...made, ...(await ofProcesses(container))]
    check(
      seen.some((variable) => variable === `QCK_ENVIRONMENT_ID=${environment}`),
      `The variables of ${service} cannot be read`,
    )
    const found = secretAmong(seen, secrets)
    check(found === undefined, `${service} has a secret in its variable ${found}`)
    variables += new Set(seen).size
  }
  tell.proven(
    `env: ${variables} variables in its ${containers.length} containers; ` +
      'no token, no key of the app, no webhook secret is among them',
  )
}

/** The name of a variable, given as `NAME=value`, that has one of the secrets in it, or looks as if it had another. */
export function secretAmong(variables: string[], secrets: string[]): string | undefined {
  const forms = secrets.flatMap((secret) => [secret, Buffer.from(secret).toString('base64')])
  const found = variables.find(
    (variable) => secretLooking.test(variable) || forms.some((form) => variable.includes(form)),
  )
  return found?.split('=', 1)[0]
}

async function ofProcesses(container: Docker.Container): Promise<string[]> {
  const exec = await container.exec({
    Cmd: ['/bin/sh', '-c', 'cat /proc/[0-9]*/environ'],
    // one plain stream, nothing to take apart
    ...{ AttachStdout: true, AttachStderr: false, Tty: true },
  })
  const stream = await exec.start({ Tty: true })
  let text = ''
  for await (const chunk of stream as AsyncIterable<Buffer>) text += chunk.toString()
  return text.split('\0').filter((variable) => variable !== '')
}
