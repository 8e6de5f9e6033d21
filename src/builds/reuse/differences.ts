import { isCodePart, isLockedPart, readPart, type PartName } from './parts.ts'

type Made = Readonly<Record<string, string>>

interface Change extends PartName {
  how: 'added' | 'removed' | 'changed'
}

/**
 * What of the things that led to a saved state is not so now, in short sentences without a full stop; none if the one can
 * stand for the other. With `code: false` the code counts only where a step names it as its inputs: who gives a label to
 * a save point says with it that the rest does not matter there. What is locked now is kept, and so not taken from there; what
 * was locked then fits only where the same is locked now.
 */
export function differences(saved: Made, now: Made, { code }: { code: boolean }): string[] {
  const names = [...new Set([...Object.keys(saved), ...Object.keys(now)])]
  const differing = names.filter(
    (name) =>
      saved[name] !== now[name] &&
      (code || !isCodePart(name)) &&
      !(isLockedPart(name) && saved[name] === undefined),
  )
  const changes = differing.flatMap((name): Change[] => {
    const part = readPart(name)
    const how = saved[name] === undefined ? 'added' : now[name] === undefined ? 'removed' : 'changed'
    return part ? [{ ...part, how }] : []
  })
  const others = changes.filter(({ kind, how }) => kind === 'image' && how !== 'changed')
  const gone = new Set(others.map(({ service }) => service))
  const inServices = changes.filter(({ service }) => !gone.has(service))
  const sentences = [
    ...others.map(({ service, how }) => `service ${service} was ${how}`),
    ...inServices.flatMap((change) => sentenceOf(change, inServices)),
  ]
  // No difference may ever go untold: nothing said means that it fits.
  return sentences.length === 0 && differing.length > 0
    ? differing.map((name) => `${name} changed`)
    : sentences
}

function sentenceOf({ kind, service, step, how }: Change, all: Change[]): string[] {
  const place = `${service}.${step ?? ''}`
  switch (kind) {
    case 'image':
      return [`another image of ${service}`]
    case 'steps':
      return [stepsSentence(service, all)]
    case 'locked':
      return [`${service} was locked when it was saved, so nobody knows what led to what is in it`]
    case 'step':
      // Where other steps come first, `steps` says so.
      return how === 'changed' ? [`the commands of ${place} changed`] : []
    case 'inputs':
      return ofOtherStep(service, step, all) ? [] : [inputSentence(place, how)]
    case 'code':
      return ofOtherStep(service, step, all) ? [] : [`the code changed, and ${place} names no inputs`]
    default:
      return [`the ${kind} of ${service} changed`]
  }
}

function stepsSentence(service: string, all: Change[]): string {
  const steps = all.filter((change) => change.kind === 'step' && change.service === service)
  const named = (how: Change['how']) => steps.filter((one) => one.how === how).map(({ step }) => step ?? '')
  const [added, removed] = [named('added'), named('removed')]
  if (added.length === 0 && removed.length === 0) return `the steps of ${service} are in another order`
  const told = [
    ...(added.length > 0 ? [`now with ${added.join(', ')}`] : []),
    ...(removed.length > 0 ? [`without ${removed.join(', ')}`] : []),
  ]
  return `the steps of ${service} up to there changed (${told.join(', ')})`
}

/** Of a step that is itself told of as added or removed. */
function ofOtherStep(service: string, step: string | null, all: Change[]): boolean {
  return all.some(
    (one) =>
      one.kind === 'step' &&
      one.how !== 'changed' &&
      one.service === service &&
      (one.step === step || (step ?? '').startsWith(`${one.step ?? ''}: `)),
  )
}

function inputSentence(place: string, how: Change['how']): string {
  const [step = '', pattern = ''] = place.split(/: (.*)/s)
  if (how === 'changed') return `${pattern} changed, an input of ${step}`
  return `${pattern} is ${how === 'added' ? 'now' : 'no longer'} an input of ${step}`
}
