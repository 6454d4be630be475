// SPDX-License-Identifier: GPL-3.0-or-later

/** How a transfer ended. `reason` is the server's own sentence, null when it said nothing. */
export type Outcome = { is: 'done'; id: string; state: string } | { is: 'later'; seconds: number } | { is: 'failed'; reason: string | null }

interface Transfer {
  file: File
  /** Bytes that have left this device. */
  progress(bytes: number): void
  /** Everything is sent; the server is making sure that it stays. */
  sent(): void
  end(outcome: Outcome): void
}

/**
 * Sends one file as it is. XMLHttpRequest, because fetch tells nothing about what has been sent. Done is what the server says is done:
 * 201 comes after the bytes, their name and their row are on its disk. Answers the function that cancels.
 */
export function transfer({ file, progress, sent, end }: Transfer): () => void {
  const request = new XMLHttpRequest()
  request.open('PUT', `/archivos/${encodeURIComponent(file.name)}`)
  request.setRequestHeader('accept', 'application/json')
  request.setRequestHeader('content-type', 'application/octet-stream')
  request.upload.addEventListener('progress', ({ loaded }) => progress(loaded))
  request.upload.addEventListener('load', sent)
  request.addEventListener('load', () => end(outcomeOf(request)))
  request.addEventListener('error', () => end({ is: 'failed', reason: null }))
  request.send(file)
  return () => request.abort()
}

function outcomeOf(request: XMLHttpRequest): Outcome {
  const said = read(request.responseText)
  if (request.status === 201) return { is: 'done', id: said.id ?? '', state: said.state ?? '' }
  if (request.status === 429) return { is: 'later', seconds: Number(request.getResponseHeader('retry-after')) || 5 }
  return { is: 'failed', reason: said.message ?? null }
}

function read(text: string): { id?: string; state?: string; message?: string } {
  try {
    const data: unknown = JSON.parse(text)
    return typeof data === 'object' && data !== null ? data : {}
  } catch {
    return {}
  }
}
