import { createHash } from 'node:crypto'
import { fault, text } from './answers.ts'
import type { App } from './app.ts'

const style = `
:root{color-scheme:light dark;--ink:#17202e;--soft:#5a6778;--paper:#f5f6f9;--card:#fff;--line:#e0e4ec;--mark:#3454d1}
@media (prefers-color-scheme:dark){:root{--ink:#e8ecf3;--soft:#9aa6b8;--paper:#10141c;--card:#181e29;--line:#2a3342;--mark:#8ea6ff}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;display:grid;place-items:center;padding:1.5rem;background:var(--paper);color:var(--ink);font:16px/1.6 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
main{width:100%;max-width:38rem;background:var(--card);border:1px solid var(--line);border-radius:14px;padding:2.25rem}
h1{margin:0;font-size:1.7rem;line-height:1.25;letter-spacing:-.01em}
p{margin:.6rem 0 1.4rem;color:var(--soft)}
ul{list-style:none;margin:0;padding:0;border-top:1px solid var(--line)}
li a{display:flex;flex-wrap:wrap;gap:.1rem 1rem;justify-content:space-between;padding:.75rem .25rem;border-bottom:1px solid var(--line);color:inherit;text-decoration:none}
li a:hover,li a:focus-visible{color:var(--mark)}
li span{color:var(--soft)}
pre{margin:1.4rem 0 0;padding:.9rem 1rem;overflow-x:auto;border-radius:9px;background:var(--paper);border:1px solid var(--line);font:13.5px/1.55 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
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
<h1>Qaack</h1>
<p>Previews of every branch and change, on an address of their own. This is the address of the service itself: its API answers here.</p>
<ul>
<li><a href="/api/openapi.json"><b>API description</b><span>OpenAPI 3.1</span></a></li>
<li><a href="/api/qaackfile.schema.json"><b>Schema of the Qaackfile</b><span>for completion in an editor</span></a></li>
<li><a href="/api/ready"><b>Is it ready?</b><span>database and Docker engine</span></a></li>
<li><a href="/metrics"><b>Measurements</b><span>for Prometheus</span></a></li>
</ul>
<pre><code>qaack login &lt;this address&gt;
qaack repo add shop https://git.example.org/shop.git
qaack env list</code></pre>
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
