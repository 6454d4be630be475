// SPDX-License-Identifier: GPL-3.0-or-later
import type { Place } from './transfer'

/** Name → the id it has here; null where there is none to be had. */
const asked = new Map<string, Promise<string | null>>()

/** Where a file will belong: what was chosen or dropped as a folder becomes one here, or goes into the one of that name. */
export function placeOf(file: File, here: Place): Place | Promise<Place> {
  const [name, inside] = file.webkitRelativePath.split('/')
  if (!name || inside === undefined || here.sala || here.carpeta) return here
  const known = asked.get(name) ?? folderCalled(name)
  asked.set(name, known)
  return known.then((carpeta) => (carpeta === null ? here : { carpeta }))
}

async function folderCalled(nombre: string): Promise<string | null> {
  const body = new URLSearchParams({ nombre, reusar: 'si' })
  const answer = await fetch('/archivos/carpetas', { method: 'POST', headers: { accept: 'application/json' }, body }).catch(() => null)
  // Without a folder the files still arrive.
  if (!answer?.ok) {
    asked.delete(nombre)
    return null
  }
  const { id } = (await answer.json()) as { id: string }
  return id
}
