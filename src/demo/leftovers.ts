import type Docker from 'dockerode'

/** Everything on the engine that carries one label, as `container qaack-…`; stopped containers too. */
export async function labelled(docker: Docker, label: string): Promise<string[]> {
  const filters = { label: [label] }
  const [containers, networks, volumes, images] = await Promise.all([
    docker.listContainers({ all: true, filters }),
    docker.listNetworks({ filters }),
    docker.listVolumes({ filters }),
    docker.listImages({ filters: JSON.stringify(filters) }),
  ])
  return [
    ...containers.map(({ Names, Id }) => `container ${Names[0]?.replace('/', '') ?? Id}`),
    ...networks.map(({ Name }) => `network ${Name}`),
    ...volumes.Volumes.map(({ Name }) => `volume ${Name}`),
    ...images.map(({ RepoTags, Id }) => `image ${RepoTags?.[0] ?? Id}`),
  ]
}

/** Removes all that carries the label, by force: for what a server that died could not take away itself. */
export async function removeLabelled(docker: Docker, label: string): Promise<void> {
  const filters = { label: [label] }
  for (const { Id } of await docker.listContainers({ all: true, filters })) {
    await docker.getContainer(Id).remove({ force: true, v: true })
  }
  for (const { Id } of await docker.listNetworks({ filters })) await docker.getNetwork(Id).remove()
  for (const { Name } of (await docker.listVolumes({ filters })).Volumes)
    await docker.getVolume(Name).remove()
  for (const { Id } of await docker.listImages({ filters: JSON.stringify(filters) })) {
    await docker.getImage(Id).remove({ force: true })
  }
}
