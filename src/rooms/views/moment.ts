// SPDX-License-Identifier: GPL-3.0-or-later
import type { T } from '../../i18n'

interface Moment {
  /** `9:14` */
  time: string
  /** `lunes 23 de noviembre` */
  day: string
  iso: string
}

const minuteMs = 60_000
/** The minute each language said last. A lively room says many things within one. */
const said = new Map<string, { minute: number; time: string; day: string }>()

export function momentOf(t: T, at: number): Moment {
  const minute = Math.floor(at / minuteMs)
  let known = said.get(t.locale)
  if (known?.minute !== minute) {
    known = { minute, time: t.format.time(at), day: t.format.day(at) }
    said.set(t.locale, known)
  }
  return { time: known.time, day: known.day, iso: new Date(at).toISOString() }
}
