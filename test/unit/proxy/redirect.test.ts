import assert from 'node:assert/strict'
import test from 'node:test'
import { redirectOf } from '../../../src/proxy/redirect.ts'

function redirect(value: string): string | undefined {
  return redirectOf(`/some/path?a=b&qck_wp_redirect_url=${encodeURIComponent(value)}&c`)
}

test('whole addresses with http and https are followed', () => {
  assert.equal(redirect('https://example.org/a?b=c#d'), 'https://example.org/a?b=c#d')
  assert.equal(redirect('HTTP://example.org'), 'http://example.org/')
})

test('everything else is not', () => {
  const others = [
    '',
    '/path',
    '//example.org',
    'javascript:alert(1)',
    'data:text/html,x',
    'ftp://example.org',
    'http:example.org',
    'https://',
    ' https://example.org',
    'https://good.example@evil.example/',
    'https://a:b@c/',
  ]
  assert.deepEqual(
    others.filter((value) => redirect(value) !== undefined),
    [],
  )
  assert.equal(redirectOf('/path'), undefined)
})

test('nothing that would break a header gets into it', () => {
  assert.equal(redirect('https://example.org/\r\nSet-Cookie: a=b'), 'https://example.org/Set-Cookie:%20a=b')
})
