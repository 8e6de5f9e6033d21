import { z } from 'zod'

/** What the engine tells of an image, as far as another image is to have it too. */
export type Origin = z.infer<typeof Origin>

const names = z.record(z.string(), z.string()).nullish()
const words = z.array(z.string()).nullish()

export const Origin = z.object({
  Id: z.string(),
  Created: z.string().nullish(),
  Architecture: z.string(),
  Os: z.string(),
  Variant: z.string().optional(),
  Config: z.object({
    User: z.string().nullish(),
    ExposedPorts: z.record(z.string(), z.object({})).nullish(),
    Env: words,
    Entrypoint: words,
    Cmd: words,
    Volumes: z.record(z.string(), z.object({})).nullish(),
    WorkingDir: z.string().nullish(),
    Labels: names,
    StopSignal: z.string().nullish(),
    StopTimeout: z.number().nullish(),
    Shell: words,
    Healthcheck: z
      .object({
        Test: words,
        Interval: z.number().nullish(),
        Timeout: z.number().nullish(),
        StartPeriod: z.number().nullish(),
        StartInterval: z.number().nullish(),
        Retries: z.number().nullish(),
      })
      .nullish(),
  }),
  RootFS: z.object({ Layers: words }),
})

/**
 * The configuration of an image that has these layers and the settings of `origin`, but no volumes, as the engine reads it
 * (JSON). Its history has one step for each layer and says nothing of how they came about. `created` as in RFC 3339.
 */
export function imageConfig(
  origin: Origin,
  image: { layers: string[]; labels: Record<string, string>; created: string },
): string {
  const known = origin.RootFS.Layers ?? []
  return JSON.stringify({
    architecture: origin.Architecture,
    os: origin.Os,
    ...(origin.Variant ? { variant: origin.Variant } : {}),
    created: image.created,
    config: {
      ...settingsOf(origin.Config),
      Labels: { ...foreignLabels(origin.Config.Labels), ...image.labels },
    },
    rootfs: { type: 'layers', diff_ids: image.layers },
    history: image.layers.map((layer, index) => ({
      created: image.created,
      created_by: known[index] === layer ? 'of the image before' : 'qaack',
    })),
  })
}

function settingsOf(config: Origin['Config']): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(config).filter(
      ([name, value]) => name !== 'Volumes' && name !== 'Labels' && value !== null && value !== undefined,
    ),
  )
}

/** An image's labels without those of ours. */
function foreignLabels(labels: Origin['Config']['Labels']): Record<string, string> {
  return Object.fromEntries(Object.entries(labels ?? {}).filter(([name]) => !name.startsWith('qaack.')))
}
