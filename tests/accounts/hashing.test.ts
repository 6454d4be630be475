// SPDX-License-Identifier: GPL-3.0-or-later
import { expect, test } from 'bun:test'
import { createHashing } from '../../src/accounts/hashing'

const cheap = { algorithm: 2, memoryCost: 1024, timeCost: 1, parallelism: 1 }
const hash = (password: string) => ({ kind: 'hash', password, options: cheap }) as const
const verify = (password: string, stored: string) => ({ kind: 'verify', password, stored }) as const

function opened() {
  const begun: Bun.Worker[] = []
  const hashing = createHashing(() => {
    const worker = new Worker(new URL('./dying-hasher.ts', import.meta.url)) as Worker & Bun.Worker
    begun.push(worker)
    return worker
  })
  return {
    hashing,
    begun,
    [Symbol.dispose]() {
      for (const worker of begun) worker.terminate()
    },
  }
}

const ending = (promise: Promise<unknown>) => promise.catch((error: Error) => error.message)

test('what is computed for many at once comes back to each of them', async () => {
  using threads = opened()
  const words = Array.from({ length: 20 }, (_, index) => `word ${index}`)
  const stored = await Promise.all(words.map((word) => threads.hashing.compute(hash(word), 3)))
  const right = await Promise.all(words.map((word, index) => threads.hashing.compute(verify(word, stored[index] ?? ''), 3)))
  const wrong = await Promise.all(words.map((word, index) => threads.hashing.compute(verify(word, stored[(index + 1) % 20] ?? ''), 3)))
  expect(new Set(stored).size).toBe(20)
  expect(right).toEqual(Array(20).fill(true))
  expect(wrong).toEqual(Array(20).fill(false))
  expect(threads.begun).toHaveLength(3)
})

test('a thread that is free is used before another one begins', async () => {
  using threads = opened()
  for (const word of ['one', 'two', 'three']) await threads.hashing.compute(hash(word), 3)
  expect(threads.begun).toHaveLength(1)
})

test('what cannot be computed is told to whoever asked, and to nobody else', async () => {
  using threads = opened()
  const [broken, fine] = await Promise.all([
    ending(threads.hashing.compute(verify('a word', 'no hash at all'), 1)),
    threads.hashing.compute(hash('a word'), 1),
  ])
  expect(broken).toBe('Decoding failed')
  expect(fine).toStartWith('$argon2id$')
  expect(threads.begun).toHaveLength(1)
})

test('a thread that ends takes along what it was asked, and the next one who asks gets another', async () => {
  using threads = opened()
  const lost = [threads.hashing.compute(hash('die'), 1), threads.hashing.compute(hash('behind it'), 1)].map(ending)
  expect(await Promise.all(lost)).toEqual(Array(2).fill(expect.stringContaining('the password hasher ended unexpectedly')))
  expect(await threads.hashing.compute(hash('a word'), 1)).toStartWith('$argon2id$')
  expect(threads.begun).toHaveLength(2)
})
