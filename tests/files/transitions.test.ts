// SPDX-License-Identifier: GPL-3.0-or-later
//
// Every state × everything an administrator can do: what may happen happens once, with its step, its line in the audit log and its news; what may not
// changes nothing at all.
import { describe, expect, test } from 'bun:test'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Refusal } from '../../src/core'
import type { Scanner, Verdict } from '../../src/files'
import { type FileState, fileStates } from '../../src/files/model'
import { until } from '../support/until'
import { type Drop, openDrop, people } from './drop'
import { gif } from './pictures'

const ana = { ...people.ana, from: '127.0.0.1' }

/** It is there and never comes to an end by itself: nothing moves but what the test moves. */
function patientScanner(): Scanner {
  const end = Promise.withResolvers<never>()
  end.promise.catch(() => {})
  return { present: true, scan: () => end.promise, check: () => end.promise, stop: () => end.reject(new Error('the end')) }
}

const verbs = {
  release: (drop: Drop, id: string) => drop.files.review.release(ana, id, 'porque sí'),
  reject: (drop: Drop, id: string) => drop.files.review.reject(ana, id, 'porque no'),
  rescan: (drop: Drop, id: string) => drop.files.review.rescan(ana, id),
  remove: (drop: Drop, id: string) => drop.files.review.remove(ana, id),
  restore: (drop: Drop, id: string) => drop.files.review.restore(ana, id),
  purge: (drop: Drop, id: string) => drop.files.review.purge(ana, id),
}
type Verb = keyof typeof verbs

/** Where each leads from each state; left out: refused. `same`: nothing to do, and nobody minds. */
const leads: Record<Verb, Partial<Record<FileState, FileState | 'same'>>> = {
  release: {
    ...{ quarantined: 'released', scanning: 'released', clean: 'released', unscannable: 'released' },
    ...{ unscanned: 'released', rejected: 'released' },
  },
  reject: {
    ...{ quarantined: 'rejected', scanning: 'rejected', clean: 'rejected', infected: 'rejected', unscannable: 'rejected' },
    ...{ unscanned: 'rejected', released: 'rejected' },
  },
  rescan: {
    ...{
      receiving: 'quarantined',
      quarantined: 'same',
      scanning: 'same',
      clean: 'quarantined',
      infected: 'quarantined',
      unscannable: 'quarantined',
    },
    ...{ unscanned: 'quarantined', released: 'quarantined', rejected: 'quarantined' },
  },
  remove: {
    ...{ receiving: 'deleted', quarantined: 'deleted', scanning: 'deleted', clean: 'deleted', infected: 'deleted' },
    ...{ unscannable: 'deleted', unscanned: 'deleted', released: 'deleted', rejected: 'deleted' },
  },
  restore: { deleted: 'clean' },
  purge: { rejected: 'deleted', deleted: 'same' },
}
/** What the audit log calls it. */
const called: Record<Verb, string> = {
  ...{ release: 'files.released', reject: 'files.rejected', rescan: 'files.rescanned' },
  ...{ remove: 'files.deleted', restore: 'files.restored', purge: 'files.purged' },
}

async function setAt(drop: Drop, id: string, state: FileState): Promise<void> {
  const trash_ends = state === 'deleted' || state === 'rejected' ? Number.MAX_SAFE_INTEGER : null
  const before = state === 'deleted' ? ('clean' as const) : null
  await drop.database.write(drop.database.read.updateTable('files').set({ state, trash_ends, before, reason: null }).where('id', '=', id))
}

async function seen(drop: Drop, id: string) {
  const { read } = drop.database
  const [row, steps, told] = await Promise.all([
    read.selectFrom('files').selectAll().where('id', '=', id).executeTakeFirstOrThrow(),
    read.selectFrom('file_steps').selectAll().where('file', '=', id).orderBy('n').execute(),
    read.selectFrom('audit').selectAll().where('target', '=', id).orderBy('n').execute(),
  ])
  return { row, steps, told }
}

