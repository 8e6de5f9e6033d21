import type { GithubOverview } from './github-overview.ts'
import { card, note } from './github-setup-page.ts'
import { html, type Html } from './html.ts'
import type { Page } from './page.ts'

/** Most repositories of one owner that are named. */
const mostNamed = 30

/** What is connected. `unused`: name of a saved app that the settings overrule. */
export function githubPage(overview: GithubOverview, unused: string | null, now: number): Page {
  const { app, connected, source } = overview
  return {
    title: 'GitHub · Qaack',
    formsTo: ["'self'"],
    content: card(
      connected ? 'GitHub is connected' : 'GitHub is not connected',
      app
        ? html`<p>
            ${connected ? 'By the app' : 'The app is'}
            <a href="${app.url}">${app.name}</a>${app.owner === null ? '' : ` of ${app.owner}`}${
              source === 'settings' ? ', as the settings say (APP_ID)' : ''
            }.
          </p>`
        : html`<p>${source === 'settings' ? 'The settings name an app (APP_ID).' : 'An app was made.'}</p>`,
      ...parts(overview, unused, now),
    ),
  }
}

function parts(overview: GithubOverview, unused: string | null, now: number): Html[] {
  return [
    ...(overview.problems.length === 0 ? [] : [problemsOf(overview)]),
    repositoriesOf(overview),
    deliveriesOf(overview, now),
    ending(overview, unused),
  ]
}

function problemsOf({ problems, connected }: GithubOverview): Html {
  return html`<section>
    ${problems.map((one) => note(one, 'bad') ?? html``)}
    ${
      connected
        ? null
        : html`<form method="post" action="/github/retry"><button>Connect again</button></form>`
    }
  </section>`
}

function repositoriesOf({ owners, app }: GithubOverview): Html {
  const install = app
    ? html`<p>
        <a href="${app.url}/installations/new"
          >Install it on ${owners.length === 0 ? '' : 'more '}repositories</a
        >
      </p>`
    : null
  return html`<section>
    <h2>Repositories</h2>
    ${
      owners.length === 0
        ? html`<p>None yet: the app is installed nowhere, or GitHub has not told of it yet.</p>`
        : html`<dl>
            ${owners.map(
              ({ owner, repositories }) =>
                html`<dt>${owner}</dt>
                  <dd>${listed(repositories)}</dd>`,
            )}
          </dl>`
    }
    ${install}
  </section>`
}

function listed(names: string[]): string {
  const more = names.length - mostNamed
  return names.slice(0, mostNamed).join(', ') + (more > 0 ? ` and ${more} more` : '')
}

function deliveriesOf({ lastDelivery }: GithubOverview, now: number): Html {
  if (!lastDelivery)
    return html`<section>
      <h2>Last call of GitHub</h2>
      <p>None in the last days.</p>
    </section>`
  const { event, receivedAt, status, reason } = lastDelivery
  const time = new Date(receivedAt).toISOString()
  return html`<section>
    <h2>Last call of GitHub</h2>
    <p>
      <strong>${event}</strong>, <time datetime="${time}">${agoText(now - receivedAt)}</time>:
      ${stateTexts[status]}
    </p>
    ${reason === '' ? null : html`<p>${reason}</p>`}
  </section>`
}

const stateTexts = { waiting: 'being worked on', done: 'done', failed: 'failed' }

function agoText(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000))
  const [count, unit] =
    seconds < 90
      ? [seconds, 'second']
      : seconds < 5400
        ? [Math.round(seconds / 60), 'minute']
        : seconds < 129_600
          ? [Math.round(seconds / 3600), 'hour']
          : [Math.round(seconds / 86_400), 'day']
  return `${count} ${unit}${count === 1 ? '' : 's'} ago`
}

function ending({ source, app }: GithubOverview, unused: string | null): Html {
  if (source === 'settings')
    return html`<section>
      <h2>Disconnect</h2>
      <p>
        Take <code>APP_ID</code> and what belongs to it out of the settings and start the server
        again.${unused === null ? '' : ` Then the saved app ${unused}, which is not in use now, is used.`}
      </p>
    </section>`
  return html`<section>
    <h2>Disconnect</h2>
    <p>
      This server forgets the keys of the app, and its repositories stay as they are.
      ${
        app
          ? html`The app itself stays at GitHub until it is deleted there:
              <a href="${app.url}">its page</a> leads to its settings.`
          : null
      }
    </p>
    <form method="post" action="/github/disconnect"><button class="quiet">Disconnect</button></form>
  </section>`
}
