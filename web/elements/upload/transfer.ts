// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * How a transfer ended. `same` is who brought the same bytes before; `changed`: the file on this device is not what it was; `reason` is the
 * server's own sentence, null when it said nothing.
 */
export type Outcome =
  | { is: 'done'; id: string; state: string; same: string | null }
  | { is: 'later'; seconds: number }
  | { is: 'changed' }
  | { is: 'failed'; reason: string | null }

/** Where a file will belong: the code of a room, or the id of a folder; neither is the general drop. */
export interface Place {
  sala?: string
  carpeta?: string
}

export interface Transfer {
  file: File
  place: Place
  /** Where what was begun before goes on; null: nothing was. */
  from: string | null
  /** It has an address, under which it can go on later. */
  began(address: string): void
  /** Bytes that have left this device. */
  progress(bytes: number): void
  /** Everything is sent; the server is making sure that it stays. */
  sent(): void
  /** The server cannot be reached, and is tried again without anybody's help; or it answers again. */
  waits(waiting: boolean): void
  end(outcome: Outcome): void
}

export interface Sending {
  /** Stops; what has come stays on the server. */
  pause(): void
  /** Stops, and nothing stays. */
  cancel(): void
}

/** An upload that this browser began and whose file it does not hold any more. */
export interface Left {
  name: string
  size: number
  offset: number
  /** When the file was changed last, as the device says: another time is another file. */
  modified: number
  url: string
  place: Place
}

/** The hashed name of the script that knows how uploads go on; the build writes it in. It lies beside this one. */
declare const RESUMABLE_FILE: string

type Resumable = typeof import('../../resumable')

/** Loads it once; tried again when the network was away. */
let loading: Promise<Resumable> | null = null
export function resumable(): Promise<Resumable> {
  loading ??= import(new URL(RESUMABLE_FILE, import.meta.url).href).catch((error) => {
    loading = null
    throw error
  })
  return loading as Promise<Resumable>
}

/** Sends one file. Done is what the server says is done: after the bytes, their name and their row are on its disk. */
export function transfer({ place: coming, ...given }: Omit<Transfer, 'place'> & { place: Place | Promise<Place> }): Sending {
  let sending: Sending | null = null
  let over = false
  void Promise.all([coming, resumable().catch(() => null)]).then(([place, script]) => {
    if (!over) sending = script ? script.send({ ...given, place }) : sendWhole({ ...given, place })
  })
  return {
    pause() {
      over = true
      sending?.pause()
    },
    cancel() {
      over = true
      sending?.cancel()
    },
  }
}

/** As it is, in one request. XMLHttpRequest, because fetch tells nothing about what has been sent. */
function sendWhole({ file, place, progress, sent, end }: Transfer): Sending {
  const request = new XMLHttpRequest()
  request.open('PUT', `/archivos/${encodeURIComponent(file.name)}?${new URLSearchParams({ ...place })}`)
  request.setRequestHeader('accept', 'application/json')
  request.setRequestHeader('content-type', 'application/octet-stream')
  request.upload.addEventListener('progress', ({ loaded }) => progress(loaded))
  request.upload.addEventListener('load', sent)
  request.addEventListener('load', () => end(outcomeOf(request)))
  request.addEventListener('error', () => end({ is: 'failed', reason: null }))
  request.send(file)
  const cancel = () => request.abort()
  return { pause: cancel, cancel }
}

function outcomeOf(request: XMLHttpRequest): Outcome {
  const said = read(request.responseText)
  if (request.status === 201) return { is: 'done', id: said.id ?? '', state: said.state ?? '', same: said.same?.by ?? null }
  if (request.status === 429) return { is: 'later', seconds: Number(request.getResponseHeader('retry-after')) || 5 }
  return { is: 'failed', reason: said.message ?? null }
}

function read(text: string): { id?: string; state?: string; message?: string; same?: { by?: string } } {
  try {
    const data: unknown = JSON.parse(text)
    return typeof data === 'object' && data !== null ? data : {}
  } catch {
    return {}
  }
}