describe('every state × every verb', () => {
  test.each(Object.keys(verbs) as Verb[])('%s', async (verb) => {
    await using drop = await openDrop({ scanner: patientScanner() })
    const news: string[] = []
    for (const name of ['file.changed', 'file.deleted'] as const)
      drop.files.events.on(name, ({ file }) => void news.push(`${file.id} ${file.state}`))
    const moved = new Map<string, FileState>()
    for (const from of fileStates) {
      const { id } = await drop.put(`${from}.txt`, from)
      await setAt(drop, id, from)
      const before = await seen(drop, id)
      const to = leads[verb][from]
      const refusal = await verbs[verb](drop, id).then(
        () => null,
        (error) => error,
      )
      const after = await seen(drop, id)
      const what = `${verb} from ${from}`
      if (to === undefined) {
        expect([what, refusal instanceof Refusal && refusal.status]).toEqual([what, from === 'deleted' ? 404 : 409])
        expect([what, after]).toEqual([what, before])
        continue
      }
      expect([what, refusal]).toEqual([what, null])
      if (to === 'same') {
        expect([what, after.row.state, after.steps.length]).toEqual([what, from, before.steps.length])
        continue
      }
      expect([what, after.row.state]).toEqual([what, to])
      expect([what, after.steps.slice(before.steps.length).map(({ state, who_name }) => [state, who_name])]).toEqual([
        what,
        [[to, 'Ana Torres']],
      ])
      expect([what, after.told.slice(before.told.length).map((line) => [line.what, line.who_name])]).toEqual([
        what,
        [[called[verb], 'Ana Torres']],
      ])
      // Of what was purged nobody hears again; of a deletion everybody does.
      if (verb !== 'purge') expect(news).toContain(`${id} ${to}`)
      moved.set(id, to)
    }
    expect(moved.size + Object.values(leads[verb]).filter((to) => to === 'same').length).toBe(Object.keys(leads[verb]).length)
  })

  test('what is infected is not released by any way round: after a rejection, out of the trash, twice over', async () => {
    await using drop = await openDrop({
      scanner: { ...patientScanner(), scan: async () => ({ state: 'infected', reason: 'Eicar' }), check: async () => {} },
    })
    const { id } = await drop.put('a.txt', 'x')
    await until('the verdict', async () => (await seen(drop, id)).row.state === 'infected')
    const refused = async () => {
      await expect(verbs.release(drop, id)).rejects.toMatchObject({ name: 'Refusal' })
      const { items } = await drop.files.review.list((await seen(drop, id)).row.state === 'deleted' ? 'papelera' : 'decididos')
      for (const item of items) expect(item.infected).toBe(true)
    }
    await refused()
    await verbs.reject(drop, id)
    await refused()
    await verbs.remove(drop, id)
    await refused()
    await verbs.restore(drop, id)
    await refused()
    expect((await seen(drop, id)).row.open).toBe(0)
  })

  test('and all of it is the same after a restart: who was in the middle of a scan waits for the next', async () => {
    const first = await openDrop({ scanner: patientScanner() })
    const ids = new Map<FileState, string>()
    for (const state of fileStates.filter((one) => one !== 'receiving')) {
      const { id } = await first.put(`${state}.txt`, state)
      ids.set(state, id)
    }
    for (const [state, id] of ids) await setAt(first, id, state)
    await first.close()
    await using second = await openDrop({
      data: first.data,
      scanner: { ...patientScanner(), check: () => Promise.reject(new Error('silent')) },
    })
    for (const [state, id] of ids) {
      const { row } = await seen(second, id)
      expect([state, row.state]).toEqual([state, state === 'scanning' ? 'quarantined' : state])
    }
    expect(second.files.scannerReport().waiting).toBe(2)
  })
})

test.each(['rejected', 'scanned again'] as const)('what something was found in is not shown either once it is %s', async (then) => {
  let verdict: Promise<Verdict> = Promise.resolve({ state: 'infected', reason: 'Eicar-Test' })
  await using drop = await openDrop({ scanner: { present: true, scan: () => verdict } })
  const { review } = drop.files
  const files = [await drop.put('a.txt', 'palabras'), await drop.put('b.gif', gif())]
  await until('the verdicts', async () => (await drop.rows()).every(({ state }) => state === 'infected'))
  const spoken = Promise.withResolvers<Verdict>()
  verdict = spoken.promise
  const by = { id: 'ana', name: 'Ana', from: null }
  for (const { id } of files) await (then === 'rejected' ? review.reject(by, id, 'virus') : review.rescan(by, id))
  for (const { id } of files) expect(await review.item(id)).toMatchObject({ infected: true, excerpt: null, picture: false })
  await expect(review.preview(files[1]?.id ?? '')).rejects.toThrow()
  spoken.resolve({ state: 'clean' })
})

test('a picture that lost its bytes while PiChat ran is said to be gone where an administrator looks at it', async () => {
  await using drop = await openDrop()
  const file = await drop.put('b.gif', gif())
  expect((await drop.files.review.preview(file.id)).file.id).toBe(file.id)
  await rm(join(drop.folder, file.id))
  await expect(drop.files.review.preview(file.id)).rejects.toMatchObject({ code: 'missing' })
})
