import { supervisorScript } from './supervisor-script.ts'
import type { Workload } from './workload.ts'

const folder = '/.qaack'

/** Where the supervisor's files are in a container; it needs none of them before it is released. */
export const supervisorPaths = {
  command: `${folder}/start-command`,
  /** Names the container that the files are for. */
  container: `${folder}/container`,
  /** There once the main process may start, and what `container` has in it. */
  start: `${folder}/start`,
} as const

/**
 * Makes the supervisor the main process: it waits for `releaseCommand`, then runs `start` by the service's shell and
 * restarts it when it ends. `container` is what no other container is called: what an image that was saved from another one says
 * of being released does not count. Everybody sees it who looks for a process by its arguments, so it is best no word.
 */
export function supervisedBy(
  shell: string,
  start: string,
  container: string,
): Pick<Workload, 'files'> & { entrypoint: string[]; command: string[] } {
  return {
    // No file: an image that was saved brings none of an older version, and the process can start before any file is there.
    entrypoint: [scriptShell(shell), '-c', supervisorScript],
    command: [`${folder}/supervisor`, shell, container],
    files: [
      { path: supervisorPaths.command, content: `${start}\n`, mode: 0o644 },
      { path: supervisorPaths.container, content: `${container}\n`, mode: 0o644 },
    ],
  }
}

/**
 * The command to run in the container, as user 0, to start the main process. Safe twice. A container that is started
 * again later needs it no more.
 */
export function releaseCommandFor(shell: string): string[] {
  const { container, start } = supervisorPaths
  return [scriptShell(shell), '-c', `read -r name < ${container} && echo "$name" > ${start} && kill -USR1 1`]
}

/** `releaseCommandFor` where the service's shell is the usual one. */
export const releaseCommand: string[] = releaseCommandFor('/bin/sh')

/** The service's own shell where it reads POSIX scripts: an image may have no other. */
function scriptShell(shell: string): string {
  return /\/(?:sh|bash|dash|ash|ksh|mksh)$/.test(shell) ? shell : '/bin/sh'
}
