import { createHash } from 'node:crypto'
import type { FastifyReply } from 'fastify'
import { html, Html } from './html.ts'

/** Colours and letters of the state page, so that all look like one service. */
const style = `
:root{color-scheme:light dark;--back:#f6f6f3;--card:#fff;--ink:#1c1d1f;--soft:#5f6368;--line:#e3e3de;--edge:#85898f;--mark:#1f5fd0;--on-mark:#fff;--bad:#b42424;--warn:#8a5a00;--term:#16181d;--term-ink:#d6d9df}
@media(prefers-color-scheme:dark){:root{--back:#101114;--card:#191b20;--ink:#eceef1;--soft:#a0a6b0;--line:#2a2d34;--edge:#7b818c;--mark:#7db0ff;--on-mark:#0b1220;--bad:#ff8a80;--warn:#f0b849;--term:#0b0c0f}}
*{box-sizing:border-box}
body{margin:0;background:var(--back);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",sans-serif;min-height:100vh}
main{max-width:42rem;margin:0 auto;padding:clamp(1.25rem,9vh,6rem) clamp(1rem,4vw,2rem) 2.5rem}
.brand{margin:0 0 1rem;color:var(--soft);font-size:.875rem;font-weight:600}
.card{background:var(--card);border:1px solid var(--line);border-radius:14px;overflow:hidden;box-shadow:0 1px 2px rgb(0 0 0/.04),0 12px 32px -20px rgb(0 0 0/.25)}
header,section{padding:clamp(1.25rem,4vw,2.25rem);overflow-wrap:anywhere}
header{padding-bottom:1.25rem}
section{padding-top:1.25rem;padding-bottom:1.4rem;border-top:1px solid var(--line)}
h1{margin:0;font-size:clamp(1.45rem,1.1rem + 1.6vw,2rem);line-height:1.25;letter-spacing:-.015em;font-weight:650}
h2{margin:0 0 .3rem;font-size:1.05rem;font-weight:650}
p{margin:.4rem 0 0;color:var(--soft);max-width:62ch}
strong{color:var(--ink);font-weight:600}
ul.links{list-style:none;margin:0;padding:0}
.links a{display:flex;flex-wrap:wrap;gap:.1rem 1rem;justify-content:space-between;padding:.75rem clamp(1.25rem,4vw,2.25rem);border-top:1px solid var(--line);color:inherit;text-decoration:none}
.links b{font-weight:600}
.links span{color:var(--soft)}
.links a:hover b,.links a:focus-visible b{color:var(--mark);text-decoration:underline;text-underline-offset:.18em}
section a,header a{color:var(--mark);text-underline-offset:.18em}
section ul,section ol{margin:.4rem 0 0;padding-left:1.25rem;color:var(--soft)}
dl{display:grid;grid-template-columns:minmax(7rem,auto) 1fr;gap:.35rem 1.25rem;margin:0}
dt{color:var(--soft)}
dd{margin:0}
@media(max-width:30rem){dl{grid-template-columns:1fr;gap:0}dd{margin-bottom:.5rem}}
.note{margin:0 0 1rem;padding:.7rem .9rem;border-left:4px solid var(--warn);background:color-mix(in srgb,var(--warn) 9%,transparent);color:var(--ink);border-radius:4px}
.note.bad{border-color:var(--bad);background:color-mix(in srgb,var(--bad) 9%,transparent)}
.note:last-child{margin-bottom:0}
label{display:block;font-weight:600;margin:1rem 0 .25rem}
form>label:first-of-type{margin-top:.4rem}
.hint{margin:.2rem 0 0;font-size:.875rem}
input{width:100%;padding:.55rem .7rem;font:inherit;color:inherit;background:var(--back);border:1px solid var(--edge);border-radius:8px}
button{margin-top:1.2rem;padding:.6rem 1.1rem;font:inherit;font-weight:600;color:var(--on-mark);background:var(--mark);border:1px solid var(--mark);border-radius:8px;cursor:pointer}
button.quiet{color:var(--ink);background:none;border-color:var(--edge)}
summary{margin-top:1rem;cursor:pointer;color:var(--soft)}
code{font:.875em ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace;color:var(--ink)}
:focus-visible{outline:2px solid var(--mark);outline-offset:2px}
.links :focus-visible,pre:focus-visible{outline-offset:-3px}
pre{margin:0;padding:1.1rem clamp(1.25rem,4vw,2.25rem) 1.25rem;overflow-x:auto;background:var(--term);color:var(--term-ink);font:.8125rem/1.7 ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace}
pre code{font:inherit;color:inherit}
`.trim()

/** In one piece: the hash is of every character between its tags. */
const styleElement = new Html(`<style>${style}</style>`)
const styleHash = createHash('sha256').update(style).digest('base64')

/** A page for people, in one file. */
export interface Page {
  title: string
  content: Html
  /** Origins that its forms may be sent to, e.g. `'self'`; none if absent. */
  formsTo?: string[]
}

/** Answers a page; nothing but its own style may be applied, and nothing may be loaded or run. */
export function sendPage(reply: FastifyReply, page: Page): void {
  const formsTo = page.formsTo?.join(' ') ?? "'none'"
  void reply
    .type('text/html; charset=utf-8')
    .header(
      'content-security-policy',
      `default-src 'none'; style-src 'sha256-${styleHash}'; base-uri 'none'; form-action ${formsTo}; frame-ancestors 'none'`,
    )
    // A form sent without any referrer would come without its origin, by which we know our own pages.
    .header('referrer-policy', page.formsTo ? 'strict-origin-when-cross-origin' : 'no-referrer')
    .send(document(page))
}

function document({ title, content }: Page): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width,initial-scale=1" />
        <meta name="robots" content="noindex" />
        <title>${title}</title>
        ${styleElement}
      </head>
      <body>
        <main>${content}</main>
      </body>
    </html> `.text
}
