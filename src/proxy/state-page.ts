import { createHash } from 'node:crypto'
import { fingerprint, type PageEnvironment, type PageFacts } from './state-page-facts.ts'
import { stateScript } from './state-page-script.ts'
import { stateStyle } from './state-page-style.ts'
import { words } from './state-page-words.ts'

/** Seconds between two looks of a browser that runs no scripts. */
const slowRefresh = 20

/** What the page may load and run: its own style and script by their hash, and news from its own host. Nothing else. */
export const contentSecurityPolicy = [
  "default-src 'none'",
  `style-src ${hashOf(stateStyle)}`,
  `script-src ${hashOf(stateScript)}`,
  "connect-src 'self'",
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
].join('; ')

/**
 * The state page as one HTML file without anything to load. `custom` are the operator's words: the name above the page
 * and a message below it, plain text both.
 */
export function statePage(facts: PageFacts, custom: { title: string; message: string }, now: number): string {
  const { headline, tone, live } = words[facts.state]
  const { environment } = facts
  const build = environment?.build ?? null
  const title = [headline, environment?.ref.name, custom.title].filter(Boolean).join(' · ')
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex, nofollow">
<title>${escape(title)}</title>
<link rel="icon" href="${icon[tone]}">
${live === 'off' ? '' : `<noscript><meta http-equiv="refresh" content="${slowRefresh}"></noscript>`}
<style>${stateStyle}</style>
</head>
<body>
<main data-state="${facts.state}" data-tone="${tone}" data-live="${live}" data-now="${now}" data-facts="${fingerprint(facts)}" data-log="${build ? `${build.id}:${build.log.end}` : ''}">
<p class="brand">${escape(custom.title)}</p>
<div class="card">
<div id="status" role="status">${mark[tone]}<h1>${headline}${clock(environment)}</h1><p class="reason">${escape(facts.reason)}</p>${environment ? subject(environment) : ''}</div>
<section id="log" aria-label="Build log">${build ? logOf(build) : ''}</section>
<dl id="facts">${environment ? factList(environment, now) : ''}</dl>
</div>
${custom.message === '' ? '' : `<p class="note">${escape(custom.message)}</p>`}
</main>
<script>${stateScript}</script>
</body>
</html>
`
}

/** What the page is about, in one line: repository, ref, commit. */
function subject({ repository, ref }: PageEnvironment): string {
  const kind = { branch: '', tag: 'tag ', change: 'change #' }[ref.type]
  const commit = `<code title="${escape(ref.hash)}">${escape(ref.hash.slice(0, 7))}</code>`
  const parts = [escape(repository), `<strong>${kind}${escape(ref.name)}</strong>`, commit]
  return `<p class="subject">${parts
    .filter((part) => part !== '')
    .map((part) => `<span>${part}</span>`)
    .join('')}</p>`
}

function factList({ queuePosition, expiresAt, services, id }: PageEnvironment, now: number): string {
  return [
    queuePosition === null ? '' : fact('Place in the queue', String(queuePosition)),
    services.length === 0 ? '' : fact('Services', `<ul>${services.map(serviceItem).join('')}</ul>`),
    expiresAt === null ? '' : fact('Expires', expiry(expiresAt, now)),
    fact('Environment', `<code>${escape(id)}</code>`),
  ].join('')
}

function fact(name: string, html: string): string {
  return `<div><dt>${name}</dt><dd>${html}</dd></div>`
}

function serviceItem({ name, state, url }: PageEnvironment['services'][number]): string {
  const shown = url === null ? escape(name) : `<a href="${escape(url)}">${escape(name)}</a>`
  return `<li${state === 'failed' || state === 'exited' ? ' class="bad"' : ''}>${shown}<small>${state}</small></li>`
}

function logOf({ number, log }: NonNullable<PageEnvironment['build']>): string {
  const rows = log.lines.map(
    (line) => `<span${line.startsWith('==> ') ? ' class="head"' : ''}>${escape(line)}\n</span>`,
  )
  return `<h2>Build ${number}</h2><pre tabindex="0" role="log" aria-live="off" aria-label="Output of build ${number}">${rows.join('')}</pre>`
}

/** Filled and moved on by the script; without one there is nothing to show. */
function clock(environment: PageEnvironment | null): string {
  const since = environment?.build?.runningSince
  return since === undefined || since === null ? '' : `<time data-since="${since}" aria-hidden="true"></time>`
}

function expiry(at: number, now: number): string {
  const minutes = Math.max(0, Math.round((at - now) / 60_000))
  const iso = new Date(at).toISOString()
  const span =
    minutes < 120
      ? `${minutes} min`
      : minutes < 2_880
        ? `${Math.round(minutes / 60)} h`
        : `${Math.round(minutes / 1_440)} days`
  return `<time datetime="${iso}" title="${iso.slice(0, 16).replace('T', ' ')} UTC">in ${span}</time>`
}

const svg = (inner: string) =>
  `<svg class="mark" viewBox="0 0 40 40" aria-hidden="true"><circle class="track" cx="20" cy="20" r="17"/>${inner}</svg>`

const mark = {
  busy: svg('<path class="spin" d="M20 3a17 17 0 0 1 17 17"/>'),
  bad: svg('<circle cx="20" cy="20" r="17"/><path d="M20 11.5v11M20 28v.2"/>'),
  idle: svg('<path d="M13 20h14"/>'),
}

const dot = (colour: string) =>
  `data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Ccircle cx='8' cy='8' r='6' fill='%23${colour}'/%3E%3C/svg%3E`

const icon = { busy: dot('3b82f6'), bad: dot('dc3f3f'), idle: dot('8a9099') }

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
