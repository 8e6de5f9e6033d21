import { isIP } from 'node:net'
import type { BaseUrl } from './config.ts'

/** The parts of a base address, or what it must be instead, as the end of a sentence that begins with "must". */
export function parseBaseUrl(text: string): BaseUrl | { must: string } {
  const url = URL.parse(text)
  if (!url || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    return { must: 'be an address with http or https, such as https://previews.example.org' }
  }
  if (url.username || url.password) return { must: 'have no user and password in it' }
  if (url.pathname !== '/' || url.search || url.hash) {
    return { must: `have nothing after the host and port, such as ${url.protocol}//${url.host}` }
  }
  const domain = url.hostname.replace(/\.$/, '')
  if (isIP(domain.replace(/^\[|\]$/g, ''))) {
    return { must: 'have a name and not an IP address, because each preview gets a name below it' }
  }
  return {
    scheme: url.protocol === 'http:' ? 'http' : 'https',
    domain,
    port: url.port === '' ? null : Number(url.port),
  }
}
