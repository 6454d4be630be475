// SPDX-License-Identifier: GPL-3.0-or-later

/** What `make` makes, made when it is first asked for: for what costs time and memory at the start and may not be needed for hours. */
export function once<T>(make: () => T): () => T {
  let made: { it: T } | null = null
  return () => {
    made ??= { it: make() }
    return made.it
  }
}
