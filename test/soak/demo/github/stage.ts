import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createAppAuth } from '@octokit/auth-app'
import { Octokit } from '@octokit/core'
import { startGithub, type LocalGithub, type LocalGithubOptions } from '../../../../src/demo/github/start.ts'

export type Json = Record<string, unknown>

export interface Heard {
  event: string
  action: string
  guid: string
  headers: IncomingHttpHeaders
  text: string
  payload: Json
}

/** A local GitHub, and somebody who writes down every webhook. `answers` are the next statuses, then 202. */
export interface Stage extends AsyncDisposable {
  github: LocalGithub
  heard: Heard[]
  answers: number[]
  hookUrl: string
  /** Waits for what is under way, then gives what was heard of a kind: `push`, `pull_request.opened`. */
  of(kind: string): Promise<Json[]>
  /** All that was heard since the last time, as `push`, `pull_request.opened`. */
  kinds(): Promise<string[]>
  /** Our app, by GitHub's own client: as the installation, or as the app itself. */
  installation: Octokit
  app: Octokit
}

export async function openStage(options: LocalGithubOptions = {}): Promise<Stage> {
  const heard: Heard[] = []
  const answers: number[] = []
  const hook = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString('utf8')
      const payload = JSON.parse(text) as Json
      const [event, guid] = [request.headers['x-github-event'], request.headers['x-github-delivery']].map(
        String,
      )
      const action = typeof payload.action === 'string' ? payload.action : ''
      heard.push({ event: event ?? '', action, guid: guid ?? '', headers: request.headers, text, payload })
      response.writeHead(answers.shift() ?? 202).end('heard')
    })
  })
  await new Promise<void>((resolve) => hook.listen(0, '127.0.0.1', resolve))
  const hookUrl = `http://127.0.0.1:${(hook.address() as AddressInfo).port}/api/github/webhooks`
  const github = await startGithub({ webhookUrl: hookUrl, ...options })
  const { appId, privateKey, installationId } = github.app
  const client = (auth: object) =>
    new Octokit({ authStrategy: createAppAuth, auth, baseUrl: `${github.url}/api/v3` })
  let seen = 0
  return {
    ...{ github, heard, answers, hookUrl },
    async of(kind) {
      await github.delivered()
      return heard.filter((one) => nameOf(one) === kind || one.event === kind).map(({ payload }) => payload)
    },
    async kinds() {
      await github.delivered()
      const since = heard.slice(seen).map(nameOf)
      seen = heard.length
      return since
    },
    installation: client({ appId, privateKey, installationId }),
    app: client({ appId, privateKey }),
    async [Symbol.asyncDispose]() {
      await github.close()
      hook.closeAllConnections()
      await new Promise((resolve) => hook.close(resolve))
    },
  }
}

/** The status of a request that fails, and what was said. */
export async function refusal(request: Promise<unknown>): Promise<[status: number, message: string]> {
  try {
    await request
  } catch (error) {
    const { status, response } = error as { status: number; response?: { data: { message?: string } } }
    return [status, response?.data.message ?? '']
  }
  throw new Error('the request was not refused')
}

function nameOf({ event, action }: Heard): string {
  return action ? `${event}.${action}` : event
}
