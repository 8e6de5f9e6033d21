import { BlockList, isIPv4 } from 'node:net'

const privateRanges: [string, number][] = [
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
]

/** What is wrong with a pool of networks, as the end of a sentence that begins with "must"; undefined if nothing is. */
export function faultOfPool(pool: string): string | undefined {
  const [address = '', length = ''] = pool.split('/')
  if (!isIPv4(address) || !/^\d{1,2}$/.test(length) || pool.split('/').length !== 2) {
    return 'be a private IPv4 network such as 10.213.0.0/16'
  }
  const bits = Number(length)
  if (bits < 8 || bits > 26) return 'be from /8 to /26 long, because each environment gets a /27 of it'
  if (!isPrivate(address, bits)) return 'lie within 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16'
  const first = firstAddress(address, bits)
  return first === address ? undefined : `begin at its first address: ${first}/${bits}`
}

function isPrivate(address: string, bits: number): boolean {
  return privateRanges.some(([range, rangeBits]) => {
    const list = new BlockList()
    list.addSubnet(range, rangeBits)
    return bits >= rangeBits && list.check(address)
  })
}

function firstAddress(address: string, bits: number): string {
  const value = address.split('.').reduce((sum, byte) => sum * 256 + Number(byte), 0)
  const first = Math.floor(value / 2 ** (32 - bits)) * 2 ** (32 - bits)
  return [24, 16, 8, 0].map((shift) => Math.floor(first / 2 ** shift) % 256).join('.')
}
