/** The shop as one page. Everything that comes from outside goes through `h`. */
export function page({ products, orders, database, build, preview }) {
  return `<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>Harbour &amp; Hill · ${h(preview.QCK_ENVIRONMENT_REF_NAME ?? 'local')}</title>
  <link rel="stylesheet" href="/public/base.css">
  <link rel="stylesheet" href="/public/theme.css">
  <link rel="icon" href="data:,">
</head>
<body>
  <header>
    <a class="brand" href="/">Harbour <i>&amp;</i> Hill</a>
    <nav><a href="#beans">Beans</a><a href="${h(preview.QCK_SERVICE_ADMIN_URL ?? '#')}">The desk</a><span class="basket">${orders} sold</span></nav>
  </header>
  <section class="hero">
    <div>
      <p class="eyebrow">Small-lot coffee, roasted by the water</p>
      <h1>Good mornings,<br>in a paper bag.</h1>
      <p class="lead">${products.length} coffees on the shelf today. Each bag is roasted on the morning it leaves the harbour.</p>
    </div>
    <dl>
      <strong>${h(preview.SHOP_NOTE ?? 'Local copy')}</strong>
      ${fact('branch', preview.QCK_ENVIRONMENT_REF_NAME)}
      ${fact('commit', preview.QCK_ENVIRONMENT_HASH?.slice(0, 8))}
      ${fact('environment', preview.QCK_ENVIRONMENT_ID)}
      ${fact('database', `PostgreSQL ${database}`)}
      ${fact('roasted by', build.roastedBy)}
    </dl>
  </section>
  <main id="beans">${products.map(card).join('')}</main>
</body>
</html>
`
}

function card({ id, name, origin, notes, cents, hue, badge }) {
  return `
    <article style="--hue:${Number(hue)}">
      ${badge ? `<span class="badge">${h(badge)}</span>` : ''}
      ${bag(name)}
      <h2>${h(name)}</h2>
      <p class="origin">${h(origin)}</p>
      <p class="notes">${h(notes)}</p>
      <form method="post" action="/order/${Number(id)}">
        <span class="price">€ ${(cents / 100).toFixed(2)}</span><button>Add to basket</button>
      </form>
    </article>`
}

function bag(name) {
  const initials = name
    .split(/[^A-Za-z0-9]+/)
    .map((word) => word[0] ?? '')
    .join('')
    .slice(0, 2)
  return `
      <svg viewBox="0 0 120 150" role="img" aria-label="A bag of ${h(name)}">
        <path class="bag" d="M26 26h68l8 112a8 8 0 0 1-8 8H26a8 8 0 0 1-8-8z"/>
        <path class="fold" d="M28 8h64l4 24H24z"/>
        <path class="crease" d="M24 32h72"/>
        <rect class="label" x="34" y="62" width="52" height="52" rx="26"/>
        <text x="60" y="96" text-anchor="middle">${h(initials)}</text>
      </svg>`
}

function fact(name, value) {
  return value ? `<div><dt>${name}</dt><dd>${h(value)}</dd></div>` : ''
}

function h(text) {
  return String(text).replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)
}
