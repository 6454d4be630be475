// SPDX-License-Identifier: GPL-3.0-or-later
import { newId } from '../../core'

/** For forms without script: sending the same page twice says it once. */
export function newCid(): string {
  return `f${newId()}`
}
