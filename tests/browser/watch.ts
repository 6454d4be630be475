// SPDX-License-Identifier: GPL-3.0-or-later
import type { BrowserContext, Page } from '@playwright/test'

/** What pages say while the box that they belong to is killed and away: of their socket, and of whatever they were asking at that moment. */
export const boxAway = [/WebSocket connection/, /ERR_CONNECTION_(REFUSED|RESET)|ERR_EMPTY_RESPONSE/, /htmx:error: Failed to fetch/]

/** Looks over every page's shoulder. What it saw fails the journey at its end, unless the journey said that it expects it. */
export class Watch {
  readonly #problems: string[] = []
  readonly #expected: RegExp[] = []

  /** Where pages may come from and may ask. */
  readonly origins: Set<string>

  constructor(origin: string) {
    this.origins = new Set([origin])
  }

  /** What this journey provokes on purpose: `watch.expects(/status of 403/)`. */
  expects(...patterns: RegExp[]): void {
    this.#expected.push(...patterns)
  }

  /** What nobody expected. */
  problems(): string[] {
    return this.#problems.filter((problem) => !this.#expected.some((pattern) => pattern.test(problem)))
  }

  async over(context: BrowserContext): Promise<void> {
    await context.addInitScript(watchSockets)
    // A violation of the policy is an event of the document; the console carries it out of the page.
    await context.addInitScript(() => {
      document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI, sourceFile, lineNumber }) => {
        console.error(`CSP: ${violatedDirective} ${blockedURI} ${sourceFile ?? ''}:${lineNumber}`)
      })
    })
    context.on('page', (page) => this.#page(page))
    context.on('request', (request) => {
      const url = request.url()
      if (!this.origins.has(new URL(url).origin) && !/^(data|blob|about):/.test(url)) this.#problems.push(`foreign request: ${url}`)
    })
    context.on('dialog', (dialog) => {
      if (dialog.type() !== 'beforeunload') this.#problems.push(`dialog: ${dialog.message()}`)
      void dialog.dismiss().catch(() => undefined)
    })
    context.on('weberror', (error) => this.#problems.push(`error: ${error.error().message}`))
  }

  #page(page: Page): void {
    page.on('websocket', (socket) => {
      const url = socket.url()
      if (!this.origins.has(new URL(url).origin.replace('ws', 'http'))) this.#problems.push(`foreign socket: ${url}`)
    })
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning')
        this.#problems.push(`console ${message.type()}: ${message.text()} (${message.location().url})`)
    })
  }
}

/** Runs in each page before its own scripts: `window.live` says whether its newest socket is open and has said who is there. */
function watchSockets(): void {
  let newest: WebSocket | null = null
  window.WebSocket = class extends WebSocket {
    constructor(...given: ConstructorParameters<typeof WebSocket>) {
      super(...given)
      newest = this
      window.live = false
      this.addEventListener('message', ({ data }) => {
        if (newest === this && String(data).startsWith('{"t":"lista"')) window.live = true
      })
      this.addEventListener('close', () => {
        if (newest === this) window.live = false
      })
    }
  }
}

declare global {
  interface Window {
    live?: boolean
  }
}
