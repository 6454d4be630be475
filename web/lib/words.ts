// SPDX-License-Identifier: GPL-3.0-or-later

type Both = readonly [es: string, en: string]

/**
 * The few phrases that only the script says, each with both languages beside its use; the page's `lang` decides.
 * `{n}` is a place for a value. Everything the server says comes from its own dictionaries.
 */
export function words<const W extends Record<string, Both>>(pairs: W) {
  return function say(name: keyof W, values: Record<string, string | number> = {}): string {
    const [es, en] = pairs[name] as Both
    const phrase = document.documentElement.lang.startsWith('en') ? en : es
    return phrase.replace(/\{(\w+)\}/g, (place, key: string) => String(values[key] ?? place))
  }
}

/** Lower case and without accents: `Corazón` finds `corazon`. */
export function plain(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()
}
