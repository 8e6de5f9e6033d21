/** Looks of the state page: light and dark by the reader's own choice, readable without colours, still where asked to be. */
export const stateStyle = `
:root{color-scheme:light dark;--back:#f6f6f3;--card:#fff;--ink:#1c1d1f;--soft:#5f6368;--line:#e3e3de;--idle:#6b7078;--busy:#1f5fd0;--bad:#c02b2b;--term:#16181d;--term-ink:#d6d9df;--term-head:#8fb8ff;--mono:ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace}
@media(prefers-color-scheme:dark){:root{--back:#101114;--card:#191b20;--ink:#eceef1;--soft:#a0a6b0;--line:#2a2d34;--idle:#9aa1ac;--busy:#7db0ff;--bad:#ff8a80;--term:#0b0c0f}}
*{box-sizing:border-box}
body{margin:0;background:var(--back);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",sans-serif;min-height:100vh;-webkit-text-size-adjust:100%}
main{--tone:var(--idle);max-width:52rem;margin:0 auto;padding:clamp(1.25rem,6vh,4.5rem) clamp(1rem,4vw,2rem) 2.5rem}
main[data-tone=busy]{--tone:var(--busy)}
main[data-tone=bad]{--tone:var(--bad)}
.brand{margin:0 0 1rem;color:var(--soft);font-size:.875rem;font-weight:600}
.card{background:var(--card);border:1px solid var(--line);border-radius:14px;overflow:hidden;box-shadow:0 1px 2px rgb(0 0 0/.04),0 12px 32px -20px rgb(0 0 0/.25)}
#status{position:relative;padding:clamp(1.25rem,4vw,2.25rem);display:grid;grid-template-columns:auto 1fr;gap:0 1.1rem}
.mark{grid-row:1/span 3;width:2.6rem;height:2.6rem;margin-top:.1rem;color:var(--tone)}
.mark circle,.mark path{fill:none;stroke:currentColor;stroke-width:2.5;stroke-linecap:round;stroke-linejoin:round}
.mark .track{opacity:.22}
.mark .spin{transform-origin:50% 50%;animation:turn 1.1s linear infinite}
@keyframes turn{to{transform:rotate(1turn)}}
@media(prefers-reduced-motion:reduce){.mark .spin{animation-duration:6s}}
h1{margin:0;font-size:clamp(1.45rem,1.1rem + 1.6vw,2rem);line-height:1.25;letter-spacing:-.015em;font-weight:650;text-wrap:balance}
.subject{grid-column:2;margin:.9rem 0 0;font-size:.9375rem;overflow-wrap:anywhere}
.subject span:not(:last-child)::after{content:"\\00b7";margin:0 .5rem;color:var(--soft)}
.subject strong{font-weight:600}
.reason{grid-column:2;margin:.4rem 0 0;color:var(--soft);max-width:62ch;white-space:pre-line;overflow-wrap:anywhere}
h1 time{margin-left:.5rem;color:var(--soft);font-weight:450;font-size:.6em;letter-spacing:0;font-variant-numeric:tabular-nums;white-space:nowrap}
dl{margin:0;padding:1.1rem clamp(1.25rem,4vw,2.25rem) 1.3rem;border-top:1px solid var(--line);display:flex;flex-wrap:wrap;gap:1rem 2.5rem}
dl:empty{display:none}
dt{color:var(--soft);font-size:.8125rem}
dd{margin:.1rem 0 0;overflow-wrap:anywhere}
code{font:.9em var(--mono)}
ul{list-style:none;margin:.15rem 0 0;padding:0;display:flex;flex-wrap:wrap;gap:.4rem}
li{border:1px solid var(--line);border-radius:999px;padding:.12rem .7rem;font-size:.875rem}
li small{color:var(--soft);font-size:.8125rem;margin-left:.35rem}
.bad small{color:var(--bad)}
a{color:inherit;text-underline-offset:.18em;text-decoration-color:var(--soft)}
a:hover{text-decoration-color:currentColor}
:focus-visible{outline:2px solid var(--busy);outline-offset:2px;border-radius:4px}
#log{background:var(--term);color:var(--term-ink)}
#log h2{margin:0;padding:.8rem clamp(1.25rem,4vw,2.25rem) 0;font-size:.8125rem;font-weight:500;color:#9aa1ac}
pre{margin:0;padding:.5rem clamp(1.25rem,4vw,2.25rem) 1.25rem;max-height:max(12rem,calc(100vh - 29rem));overflow:auto;font:.8125rem/1.6 var(--mono);white-space:pre-wrap;overflow-wrap:anywhere;tab-size:4;scrollbar-color:#4a4f5a transparent}
pre:focus-visible{outline-offset:-3px;outline-color:var(--term-head)}
pre:empty::before{content:"No output yet.";color:#9aa1ac}
.head{color:var(--term-head)}
.note{margin:1.25rem 0 0;color:var(--soft);font-size:.9375rem;white-space:pre-line;overflow-wrap:anywhere}
@media print{#log{color:#000;background:none}pre{max-height:none}.head{color:#000}}
`
