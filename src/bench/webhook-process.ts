import { createServer } from 'node:http'
import { createNodeMiddleware, Probot } from 'probot'
import { octokitLog } from '../hosts/github/log.ts'
import { silentLogger } from '../logger.ts'

/** Run as a process of its own: `webhook-process.ts PORT SECRET`, with the key in PRIVATE_KEY: Probot with an app that does nothing. */
const [port, secret = ''] = process.argv.slice(2)
const privateKey = process.env.PRIVATE_KEY ?? ''
const probot = new Probot({ appId: 1, privateKey, secret, log: octokitLog(silentLogger) })
const middleware = await createNodeMiddleware((app) => app.onAny(() => undefined), { probot })
const server = createServer(
  (request, response) => void middleware(request, response, () => response.writeHead(404).end()),
)
server.listen(Number(port), '127.0.0.1')
