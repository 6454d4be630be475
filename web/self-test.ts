// SPDX-License-Identifier: GPL-3.0-or-later
// The script of /diagnostico alone: finds out what works in this browser at this address, and shows the sentence that the server wrote for
// it.
import {
  askClipboard,
  askCookies,
  askNotifications,
  askSocket,
  askSound,
  askStorage,
  askTime,
  askUpload,
  type Found,
} from './self-test/probes'

const page = document.getElementById('self-test')

const probes: Record<string, () => Found | Promise<Found>> = {
  live: () => askSocket(new URL('/diagnostico/eco', location.href.replace(/^http/, 'ws'))),
  upload: () => askUpload(),
  session: () => askCookies(),
  drafts: () => askStorage(),
  time: () => askTime(Number(page?.dataset.now), Date.now()),
  encrypted: () => ({ end: location.protocol === 'https:' ? 'ok' : 'no' }),
  notifications: () => askNotifications(),
  sound: () => askSound(),
  clipboard: () => askClipboard(),
  scan: () => ({ end: 'other' }),
  install: () => ({ end: 'other' }),
}
/** Without these nobody can work here. */
const essential = new Set(['live', 'session'])

if (page) void fillIn(page)

async function fillIn(around: HTMLElement): Promise<void> {
  const screen = around.querySelector('[data-screen]')
  if (screen) screen.textContent = `${window.screen.width} × ${window.screen.height}`
  const lines = [...around.querySelectorAll<HTMLElement>('[data-probe]')]
  const ends = await Promise.all(
    lines.map(async (line) => {
      const name = line.dataset.probe ?? ''
      const found = await probes[name]?.()
      if (found) show(line, found)
      return { name, end: found?.end }
    }),
  )
  const broken = ends.some(({ name, end }) => essential.has(name) && end !== 'ok')
  const which = broken ? 'not' : location.protocol === 'https:' ? 'https' : 'http'
  for (const one of around.querySelectorAll<HTMLElement>('[data-summary]')) one.hidden = one.dataset.summary !== which
  const report = around.querySelector('#informe')
  if (report) report.textContent = reportOf(around)
}

function show(line: HTMLElement, { end, n }: Found): void {
  const template = line.querySelector<HTMLTemplateElement>(`template[data-end="${end}"]`)
  const made = template?.content.cloneNode(true)
  if (!(made instanceof DocumentFragment)) return
  for (const element of made.querySelectorAll('p, .verdict > span')) {
    if (n !== undefined) element.textContent = (element.textContent ?? '').replace('{n}', String(n))
  }
  const [verdict, sentence] = [made.querySelector('.verdict'), made.querySelector('p')]
  if (verdict) line.querySelector('.verdict')?.replaceWith(verdict)
  if (sentence) line.querySelector('p')?.replaceWith(sentence)
}

/** As one pastes it into a message: a line for each thing. */
function reportOf(around: HTMLElement): string {
  const facts = [...around.querySelectorAll('.facts > div')].map(
    (fact) => `${fact.querySelector('dt')?.textContent}: ${fact.querySelector('dd')?.textContent}`,
  )
  const found = [...around.querySelectorAll('[data-probe]')].map(
    (line) =>
      `${line.querySelector('h3')?.textContent}: ${line.querySelector('.verdict')?.textContent}. ${line.querySelector('p')?.textContent}`,
  )
  return [location.origin, ...facts, '', ...found, '', navigator.userAgent].join('\n')
}
