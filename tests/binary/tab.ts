// SPDX-License-Identifier: GPL-3.0-or-later
//
// A room's page in a browser tab, without the browser: the product's own connection, outbox and reducer, joined as `live.ts` joins them,
// over a rough network and with time that runs faster. Where the product writes into the page, this one writes into a map.
import type { ClientFrame, ServerFrame } from '../../src/rooms/protocol'
import { createConnection, type Timers } from '../../web/elements/room/connection'
import { createOutbox, type Shelf } from '../../web/elements/room/outbox'
import { type Log, openLog, reduce, type Step, unlevel } from '../../web/elements/room/reducer'
import type { Random } from '../support/payloads'
import type { Person } from '../support/people'
import { openRoughWire, type RoughWire } from './rough-wire'

/** What one sees of an entry, whoever looks: the page adds marks for one's own, the day and the neighbours. */
export interface Gist {
  id: string
  place: number
  words: string
  gone: boolean
  edited: boolean
  reactions: string
}

export interface LogPage {
  n: number
  epoca: string
  floor: number
  gists: Gist[]
}

/** The browser's time, so many times faster: at 20 a backoff of 10 s is one of half a second. */
function timersOf(haste: number): Timers {
  return {
    monotonic: () => performance.now() * haste,
    after(ms, run) {
      const timer = setTimeout(run, ms / haste)
      return () => clearTimeout(timer)
    },
  }
}

/** The log as the room's page shows it now. */
export async function fetchPage(person: Person, code: string): Promise<LogPage> {
  const answer = await person.get(`/salas/${code}`, { 'hx-request': 'true', 'hx-request-type': 'partial' })
  const text = await answer.text()
  const [, n, epoca] = /id="messages" data-n="(\d+)" data-epoca="([^"]+)"/.exec(text) ?? []
  if (!answer.ok || n === undefined || epoca === undefined) throw new Error(`the room's page answered ${answer.status}`)
  const gists = text.match(/<(article|p) class="(msg|event)[^>]* id="m-.*?<\/\1>/gs)?.map(gistOf) ?? []
  return { n: Number(n), epoca, floor: text.includes('id="older"') ? Math.min(...gists.map(({ place }) => place)) : 0, gists }
}

export function gistOf(html: string): Gist {
  const reactions = [...html.matchAll(/data-emoji="([^"]+)" data-who="([^"]*)"/g)].map(([, emoji, who]) => `${emoji} ${who}`)
  return {
    id: /\bid="m-([^"]+)"/.exec(html)?.[1] ?? '',
    place: Number(/\bdata-n="(\d+)"/.exec(html)?.[1] ?? 0),
    words: /<div class="msg__bubble"><p>([^<]*)/.exec(html)?.[1] ?? /data-kind="([^"]+)"/.exec(html)?.[1] ?? '',
    gone: html.includes('msg__bubble--gone'),
    edited: html.includes('class="edited"'),
    reactions: reactions.join(', '),
  }
}

interface Options {
  person: Person
  code: string
  random: Random
  shelf: () => Shelf
  haste?: number
  orderly?: boolean
}

export interface Acknowledged {
  cid: string
  epoca: string
}

