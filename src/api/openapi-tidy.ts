import { jsonSchemaTransformObject } from 'fastify-type-provider-zod'

type Transform = typeof jsonSchemaTransformObject

/** The description with what the libraries cannot know put right. */
export const tidyOpenApi: Transform = (given) => {
  const document = jsonSchemaTransformObject(given) as Document
  for (const operation of Object.values(document.paths ?? {}).flatMap((path) => Object.values(path ?? {})))
    makeOptional(operation)
  return withoutUnused(document) as ReturnType<Transform>
}

/** The few members that matter here. */
interface Document {
  paths?: Record<string, Record<string, Operation> | undefined>
  components?: { schemas?: Record<string, unknown> }
}

interface Operation {
  requestBody?: { required?: boolean; content?: Record<string, { schema?: { anyOf?: { type?: string }[] } }> }
}

/** A body that may be null may be left out; they are described as required all the same. */
function makeOptional({ requestBody }: Operation): void {
  const media = requestBody?.content?.['application/json']
  const choices = media?.schema?.anyOf
  if (!requestBody || !media || !choices?.some(({ type }) => type === 'null')) return
  requestBody.required = false
  const others = choices.filter(({ type }) => type !== 'null')
  media.schema = others.length === 1 ? (others[0] as { anyOf?: { type?: string }[] }) : { anyOf: others }
}

/** Every schema with a name is listed twice, as what is sent and as what is answered; ours are answered only. */
function withoutUnused(document: Document): Document {
  const uses = JSON.stringify(document.paths)
  const schemas = Object.entries(document.components?.schemas ?? {}).filter(([name]) =>
    uses.includes(`"#/components/schemas/${name}"`),
  )
  return { ...document, components: { ...document.components, schemas: Object.fromEntries(schemas) } }
}
