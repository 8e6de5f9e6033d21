import assert from 'node:assert/strict'
import test from 'node:test'
import { Gate } from '../../../src/reusables/gate.ts'
import { settle } from '../../fakes/clock.ts'

const never = new AbortController().signal

test('work goes through together; what is alone waits for it, and keeps back what comes after', async () => {
  const gate = new Gate()
  const [one, two, alone] = [0, 1, 2].map(() => Promise.withResolvers<void>())
  const said: string[] = []
  const pass = (name: string, until = Promise.resolve()) =>
    gate.pass(async () => {
      said.push(`${name} in`)
      await until
      said.push(`${name} out`)
    }, never)
  const all = [pass('one', one?.promise), pass('two', two?.promise)]
  all.push(
    gate.alone(async () => {
      said.push('alone in')
      await alone?.promise
      said.push('alone out')
    }, never),
  )
  all.push(pass('three'))
  await settle()
  assert.deepEqual(said, ['one in', 'two in'])
  one?.resolve()
  await settle()
  assert.deepEqual(said.splice(0), ['one in', 'two in', 'one out'])
  two?.resolve()
  await settle()
  assert.deepEqual(said.splice(0), ['two out', 'alone in'])
  alone?.resolve()
  await Promise.all(all)
  assert.deepEqual(said, ['alone out', 'three in', 'three out'])
})

test('what fails alone lets the others go on, and two that are alone take turns', async () => {
  const gate = new Gate()
  const failing = gate.alone(() => Promise.reject(new Error('no room')), never)
  const second = gate.alone(() => Promise.resolve('second'), never)
  const passed = gate.pass(() => Promise.resolve('passed'), never)
  await assert.rejects(failing, /no room/)
  assert.equal(await second, 'second')
  assert.equal(await passed, 'passed')
})

test('who waits is let go when the signal fires, and keeps nobody else back', async () => {
  const gate = new Gate()
  const stop = new AbortController()
  const end = Promise.withResolvers<void>()
  const inside = gate.pass(() => end.promise, never)
  const alone = gate.alone(() => Promise.resolve('alone'), stop.signal)
  const waiting = gate.pass(() => Promise.resolve('passed'), stop.signal)
  const ends = Promise.allSettled([alone, waiting])
  stop.abort(new Error('cancelled'))
  assert.deepEqual(
    (await ends).map((one) => (one.status === 'rejected' ? String(one.reason) : one.value)),
    ['Error: cancelled', 'Error: cancelled'],
  )
  assert.equal(await gate.pass(() => Promise.resolve('other'), never), 'other')
  end.resolve()
  await inside
})
