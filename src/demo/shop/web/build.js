import { writeFileSync } from 'node:fs'
import path from 'node:path'

const facts = { roastedBy: process.env.ROASTED_BY ?? 'hand', at: new Date().toISOString() }
writeFileSync(path.join(import.meta.dirname, 'public', 'build.json'), JSON.stringify(facts))
console.log(`built by ${facts.roastedBy}`)
