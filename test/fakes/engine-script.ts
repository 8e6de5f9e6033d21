/** What a fake process may do to the container it runs in. */
export interface Surroundings {
  variables: Record<string, string>
  workdir: string
  user: string
  read(path: string): Buffer | undefined
  write(chunk: Buffer): void
  /** Resolves when the process is to end early. Time does not pass in the fake, so a process that sleeps waits for this. */
  ended: Promise<void>
}

export interface End {
  exitCode: number
  outOfMemory: boolean
}

/**
 * Runs the few commands that the fake knows, separated by `;`, `&&` or line ends, either as a program with arguments
 * or as `sh -c TEXT`:
 *
 *     echo TEXT [>&2]    printenv NAME    pwd    cat FILE    test -f FILE    id -u    id -g    true    false    :
 *     exit N             ends with exit code N
 *     sleep N            waits until it is killed, whatever N
 *     tail /dev/zero     is killed for memory: exit code 137
 *
 * `undefined` = a program that it does not know.
 */
export async function runScript(command: string[], around: Surroundings): Promise<End | undefined> {
  for (const line of statements(command)) {
    const end = await run(line, around)
    if (end === undefined) return undefined
    if (end !== 'next') return end
  }
  return { exitCode: 0, outOfMemory: false }
}

function statements(command: string[]): string[] {
  const [program = '', option, text] = command
  if (!/(^|\/)(ba|da)?sh$/.test(program)) return [command.join(' ')]
  if (option !== '-c' || text === undefined) return [command.join(' ')]
  return text.split(/\s*(?:;|&&|\n)\s*/).filter(Boolean)
}

async function run(line: string, around: Surroundings): Promise<End | 'next' | undefined> {
  const [program = '', ...rest] = line.split(' ')
  const argument = rest.join(' ')
  switch (program) {
    case 'echo':
      return say(around, expanded(argument.replace(/\s*>&2$/, ''), around))
    case 'printenv':
      return argument in around.variables ? say(around, around.variables[argument] ?? '') : failed(1)
    case 'pwd':
      return say(around, around.workdir)
    case 'id':
      return say(
        around,
        around.user === '' || around.user === 'root'
          ? '0'
          : (around.user.split(':')[argument === '-g' ? 1 : 0] ?? around.user),
      )
    case 'cat':
      return cat(around, argument)
    case 'test':
      return around.read(argument.replace('-f ', '')) ? 'next' : failed(1)
    case 'exit':
      return failed(Number(argument))
    case 'sleep':
      await around.ended
      return failed(137)
    case 'tail':
      return argument === '/dev/zero' ? { exitCode: 137, outOfMemory: true } : undefined
    case 'true':
    case ':':
      return 'next'
    case 'false':
      return failed(1)
    default:
      return undefined
  }
}

function expanded(text: string, around: Surroundings): string {
  return text
    .replace(/^(["'])(.*)\1$/, '$2')
    .replace(/\$([A-Z_]+)/g, (_all, name: string) => around.variables[name] ?? '')
}

function say(around: Surroundings, text: string): 'next' {
  around.write(Buffer.from(`${text}\n`))
  return 'next'
}

function cat(around: Surroundings, path: string): End | 'next' {
  const content = around.read(path)
  if (!content) {
    say(around, `cat: can't open '${path}': No such file or directory`)
    return failed(1)
  }
  around.write(content)
  return 'next'
}

function failed(exitCode: number): End {
  return { exitCode, outOfMemory: false }
}
