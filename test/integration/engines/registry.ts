import { createHash, randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import { gzipSync } from 'node:zlib'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { pack } from 'tar-stream'

export interface Registry {
  /** E.g. `127.0.0.1:40123`; engines speak plain http to such a one. */
  host: string
  /** Paths that were asked for. */
  asked: string[]
  /** Lets layers of images named `slow` go. */
  release(): void
  close(): void
}

/**
 * A registry that has every image: one layer of a file, its manifest, its config. Images named `slow` keep their layer
 * back until `release`, `absent` is not there. A private one wants a login for all of them.
 */
export async function openRegistry(options: { private?: boolean } = {}): Promise<Registry> {
  const tar = pack()
  tar.entry({ name: 'made-by-a-test' }, randomBytes(200_000))
  tar.finalize()
  const plain = await buffer(tar)
  const layer = gzipSync(plain)
  const config = Buffer.from(
    JSON.stringify({
      architecture: process.arch === 'arm64' ? 'arm64' : 'amd64',
      os: 'linux',
      config: { Cmd: ['/made-by-a-test'], WorkingDir: '/from-registry' },
      rootfs: { type: 'layers', diff_ids: [digestOf(plain)] },
    }),
  )
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: 'application/vnd.docker.distribution.manifest.v2+json',
      config: {
        mediaType: 'application/vnd.docker.container.image.v1+json',
        size: config.length,
        digest: digestOf(config),
      },
      layers: [
        {
          mediaType: 'application/vnd.docker.image.rootfs.diff.tar.gzip',
          size: layer.length,
          digest: digestOf(layer),
        },
      ],
    }),
  )
  const asked: string[] = []
  const { promise: released, resolve: release } = Promise.withResolvers<void>()

  const server = createServer((request, response) => {
    const path = request.url ?? ''
    asked.push(`${request.method} ${path}`)
    const send = (body: Buffer, type: string) => {
      response.writeHead(200, {
        'content-type': type,
        'content-length': body.length,
        'docker-content-digest': digestOf(body),
      })
      response.end(request.method === 'HEAD' ? undefined : body)
    }
    const refuse = (status: number, code: string, message: string) => {
      response.writeHead(status, {
        'content-type': 'application/json',
        'www-authenticate': 'Basic realm="tests"',
      })
      response.end(JSON.stringify({ errors: [{ code, message }] }))
    }
    if (options.private && request.headers.authorization !== login)
      return refuse(401, 'UNAUTHORIZED', 'authentication required')
    if (path === '/v2/') return send(Buffer.from('{}'), 'application/json')
    if (path.includes('/absent/')) return refuse(404, 'MANIFEST_UNKNOWN', 'manifest unknown')
    if (path.includes('/manifests/'))
      return send(manifest, 'application/vnd.docker.distribution.manifest.v2+json')
    if (path.endsWith(digestOf(config))) return send(config, 'application/octet-stream')
    if (!path.includes('/slow/')) return send(layer, 'application/octet-stream')
    response.writeHead(200, { 'content-length': layer.length }).write(layer.subarray(0, 1000))
    void released.then(() => response.end(layer.subarray(1000)))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    release,
    close: () => void server.close().closeAllConnections(),
  }
}

/** What `docker login` sends for `me` with `my:word`. */
const login = `Basic ${Buffer.from('me:my:word').toString('base64')}`

function digestOf(content: Buffer): string {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`
}
