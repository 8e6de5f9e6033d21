import { QaackError } from '../errors.ts'

/** All networks of `size` bits (e.g. 27 for `/27`) of a pool in CIDR notation, lowest first. */
export function* subnets(pool: string, size = 27): Generator<string> {
  const whole = parse(pool)
  if (size < whole.size) throw wrongPool(pool, `a network of /${size} does not fit into it`)
  const step = 2 ** (32 - size)
  for (let first = whole.first; first < whole.end; first += step) yield `${print(first)}/${size}`
}

/** The same as `freeSubnet`, but a QaackError `engine_failed` when there is none left. */
export function nextSubnet(pool: string, taken: string[], avoid: string[] = [], size = 27): string {
  const subnet = freeSubnet(pool, taken, avoid, size)
  if (subnet !== undefined) return subnet
  throw new QaackError(
    'engine_failed',
    `the network pool ${pool} is used up: ${taken.length} networks are ours, ${avoid.length} belong to others; ` +
      'delete environments, give network.pool a larger or another range, or set rebuild: replace for repositories, ' +
      'since a rebuild beside what answers needs two',
  )
}

/**
 * The lowest network of the pool that overlaps none of those that are taken (by us) or avoided (by others), all in CIDR
 * notation and of any size; undefined when there is none left.
 */
export function freeSubnet(
  pool: string,
  taken: string[],
  avoid: string[] = [],
  size = 27,
): string | undefined {
  const used = [...taken, ...avoid].map(parse)
  for (const candidate of subnets(pool, size)) {
    const { first, end } = parse(candidate)
    if (!used.some((other) => first < other.end && other.first < end)) return candidate
  }
  return undefined
}

/** The address with this index in a network: 1 is the gateway, services have 2 and up. */
export function addressIn(subnet: string, index: number): string {
  const { first, end } = parse(subnet)
  // The lowest address names the network and the highest is for broadcast.
  if (index < 1 || first + index >= end - 1) {
    throw new QaackError(
      'engine_failed',
      `the network ${subnet} has no address ${index}: it holds ${end - first - 3} services`,
    )
  }
  return print(first + index)
}

interface Range {
  first: number
  /** The first address after it. */
  end: number
  size: number
}

function parse(cidr: string): Range {
  const found = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(cidr)
  if (!found) throw wrongPool(cidr, 'it is not an IPv4 network like 10.213.0.0/16')
  const [a = 0, b = 0, c = 0, d = 0, size = 0] = found.slice(1).map(Number)
  if (Math.max(a, b, c, d) > 255 || size > 32)
    throw wrongPool(cidr, 'it is not an IPv4 network like 10.213.0.0/16')
  const address = ((a * 256 + b) * 256 + c) * 256 + d
  const length = 2 ** (32 - size)
  const first = address - (address % length)
  return { first, end: first + length, size }
}

function print(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.')
}

function wrongPool(cidr: string, why: string): QaackError {
  return new QaackError('invalid_config', `the network ${cidr} cannot be used: ${why}`, {
    path: 'network.pool',
  })
}
