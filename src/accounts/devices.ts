// SPDX-License-Identifier: GPL-3.0-or-later

/** In this order: Edge and Opera call themselves Chrome too, and Chrome calls itself Safari. */
const browsers: readonly (readonly [name: string, sign: RegExp])[] = [
  ['Edge', /\bEdgA?\//],
  ['Opera', /\bOPR\//],
  ['Samsung Internet', /\bSamsungBrowser\//],
  ['Firefox', /\b(Firefox|FxiOS)\//],
  ['Chrome', /(Chrome|CriOS)\//],
  ['Safari', /\bSafari\//],
  ['curl', /^curl\//],
]

const systems: readonly (readonly [name: string, sign: RegExp])[] = [
  ['Android', /\bAndroid\b/],
  ['iPhone', /\biPhone\b/],
  ['iPad', /\biPad\b/],
  ['Windows', /\bWindows\b/],
  ['macOS', /\bMacintosh\b/],
  ['ChromeOS', /\bCrOS\b/],
  ['Linux', /\bLinux\b/],
]

/** `Firefox · Windows` out of a user agent; only names from these lists, so that nobody writes into another's profile. */
export function deviceOf(userAgent: string): string {
  const head = userAgent.slice(0, 300)
  return [browsers, systems].flatMap((list) => list.find(([, sign]) => sign.test(head))?.[0] ?? []).join(' · ')
}

export function deviceOfRequest({ headers }: Request): string {
  return deviceOf(headers.get('user-agent') ?? '')
}

export function isPhone(device: string): boolean {
  return /Android|iPhone/.test(device)
}
