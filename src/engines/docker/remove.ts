import { isQaackError } from '../../errors.ts'
import type { Resource } from '../engine.ts'
import type { Connection } from './connection.ts'
import { statusOf } from './errors.ts'

/** Taking away what is large lasts. */
const patience = 300_000

/**
 * Removes by force what there is: a container with its unnamed volumes, a network with whoever is still in it, a volume,
 * an image with its names. An image that a container is made of stays until that is gone, which is no error.
 */
export async function remove(connection: Connection, resource: Resource): Promise<void> {
  switch (resource.kind) {
    case 'container':
      return removeContainer(connection, resource)
    case 'network':
      return removeNetwork(connection, resource)
    case 'volume':
      await unlessGone(connection, resource, (docker, abortSignal) =>
        docker.getVolume(resource.id).remove({ force: true, abortSignal }),
      )
      return
    case 'image':
      return removeImage(connection, resource)
  }
}

async function removeContainer(connection: Connection, resource: Resource): Promise<void> {
  const refused = await unlessGone(
    connection,
    resource,
    (docker, abortSignal) => docker.getContainer(resource.id).remove({ force: true, v: true, abortSignal }),
    [404, 409],
  )
  // Somebody else removes it already; who is told that it is removed finds its name and address free.
  if (refused === 409) await gone(connection, resource)
}

async function gone(connection: Connection, resource: Resource): Promise<void> {
  await connection.call(
    `remove the container ${resource.name}`,
    async (docker, abortSignal) => {
      for (;;) {
        abortSignal.throwIfAborted()
        const there = await docker
          .getContainer(resource.id)
          .inspect({ abortSignal } as object)
          .then(
            () => true,
            (error: unknown) => {
              if (statusOf(error) === 404) return false
              throw error
            },
          )
        if (!there) return
        await connection.clock.sleep(50, abortSignal)
      }
    },
    { patience },
  )
}

/** Not by force: the engine would take away an image also from under a container that stands still, which cannot be saved then. */
async function removeImage(connection: Connection, resource: Resource): Promise<void> {
  const names = await connection.call(`look at the image ${resource.name}`, (docker) =>
    docker
      .getImage(resource.id)
      .inspect()
      .then(
        ({ RepoTags }) => RepoTags ?? [],
        (error: unknown) => {
          if (statusOf(error) === 404) return undefined
          throw error
        },
      ),
  )
  if (!names) return
  for (const reference of [...names, resource.id]) {
    await unlessGone(
      connection,
      resource,
      (docker, abortSignal) => docker.getImage(reference).remove({ abortSignal }),
      [404, 409],
    )
  }
}

async function removeNetwork(connection: Connection, resource: Resource): Promise<void> {
  const containers = await connection.call(`look at the network ${resource.name}`, (docker) =>
    docker
      .getNetwork(resource.id)
      .inspect()
      .then(
        ({ Containers }) => Object.keys(Containers ?? {}),
        (error: unknown) => {
          if (statusOf(error) === 404) return undefined
          throw error
        },
      ),
  )
  if (!containers) return
  for (const container of containers) {
    await unlessGone(
      connection,
      resource,
      (docker, abortSignal) =>
        docker.getNetwork(resource.id).disconnect({ Container: container, Force: true, abortSignal } as {
          Container: string
          Force: boolean
        }),
      [404, 500],
    )
  }
  await unlessGone(connection, resource, (docker, abortSignal) =>
    docker.getNetwork(resource.id).remove({ abortSignal }),
  )
}

/** The HTTP status of a refusal that does no harm; undefined if there was none. */
async function unlessGone(
  connection: Connection,
  resource: Resource,
  work: Parameters<Connection['call']>[1],
  harmless: number[] = [404],
): Promise<number | undefined> {
  try {
    await connection.call(`remove the ${resource.kind} ${resource.name}`, work, { patience })
    return undefined
  } catch (error) {
    const status = isQaackError(error) ? statusOf(error.cause) : undefined
    if (status === undefined || !harmless.includes(status)) throw error
    return status
  }
}
