// SPDX-License-Identifier: GPL-3.0-or-later
import { Elysia, t } from 'elysia'
import type { Guards } from '../../accounts'
import { type Clock, form, Refusal, sha256, text } from '../../core'
import { type Pages, sentence, type Visitor } from '../../views'
import { sendFile } from '../downloads/download'
import type { Readable } from '../downloads/reading'
import type { Files } from '../service'
import { basicPassword } from './link-lock'
import { linkPage } from './link-page'
import type { LinkRow } from './links'

type Found = Readable & { link: LinkRow }
type Guarded = LinkRow & { password: string }

/** The token is a secret in an address: it must not travel on in a Referer. */
const discreet = { 'referrer-policy': 'no-referrer' } as const
/** On the page with the form: with `no-referrer` its `Origin` would be `null`; this one tells where from and never the path. */
const discreetForm = { 'referrer-policy': 'strict-origin' } as const

/** Programs are asked in their own way, as `curl -u :password` answers before it is asked. */
const challenge = { 'www-authenticate': 'Basic realm="PiChat", charset="UTF-8"' } as const

/** `/d/:token/:nombre`, for anybody who has it: no session is asked for, and none is made. */
export function linkDoor({ files, pages, guards, clock }: { files: Files; pages: Pages; guards: Guards; clock: Clock }) {
  const { linkLock, linkUses } = files

  /** Refusals of this door look the same whoever asks, and let the address travel no further. */
  async function quietly(visitor: Visitor, act: () => Promise<Response>): Promise<Response> {
    try {
      return await act()
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      const answer = await pages.refusal(visitor, error)
      for (const [name, value] of Object.entries(discreet)) answer.headers.set(name, value)
      return answer
    }
  }

  async function send(found: Found, visitor: Visitor, request: Request): Promise<Response> {
    const link = linkUses.limited(found.link, found.file.size)
    return sendFile(found, {
      request,
      headers: discreet,
      async meter(part) {
        const meter = await linkUses.begin(link, clientOf(visitor), part)
        if (part.first === 0)
          files.count({ file: found.file.id, name: found.file.name, link: { id: link.id, maker: found.link.maker_name }, from: visitor.ip })
        return meter
      },
    })
  }

  async function isOpened(link: Guarded, visitor: Visitor, request: Request): Promise<boolean> {
    const pass = new URL(request.url).searchParams.get('pase')
    if (pass && (await linkLock.admits(link, pass))) return true
    const typed = basicPassword(request.headers.get('authorization'))
    return typed !== null && linkLock.opens(link, typed, visitor.ip)
  }

  async function askForPassword(found: Found, visitor: Visitor, request: Request): Promise<Response> {
    if (!(request.headers.get('accept') ?? '').includes('text/html')) {
      const no = new Refusal('signed-out', request.headers.has('authorization') ? 'files.linkPasswordWrong' : 'files.linkNeedsPassword')
      return pages.json({ error: no.code, message: sentence(visitor, no) }, { status: no.status, headers: { ...challenge, ...discreet } })
    }
    return pages.page(visitor, linkPage(visitor, { ...found, now: clock.now() }), { headers: discreetForm })
  }

  return new Elysia({ name: 'files.link-door' })
    .use(guards)
    .get('/d/:token/:nombre', async ({ visitor, params, request }) =>
      quietly(visitor, async () => {
        const found = await files.readByToken(params.token, params.nombre, goesOn(request) ? clientOf(visitor) : null)
        const { link } = found
        if (isGuarded(link) && !(await isOpened(link, visitor, request))) return askForPassword(found, visitor, request)
        return send(found, visitor, request)
      }),
    )
    .post(
      '/d/:token/:nombre',
      async ({ visitor, params, request, body }) =>
        quietly(visitor, async () => {
          const found = await files.readByToken(params.token, params.nombre, null)
          const { link } = found
          const way = new URL(request.url).pathname
          const act = async () => {
            if (!isGuarded(link)) throw new Refusal('not-allowed', 'errors.method')
            if (!(await linkLock.opens(link, body?.['clave-descarga'] ?? '', visitor.ip)))
              throw new Refusal('invalid', 'files.linkPasswordWrong')
            return pages.redirect(visitor, `${way}?pase=${await linkLock.pass(link)}`)
          }
          const answer = await pages.attempt(visitor, act, (refusal) => linkPage(visitor, { ...found, now: clock.now(), refusal }))
          answer.headers.set('referrer-policy', 'strict-origin')
          return answer
        }),
      { body: t.Optional(form({ 'clave-descarga': text({ max: 512, optional: true }) })) },
    )
}

function isGuarded(link: LinkRow): link is Guarded {
  return link.password !== null
}

/** Whose download it is: what stays the same when it goes on. Kept as a hash. */
function clientOf({ ip }: Visitor): string {
  return sha256(ip).slice(0, 32)
}

function goesOn({ method, headers }: Request): boolean {
  return method === 'GET' && /^\s*bytes\s*=\s*(-|0*[1-9])/i.test(headers.get('range') ?? '')
}
