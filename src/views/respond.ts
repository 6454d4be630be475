// SPDX-License-Identifier: GPL-3.0-or-later
import { type Content, cookie, Html, html, Refusal } from '../core'
import { faultOf, signInAddress } from './faults'
import { type House, layout, type View } from './layout'
import { toast } from './parts'
import { flashCookie, type Visitor } from './visitor'

interface Answer {
  status?: number
  headers?: Record<string, string>
}

interface FragmentAnswer extends Answer {
  /** A sentence that appears as a toast beside what the fragment changes. */
  say?: string
}

export interface Pages {
  /** A whole page. Also what htmx gets when it boosts a link or follows a redirect. */
  page(visitor: Visitor, view: View, answer?: Answer): Promise<Response>
  /** A piece of the page the visitor is looking at. */
  fragment(content: Content, answer?: FragmentAnswer): Response
  /** Another address: 303, or `HX-Location` for htmx (a 303 would be followed by fetch and swapped in). */
  redirect(
    visitor: Visitor,
    path: string,
    options?: { say?: string; headers?: Record<string, string>; setCookies?: readonly string[] },
  ): Response
  /** A sentence for htmx that lands in `#toasts`; `beside` finds its own place, by `hx-swap-oob`. */
  say(text: string, answer?: Answer & { bad?: boolean; beside?: Html }): Response
  json(data: unknown, answer?: Answer): Response
  /** The one road of every refusal: JSON, toast or page, as the visitor asked. */
  refusal(visitor: Visitor, refusal: Refusal): Promise<Response>
  /**
   * Runs what a form asked for. When it is refused the form comes back through `again` with the sentence in place and what was typed
   * (never the password); clients that want JSON get the refusal as JSON.
   */
  attempt(visitor: Visitor, act: () => Promise<Response>, again: (refusal: Refusal) => Promise<View> | View): Promise<Response>
}

/** Refusals that belong beside the form they answer. All others get a page of their own. */
const formRefusals = new Set<string>(['invalid', 'conflict', 'throttled', 'busy', 'signed-out', 'forbidden', 'too-large', 'full'])

export function createPages(houseFor: (visitor: Visitor) => Promise<House>): Pages {
  async function page(visitor: Visitor, view: View, { status = 200, headers = {} }: Answer = {}): Promise<Response> {
    const house = await houseFor(visitor)
    const shown: View = visitor.viewer || view.shell === 'door' || view.shell === 'bare' ? view : { ...view, shell: 'bare' }
    const response = htmlResponse(layout(visitor, house, shown), status, headers)
    if (visitor.flash) response.headers.append('set-cookie', cookie(flashCookie, '', { maxAge: 0 }))
    return response
  }

  async function refusal(visitor: Visitor, no: Refusal): Promise<Response> {
    const text = sentence(visitor, no)
    const headers = retryHeaders(no)
    if (visitor.json) return json({ error: no.code, message: text, ...fieldTexts(visitor, no) }, { status: no.status, headers })
    if (visitor.htmx && no.code === 'signed-out') {
      return new Response(null, { status: 401, headers: { 'hx-redirect': signInAddress(visitor) } })
    }
    if (visitor.htmx) {
      return htmlResponse(toast(text, { bad: true }), no.status, { ...headers, 'hx-retarget': '#toasts', 'hx-reswap': 'beforeend' })
    }
    if (no.code === 'signed-out' && visitor.navigates) return pages.redirect(visitor, signInAddress(visitor))
    return page(visitor, faultOf(visitor, no, text), { status: no.status, headers })
  }

  const pages: Pages = {
    page,
    refusal,
    json,
    fragment: (content, { status = 200, headers = {}, say } = {}) =>
      htmlResponse(
        content instanceof Html ? content : html`${content}`,
        status,
        say ? { ...headers, 'hx-trigger': asciiJson({ toast: say }) } : headers,
      ),
    redirect(visitor, path, { say, headers = {}, setCookies = [] } = {}) {
      const response = visitor.htmx
        ? new Response(null, {
            status: 200,
            headers: { ...headers, 'hx-location': JSON.stringify({ path, target: 'body', swap: 'outerHTML' }) },
          })
        : new Response(null, { status: 303, headers: { ...headers, location: path } })
      for (const value of setCookies) response.headers.append('set-cookie', value)
      if (say) response.headers.append('set-cookie', cookie(flashCookie, encodeURIComponent(say.slice(0, longestFlash)), { maxAge: 30 }))
      return response
    },
    say: (text, { status = 200, headers = {}, bad = false, beside } = {}) =>
      htmlResponse(html`${toast(text, { bad })}${beside ?? ''}`, status, {
        ...headers,
        'hx-retarget': '#toasts',
        'hx-reswap': 'beforeend',
      }),
    async attempt(visitor, act, again) {
      try {
        return await act()
      } catch (error) {
        if (!(error instanceof Refusal) || visitor.json || !formRefusals.has(error.code)) throw error
        return page(visitor, await again(error), { status: error.status, headers: retryHeaders(error) })
      }
    },
  }
  return pages
}

const longestFlash = 300

/** What a refusal says, in the visitor's language. */
export function sentence({ t, viewer }: Visitor, refusal: Refusal): string {
  const account = viewer ? { user: viewer.username, role: t(`shared.role_${viewer.role}`) } : { user: '', role: '' }
  return t.say(refusal.phrase, { ...account, ...refusal.values })
}

function fieldTexts({ t }: Visitor, { fields, values }: Refusal): { fields?: Record<string, string> } {
  const names = Object.entries(fields)
  return names.length === 0 ? {} : { fields: Object.fromEntries(names.map(([name, phrase]) => [name, t.say(phrase, values)])) }
}

function retryHeaders({ retryAfter }: Refusal): Record<string, string> {
  return retryAfter === undefined ? {} : { 'retry-after': String(Math.max(1, Math.ceil(retryAfter))) }
}

/** Headers carry ASCII only; JSON has a spelling for the rest. */
function asciiJson(data: unknown): string {
  return JSON.stringify(data).replace(/[^\x20-\x7e]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

function json(data: unknown, { status = 200, headers = {} }: Answer = {}): Response {
  return new Response(JSON.stringify(data), { status, headers: { 'content-type': 'application/json; charset=utf-8', ...headers } })
}

function htmlResponse(content: Html, status: number, headers: Record<string, string>): Response {
  return new Response(content.toString(), {
    status,
    headers: { 'content-type': 'text/html; charset=utf-8', vary: 'HX-Request-Type, Accept-Language, Cookie', ...headers },
  })
}
