/** What everything we make on an engine carries, so that it can be found and taken away by anyone who knows only this. */
export interface Labels {
  /** The installation it belongs to: several servers may share one engine. */
  'qaack.instance': string
  'qaack.environment': string
  'qaack.generation': string
  /** The service's name; empty for what belongs to the whole environment. */
  'qaack.service': string
  /** The reusable that a saved image belongs to; then environment and generation are empty. */
  'qaack.reusable'?: string
}

export function labelsFor(facts: {
  instance: string
  environment: string
  generation: number
  service?: string
}): Labels {
  return {
    'qaack.instance': facts.instance,
    'qaack.environment': facts.environment,
    'qaack.generation': String(facts.generation),
    'qaack.service': facts.service ?? '',
  }
}

/** Name of a network or container on the engine: for people who run `docker ps`; nothing parses it. */
export function engineName(environment: string, generation: number, service?: string): string {
  return ['qaack', environment, String(generation), service].filter(Boolean).join('-')
}

/** Of a saved image. */
export function reusableLabels(facts: { instance: string; reusable: string; service: string }): Labels {
  return {
    'qaack.instance': facts.instance,
    'qaack.environment': '',
    'qaack.generation': '',
    'qaack.service': facts.service,
    'qaack.reusable': facts.reusable,
  }
}
