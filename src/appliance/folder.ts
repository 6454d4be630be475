// SPDX-License-Identifier: GPL-3.0-or-later
import { dlopen, FFIType } from 'bun:ffi'
import { mkdirSync, openSync } from 'node:fs'
import { SettingsRefused } from './config'

const LOCK_EX = 2
const LOCK_NB = 4

/**
 * Makes the data folder and holds it for as long as this process lives (flock(2) on the folder itself: nothing is left behind by a
 * crash). A second PiChat on the same folder would empty the first one's quarantine and split its rooms: it is refused.
 */
export function holdFolder(data: string, locale: 'es' | 'en'): void {
  mkdirSync(data, { recursive: true, mode: 0o700 })
  // The descriptor stays open on purpose: closing it would let go.
  const handle = openSync(data, 'r')
  const { flock } = dlopen('libc.so.6', { flock: { args: [FFIType.i32, FFIType.i32], returns: FFIType.i32 } }).symbols
  if (flock(handle, LOCK_EX | LOCK_NB) === 0) return
  throw new SettingsRefused([
    locale === 'es'
      ? `Otro PiChat ya trabaja con la carpeta ${data}. Elegir otra con PICHAT_DATA, o detener el otro.`
      : `Another PiChat already works with the folder ${data}. Choose another one with PICHAT_DATA, or stop the other.`,
  ])
}
