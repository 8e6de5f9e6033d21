import { createHash } from 'node:crypto'
import { fault, text } from './answers.ts'
import type { App } from './app.ts'

/** Colours and letters of the state page, so that both look like one service. */
const style = `
:root{color-scheme:light dark;--back:#f6f6f3;--card:#fff;--ink:#1c1d1f;--soft:#5f6368;--line:#e3e3de;--mark:#1f5fd0;--term:#16181d;--term-ink:#d6d9df}
@media(prefers-color-scheme:dark){:root{--back:#101114;--card:#191b20;--ink:#eceef1;--soft:#a0a6b0;--line:#2a2d34;--mark:#7db0ff;--term:#0b0c0f}}
*{box-sizing:border-box}
body{margin:0;background:var(--back);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",sans-serif;min-height:100vh}
main{max-width:42rem;margin:0 auto;padding:clamp(1.25rem,9vh,6rem) clamp(1rem,4vw,2rem) 2.5rem}
.card{background:var(--card);border:1px solid var(--line);border-radius:14px;overflow:hidden;box-shadow:0 1px 2px rgb(0 0 0/.04),0 12px 32px -20px rgb(0 0 0/.25)}
header{padding:clamp(1.25rem,4vw,2.25rem);padding-bottom:1.25rem}
h1{margin:0;font-size:clamp(1.45rem,1.1rem + 1.6vw,2rem);line-height:1.25;letter-spacing:-.015em;font-weight:650}
p{margin:.4rem 0 0;color:var(--soft);max-width:62ch}
ul{list-style:none;margin:0;padding:0}
li a{display:flex;flex-wrap:wrap;gap:.1rem 1rem;justify-content:space-between;padding:.75rem clamp(1.25rem,4vw,2.25rem);border-top:1px solid var(--line);color:inherit;text-decoration:none}
li b{font-weight:600}
li span{color:var(--soft)}
li a:hover b,li a:focus-visible b{color:var(--mark);text-decoration:underline;text-underline-offset:.18em}
:focus-visible{outline:2px solid var(--mark);outline-offset:-3px}
pre{margin:0;padding:1.1rem clamp(1.25rem,4vw,2.25rem) 1.25rem;overflow-x:auto;background:var(--term);color:var(--term-ink);font:.8125rem/1.7 ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace}
`.trim()

const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="robots" content="noindex">
<title>Qaack</title>
<style>${style}</style>
</head>
<body>
<main>
<div class="card">
<header>
<h1>Qaack</h1>
<p>Previews of every branch and change, each on an address of its own. This is the address of the service itself: its API answers here.</p>
</header>
<ul>
<li><a href="/api/openapi.json"><b>API description</b><span>OpenAPI 3.1</span></a></li>
<li><a href="/api/qaackfile.schema.json"><b>Schema of the Qaackfile</b><span>for completion in an editor</span></a></li>
<li><a href="/api/ready"><b>Is it ready?</b><span>database and Docker engine</span></a></li>
<li><a href="/metrics"><b>Measurements</b><span>for Prometheus</span></a></li>
</ul>
<pre tabindex="0"><code>qaack login &lt;this address&gt;
qaack repo add shop https://git.example.org/shop.git
qaack env list</code></pre>
</div>
</main>
</body>
</html>
`

/** Nothing but this very style may be applied, and nothing may be loaded or run. */
const policy = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`

export function frontPageRoutes(app: App): void {
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
    handler: (_request, reply) => {
      void reply
        .type('text/html; charset=utf-8')
        .header('content-security-policy', policy)
        .header('referrer-policy', 'no-referrer')
        .send(page)
    },
  })
}
