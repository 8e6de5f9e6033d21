import type { Proposal } from './github-connect.ts'
import type { Reach } from './github-reach.ts'
import { html, type Html } from './html.ts'
import type { Page } from './page.ts'

/** What a browser without a valid token is shown. `back`: the answer of GitHub that it came with. */
export function signInPage(facts: {
  problem: string | null
  back: { code: string; state: string } | null
}): Page {
  const { problem, back } = facts
  return {
    title: 'Sign in · Qaack',
    formsTo: ["'self'"],
    content: card(
      'Sign in',
      html`<p>What is connected to this server is for those who may change it.</p>`,
      html`<section>
        ${note(problem, 'bad')}
        <form method="post" action="/github/token">
          ${back ? html`${hidden('code', back.code)}${hidden('state', back.state)}` : null}
          <label for="token">Admin token</label>
          <input
            id="token"
            name="token"
            type="password"
            required
            autocomplete="current-password"
            aria-describedby="token-hint"
          />
          <p class="hint" id="token-hint">
            It is in the file <code>admin-token</code> in the data folder of the server, unless
            <code>admin_token</code> is set. Any other token that may write will do as well.
          </p>
          <button>Sign in</button>
        </form>
      </section>`,
    ),
  }
}

/** Where the browser asks by another address than the one that GitHub will send it back to. */
export function elsewherePage(address: string): Page {
  return {
    title: 'Connect GitHub · Qaack',
    content: card(
      'Connect GitHub',
      html`<p>
          GitHub will send you back to the address of this server, so begin there:
          <a href="${address}/github">${address}/github</a>
        </p>
        <p>
          Is that not where it can be reached? Then set <code>base_url</code> (QAACK_BASE_URL) and start it
          again.
        </p>`,
    ),
  }
}

/** The first step: whose app it shall be. */
export function choosePage(facts: { reach: Reach; problem: string | null; fields: URLSearchParams }): Page {
  const { reach, problem, fields } = facts
  const relay = fields.get('relay') ?? ''
  const github = fields.get('github') ?? ''
  const relayField = html`<label for="relay">Address of a webhook relay</label>
    <input id="relay" name="relay" type="url" value="${relay}" aria-describedby="relay-hint" />
    <p class="hint" id="relay-hint">
      Only if GitHub cannot call this server itself, for example a channel of smee.io.
    </p>`
  return {
    title: 'Connect GitHub · Qaack',
    formsTo: ["'self'"],
    content: card(
      'Connect GitHub',
      html`<p>
        Then each change gets a preview, with its address in a comment, a status, a check and a deployment,
        and people steer it by comments. For this, GitHub makes an app of your own, which you install on the
        repositories of your choice. Nobody but you and this server gets its keys.
      </p>`,
      html`<section>
        ${note(problem, 'bad')} ${problem === reach.warning ? null : note(reach.warning)}
        <form method="post" action="/github/new">
          <label for="organisation">Organisation</label>
          <input
            id="organisation"
            name="organisation"
            value="${fields.get('organisation') ?? ''}"
            autocomplete="off"
            autocapitalize="none"
            spellcheck="false"
            aria-describedby="organisation-hint"
          />
          <p class="hint" id="organisation-hint">
            Who will own the app, as in the address of its page, such as <code>acme</code>. Leave it empty for
            your own account.
          </p>
          ${isReached(reach) ? null : relayField}
          <details ${github === '' && (relay === '' || !isReached(reach)) ? null : html`open`}>
            <summary>
              ${isReached(reach) ? 'GitHub Enterprise Server, webhook relay' : 'GitHub Enterprise Server'}
            </summary>
            <label for="github">Address of GitHub</label>
            <input id="github" name="github" type="url" value="${github}" placeholder="https://github.com" />
            ${isReached(reach) ? relayField : null}
          </details>
          <button>Continue</button>
        </form>
      </section>`,
      aboutVariables,
    ),
  }
}

/** The second step: what will be sent to GitHub, and the button that does it. */
export function confirmPage({ action, manifest }: Proposal): Page {
  const { origin, host } = new URL(action)
  return {
    title: 'Connect GitHub · Qaack',
    formsTo: ["'self'", origin],
    content: card(
      'What GitHub is asked for',
      html`<p>
        On the next page <strong>${host}</strong> shows the name of the app, which you may change, and makes
        it. It then sends you back here, and you choose where to install it.
      </p>`,
      html`<section>
        <dl>
          <dt>Name</dt>
          <dd>${manifest.name}</dd>
          <dt>Calls go to</dt>
          <dd><code>${manifest.hook_attributes.url}</code></dd>
          <dt>May</dt>
          <dd>${permissionTexts(manifest.default_permissions)}</dd>
          <dt>Is told of</dt>
          <dd>${manifest.default_events.join(', ')}</dd>
        </dl>
        <form method="post" action="${action}">
          ${hidden('manifest', JSON.stringify(manifest))}
          <button>Make the app at ${host}</button>
        </form>
      </section>`,
    ),
  }
}

/** A step that did not go well. */
export function problemPage(problem: string): Page {
  return {
    title: 'GitHub · Qaack',
    content: card(
      'That did not work',
      html``,
      html`<section>
        ${note(problem, 'bad')}
        <p><a href="/github">To the page of GitHub</a></p>
      </section>`,
    ),
  }
}

export function card(heading: string, lead: Html, ...sections: Html[]): Html {
  return html`<p class="brand">Qaack</p>
    <div class="card">
      <header>
        <h1>${heading}</h1>
        ${lead}
      </header>
      ${sections}
    </div>`
}

/** A box with something to heed. `bad`: it is announced at once by what reads pages aloud. */
export function note(text: string | null, kind: 'bad' | 'warn' = 'warn'): Html | null {
  if (text === null) return null
  const sentence = text.slice(0, 1).toUpperCase() + text.slice(1)
  return kind === 'bad'
    ? html`<p class="note bad" role="alert">${sentence}</p>`
    : html`<p class="note">${sentence}</p>`
}

function hidden(name: string, value: string): Html {
  return html`<input type="hidden" name="${name}" value="${value}" />`
}

function isReached({ kind }: Reach): boolean {
  return kind === 'good' || kind === 'plain'
}

/** e.g. `read contents, metadata; write checks, statuses` */
function permissionTexts(permissions: Record<string, string>): string {
  const byLevel = Map.groupBy(Object.entries(permissions), ([, level]) => level)
  return [...byLevel]
    .map(([level, entries]) => `${level} ${entries.map(([name]) => name.replaceAll('_', ' ')).join(', ')}`)
    .join('; ')
}

const aboutVariables = html`<section>
  <h2>There is an app already?</h2>
  <p>
    Give the server its credentials and start it again: <code>APP_ID</code>, <code>PRIVATE_KEY</code> or
    <code>PRIVATE_KEY_PATH</code>, <code>WEBHOOK_SECRET</code>, and <code>GHE_HOST</code> for a GitHub
    Enterprise Server.
  </p>
</section>`
