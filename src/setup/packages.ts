import { isInstalled, lastLines, mustRun, rootPrefix, runProgram } from './program.ts'
import { type Say, timed } from './say.ts'

/**
 * Installs what is missing of these Debian or Ubuntu packages.
 *
 * @returns the names that are there now. Throws a sentence that says what to do if one is not and cannot be
 * installed; with `optional` that is only said.
 */
export async function ensurePackages(
  names: string[],
  { say, optional = false }: { say: Say; optional?: boolean },
): Promise<string[]> {
  const missing = await missingOf(names)
  if (missing.length === 0) return names
  const fault = await install(missing, say)
  if (fault === undefined) return names
  if (!optional) throw new Error(fault)
  say(`${fault} Going on without.`)
  return names.filter((name) => !missing.includes(name))
}

async function missingOf(names: string[]): Promise<string[]> {
  if (!(await isInstalled('dpkg-query'))) return names
  const { output } = await runProgram([
    'dpkg-query',
    '-W',
    '-f',
    '${Package} ${db:Status-Status}\n',
    ...names,
  ])
  const there = new Set(output.split('\n').filter((line) => line.endsWith(' installed')))
  return names.filter((name) => !there.has(`${name} installed`))
}

/** undefined = done; else the sentence that says why not. */
async function install(names: string[], say: Say): Promise<string | undefined> {
  const list = names.join(' ')
  if (!(await isInstalled('apt-get')))
    return `Install ${list} with this system's package manager, then try again.`
  const root = await rootPrefix()
  if (!root) return `Install ${list} (as root: apt-get install ${list}), or run this as root, then try again.`
  return timed(say, `installing ${list} (apt-get)`, async () => {
    const apt = [
      ...root,
      'env',
      'DEBIAN_FRONTEND=noninteractive',
      'apt-get',
      '-q',
      '-o',
      'DPkg::Lock::Timeout=300',
    ]
    // a third-party source that does not answer must not stop us: what counts is whether the packages can be had
    await runProgram([...apt, 'update'])
    const { exitCode, output } = await runProgram([
      ...apt,
      'install',
      '-y',
      '--no-install-recommends',
      ...names,
    ])
    if (exitCode === 0) return undefined
    return `apt-get could not install ${list}; its last lines were:\n${lastLines(output, 8)}\n`
  })
}

/** Debian's or Ubuntu's release name of this machine, e.g. `bookworm`; undefined on anything else. */
export async function debianRelease(): Promise<string | undefined> {
  if (!(await isInstalled('apt-get'))) return undefined
  const output = await mustRun(['sh', '-c', '. /etc/os-release && echo "$VERSION_CODENAME"'])
  return output.trim() || undefined
}
