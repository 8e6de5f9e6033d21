/**
 * What keeps an open state page up to date. It swaps the parts that changed, so nothing flickers and what is read out
 * loud is only what is new; it loads the page anew only when the preview itself answers. A hidden tab asks nothing:
 * browsers allow six connections to a host, and a seventh tab would hang.
 */
export const stateScript = `
const main = document.querySelector('main')
const pause = 3000, keep = 2000
let source, timer, skew = 0
const stop = () => { source?.close(); source = undefined; clearTimeout(timer) }
const later = (task) => { clearTimeout(timer); timer = setTimeout(task, pause) }
const bottom = (pre) => pre.scrollHeight - pre.scrollTop - pre.clientHeight < 48
const two = (n) => String(n).padStart(2, '0')

function append(lines) {
  const pre = document.querySelector('#log pre')
  if (!pre) return
  const follow = bottom(pre)
  for (const line of lines) {
    const row = document.createElement('span')
    if (line.startsWith('==> ')) row.className = 'head'
    row.textContent = line + '\\n'
    pre.append(row)
  }
  while (pre.childElementCount > keep) pre.firstElementChild.remove()
  if (follow) pre.scrollTop = pre.scrollHeight
}

function start() {
  stop()
  if (document.hidden) return
  const { live, facts, log } = main.dataset
  if (live === 'probe') later(probe)
  if (live !== 'events') return
  source = new EventSource('/.qaack/live?' + new URLSearchParams({ facts, log }))
  source.addEventListener('lines', (event) => { append(JSON.parse(event.data)); main.dataset.log = event.lastEventId })
  source.addEventListener('changed', refresh)
  source.addEventListener('reload', () => { stop(); location.reload() })
  source.onerror = () => { if (source?.readyState === EventSource.CLOSED) later(probe) }
}

async function ask(method) {
  const answer = await fetch(location.href, { method, headers: { accept: 'text/html' }, cache: 'no-store' })
  if (answer.headers.has('x-qaack-state')) return answer
  location.reload()
}

async function probe() {
  try {
    const answer = await ask('HEAD')
    if (!answer) return
    if (answer.headers.get('x-qaack-state') === main.dataset.state) return start()
    await refresh()
  } catch { later(probe) }
}

async function refresh() {
  stop()
  try {
    const answer = await ask('GET')
    if (!answer) return
    show(new DOMParser().parseFromString(await answer.text(), 'text/html'))
    start()
  } catch { later(refresh) }
}

function show(next) {
  const from = next.querySelector('main')
  document.title = next.title
  document.querySelector('link[rel=icon]').href = next.querySelector('link[rel=icon]').href
  const sameLog = from.dataset.log.split(':')[0] === main.dataset.log.split(':')[0]
  const { log } = main.dataset
  Object.assign(main.dataset, { ...from.dataset })
  if (sameLog) main.dataset.log = log
  for (const id of ['status', 'facts', 'log']) {
    if (id === 'log' && sameLog) continue
    document.getElementById(id).replaceChildren(...from.querySelector('#' + id).childNodes)
  }
  settle()
}

function tick() {
  for (const time of document.querySelectorAll('time[data-since]')) {
    const seconds = Math.max(0, Math.floor((Date.now() - skew - time.dataset.since) / 1000))
    time.textContent = Math.floor(seconds / 60) + ':' + two(seconds % 60)
  }
}

function settle() {
  skew = Date.now() - main.dataset.now
  const pre = document.querySelector('#log pre')
  if (pre) pre.scrollTop = pre.scrollHeight
  tick()
}

setInterval(tick, 1000)
addEventListener('visibilitychange', () => (document.hidden ? stop() : start()))
settle()
start()
`