/** Opens the page and keeps it alive. `load` must have succeeded once before anything is said. */
export function createTab({ person, code, random, shelf, haste = 20, orderly = false }: Options) {
  const timers = timersOf(haste)
  const url = `${person.door.origin.replace(/^http/, 'ws')}/salas/${code}/vivo`
  /** Told by the server that it is durable (or delivered), and in which life of the room. */
  const acknowledged: Acknowledged[] = []
  const trouble: string[] = []
  let offline = false
  let life: ReturnType<typeof begin> | undefined

  function begin(page: LogPage) {
    let wire: RoughWire | undefined
    let log: Log = openPage(page)
    let seen = new Map(page.gists.map((gist) => [gist.id, gist]))
    let attempts = 0
    let over = false
    let reloading = false

    const connection = createConnection({
      open() {
        attempts++
        wire = openRoughWire({
          url,
          random,
          offline,
          orderly,
          headers: { cookie: person.cookie, origin: person.door.origin, 'accept-language': 'es' },
        })
        return wire
      },
      timers,
      random: () => random.integer(1 << 20) / (1 << 20),
      hello,
      onFrame: hear,
      onLink(link) {
        if (link.is === 'open') unlevel(log)
        else outbox.closed()
        if (link.is === 'stopped') trouble.push(`stopped: ${link.why}`)
      },
    })
    const outbox = createOutbox({ shelf: shelf(), timers, send: connection.send, changed() {}, stuck: connection.restart })

    function hello(): ClientFrame {
      const { n, epoca } = log
      return { t: 'hola', ...(n === undefined ? {} : { desde: n }), ...(epoca === undefined ? {} : { epoca }) }
    }

    function hear(frame: ServerFrame): void {
      for (const step of reduce(log, frame)) take(step)
      if (frame.t === 'lista') outbox.opened()
      else if (frame.t === 'cambio' && frame.cid !== undefined) outbox.acknowledged(frame.cid)
      else if (frame.t === 'ok') {
        acknowledged.push({ cid: frame.cid, epoca: log.epoca ?? '' })
        outbox.acknowledged(frame.cid)
      } else if (frame.t === 'no') refused(frame)
    }

    function refused(frame: Extract<ServerFrame, { t: 'no' }>): void {
      outbox.refused(frame)
      if (frame.cid !== undefined && frame.error !== 'busy') trouble.push(`refused: ${frame.error} ${frame.message}`)
      if (frame.cid === undefined && frame.error === 'throttled' && !log.level) {
        timers.after((frame.espera ?? 1) * 1_000 * haste, () => connection.send(hello()))
      }
    }

    function take(step: Step): void {
      if (step.do === 'ask') connection.send(hello())
      else if (step.do === 'reload') void reload()
      else if (step.do === 'remove') seen.delete(step.id)
      else seen.set(step.id, gistOf(step.html))
    }

    async function reload(): Promise<void> {
      if (reloading) return
      reloading = true
      try {
        const next = await fetchPage(person, code)
        if (over) return
        log = openPage(next)
        seen = new Map(next.gists.map((gist) => [gist.id, gist]))
        connection.send(hello())
      } catch {
        connection.restart()
      } finally {
        reloading = false
      }
    }

    connection.start()
    return {
      connection,
      outbox,
      get wire() {
        return wire
      },
      /** Sockets that were tried. */
      get attempts() {
        return attempts
      },
      get log() {
        return log
      },
      /** As it stands on the page, without the comings and goings that no history keeps. */
      get shown(): (Gist | undefined)[] {
        return log.entries.filter(({ id }) => !id.startsWith('p')).map(({ id }) => seen.get(id))
      },
      end() {
        over = true
        connection.end()
      },
    }
  }

  return {
    person,
    acknowledged,
    trouble,
    get life() {
      if (!life) throw new Error('the page was never loaded')
      return life
    },
    /** Loads the page, as at first or by the reload button. Where nobody answers the old page stays. */
    async load(): Promise<boolean> {
      const page = offline ? null : await fetchPage(person, code).catch(() => null)
      if (!page) return false
      life?.end()
      life = begin(page)
      return true
    },
    say(cid: string, texto: string): void {
      this.life.outbox.add({ cid, texto, at: Date.now() })
    },
    setOffline(now: boolean): void {
      offline = now
      if (now) life?.wire?.cut()
      else life?.connection.now()
    },
    end: () => life?.end(),
  }
}

export type Tab = ReturnType<typeof createTab>

function openPage({ n, epoca, floor, gists }: LogPage): Log {
  return openLog({ n, epoca, floor, entries: gists.map(({ id, place }) => ({ id, place })) })
}
