import type { GitlabConfig } from '../config/config.ts'
import type { Parts } from '../parts.ts'
import { fault, text } from './answers.ts'
import type { App } from './app.ts'
import type { GithubConnect } from './github-connect.ts'
import { html, type Html } from './html.ts'
import { sendPage } from './page.ts'

export function frontPageRoutes(
  app: App,
  parts: Pick<Parts, 'config'>,
  github: Pick<GithubConnect, 'source'> | null,
): void {
  app.route({
    method: 'GET',
    url: '/',
    config: { open: true },
    schema: {
      tags: ['instance'],
      summary: 'What answers here, for people',
      operationId: 'getFrontPage',
      security: [],
      response: { 200: text('A page.', 'text/html'), ...fault },
    },
    handler: (_request, reply) =>
      sendPage(reply, { title: 'Qaack', content: contentOf(github, parts.config.gitlab) }),
  })
}

function contentOf(
  github: Pick<GithubConnect, 'source'> | null,
  gitlab: Pick<GitlabConfig, 'url'> | null,
): Html {
  return html`<div class="card">
    <header>
      <h1>Qaack</h1>
      <p>
        Previews of every branch and change, each on an address of its own. This is the address of the service
        itself: its API answers here.
      </p>
    </header>
    <ul class="links">
      ${github ? githubItem(github.source() !== null) : null} ${gitlab ? gitlabItem(gitlab) : null}
      <li>
        <a href="/api/openapi.json"><b>API description</b><span>OpenAPI 3.1</span></a>
      </li>
      <li>
        <a href="/api/qaackfile.schema.json">
          <b>Schema of the Qaackfile</b><span>for completion in an editor</span>
        </a>
      </li>
      <li>
        <a href="/api/ready"><b>Is it ready?</b><span>database and Docker engine</span></a>
      </li>
      <li>
        <a href="/metrics"><b>Measurements</b><span>for Prometheus</span></a>
      </li>
    </ul>
    <pre tabindex="0"><code>qaack login &lt;this address&gt;
qaack repo add shop https://git.example.org/shop.git
qaack env list</code></pre>
  </div>`
}

function githubItem(isConnected: boolean): Html {
  return isConnected
    ? html`<li>
        <a href="/github"><b>GitHub</b><span>connected: what comes from there</span></a>
      </li>`
    : html`<li>
        <a href="/github"><b>Connect GitHub</b><span>not connected yet; then changes get previews</span></a>
      </li>`
}

function gitlabItem({ url }: Pick<GitlabConfig, 'url'>): Html {
  return html`<li>
    <a href="${url}"><b>GitLab</b><span>connected: the projects of a token at ${url}</span></a>
  </li>`
}
