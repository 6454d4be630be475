// SPDX-License-Identifier: GPL-3.0-or-later
//
// What travels over `/salas/:codigo/vivo`: JSON objects, one per text frame. The browser imports the types of this file and nothing else.
import { type Static, t } from 'elysia'

/** An id made by the client for one message, so that sending it again is not saying it twice. Unique per room and author. */
const cid = t.String({ minLength: 1, maxLength: 64, pattern: '^[A-Za-z0-9_-]+$' })
const id = t.String({ minLength: 1, maxLength: 64 })
/** The number of a change in its room; whole, growing, without holes. Not Elysia's `Integer`, which takes texts for numbers. */
const n = t.Number({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, multipleOf: 1 })

/** Longer texts are refused by the room's own limit, with words; this only bounds the frame. */
const texto = t.String({ maxLength: 32_768 })

function frame<Name extends string, Fields extends Parameters<typeof t.Object>[0]>(name: Name, fields: Fields) {
  return t.Object({ t: t.Literal(name), ...fields }, { additionalProperties: false })
}

/** client → server. Closed objects: a field that is not named here makes the frame invalid. */
export const clientFrames = {
  /**
   * The first frame. `desde`: the last number this browser has, `epoca`: of which life of the room. Left out: only what comes from now on.
   * `sello`: the `data-stamp` of the title that the page shows; `callada`: it shows that its person may not write. Where either is no longer
   * so, a `sala` or `silencio` follows.
   */
  hola: frame('hola', {
    desde: t.Optional(n),
    epoca: t.Optional(id),
    sello: t.Optional(t.String({ maxLength: 32 })),
    callada: t.Optional(t.Literal(true)),
  }),
  /** Say something. Answered by `ok` when it is durable (kept room) or delivered (ephemeral room), or by `no`. */
  decir: frame('decir', { cid, texto, respuestaA: t.Optional(id), archivo: t.Optional(id) }),
  /** Change one's own message. */
  editar: frame('editar', { id, texto }),
  /** Remove a message; a tombstone stays. */
  borrar: frame('borrar', { id }),
  reaccion: frame('reaccion', { id, emoji: t.String({ minLength: 1, maxLength: 32 }) }),
  /** A key was pressed; relayed to the others, never stored. At most every two seconds is enough. */
  escribiendo: frame('escribiendo', {}),
  /** Everything up to `n` was seen. */
  visto: frame('visto', { n }),
} as const

export type ClientFrame = { [Name in keyof typeof clientFrames]: Static<(typeof clientFrames)[Name]> }[keyof typeof clientFrames]

/** Somebody who is in the room now, with what a line in the list of people needs. */
export interface Quien {
  id: string
  nombre: string
  /** How one is called with `@`. */
  usuario: string
  rol: 'administrator' | 'cliente' | 'usuario'
  /** The colour of the avatar, 1…7, and the signs in it. */
  tono: number
  siglas: string
}

/** Why the socket ends; a close code follows. */
export type Motivo =
  /** 4401: the session ended, or the account's role or password changed. */
  | 'sesion'
  /** 4403: no longer a member. */
  | 'expulsion'
  /** 4404: the room was closed for good. */
  | 'cerrada'
  /** 1012: PiChat stops or restarts; come back with jitter. */
  | 'reinicio'
  /** 4429: too many open pages of this person or address. */
  | 'limite'

export const closeCodes: Record<Motivo, number> = { sesion: 4401, expulsion: 4403, cerrada: 4404, reinicio: 1012, limite: 4429 }

/** `error` of a `no`: the codes of every refusal, `unsupported` for frames that are not built yet. `message` is in the person's language. */
export type NoError =
  | 'invalid'
  | 'throttled'
  | 'missing'
  | 'forbidden'
  | 'unsupported'
  | 'busy'
  | 'full'
  | 'failed'
  | 'conflict'
  | (string & {})

/** server → client. */
export type ServerFrame =
  /**
   * Ends the answer to `hola`: everything since `desde` has been sent, `n` is the room's number now. Before it `cambio`s may come out of
   * order (replayed and live ones mixed); after it they come in order. Keep `n` and `epoca` for the next `hola`.
   */
  | { t: 'lista'; epoca: string; n: number; quienes: Quien[] }
  /**
   * One change. `poner`: the element `m-<id>` is now `html` (replace it, or insert it by its `data-n`); `quitar`: it is gone without
   * trace. `n` 0: a passing notice (comings and goings in a kept room): append it, do not count it. Apply a change to an element only
   * when its `n` is greater than that of the last one applied to it.
   */
  | { t: 'cambio'; n: number; op: 'poner' | 'quitar'; id: string; cid?: string; html: string }
  | { t: 'ok'; cid: string; id: string; n: number }
  /** `cid`: of the message that was to be said; `id`: of the one that was to be changed, removed or reacted to. */
  | { t: 'no'; cid?: string; id?: string; error: NoError; message: string; espera?: number }
  | { t: 'quienes'; quienes: Quien[] }
  | { t: 'escribiendo'; quien: { id: string; nombre: string } }
  /** What was missed cannot be told any more (too much, or the room began a new life): load the log anew. A `lista` follows. */
  | { t: 'hueco' }
  /**
   * The room changed, or may have while this page was away: `html` is `#room-title` as it is now, with `data-*` for what it does not show.
   * `pagina`: what the page was made for is no longer so (another code, another history); load it anew from there as soon as nothing typed
   * would be lost.
   */
  | { t: 'sala'; html: string; pagina?: string }
  /** This person may read and not write, for the reason in `texto`; null: may write again. */
  | { t: 'silencio'; texto: string | null }
  /** For those who keep order: `persona` may not write until `hasta` (ms), or may again (null). */
  | { t: 'callada'; persona: string; hasta: number | null }
  /**
   * Something was said in another room of this person, `sala`: for each message its author, then those it calls. For counters; what the
   * page asks for every so often is the truth.
   */
  | { t: 'fuera'; sala: string; dicho: string[][] }
  /** `texto`: what the person should know about it. */
  | { t: 'adios'; motivo: Motivo; texto?: string }
