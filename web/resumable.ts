// SPDX-License-Identifier: GPL-3.0-or-later
// Uploads that go on where they stopped. A script of its own: only pages with a queue load it, once something is to be sent.
import { type DetailedError, defaultOptions, type HttpResponse, Upload } from 'tus-js-client'
import type { Left, Outcome, Sending, Transfer } from './elements/upload/transfer'

const endpoint = '/subidas'
/**
 * Bytes up to which a file travels with its announcement, by the speed of the one before: begun again it costs at most a second. Where it
 * travels so it has no address to go on from.
 */
const atOnce = { least: 256 * 1024, most: 4 * 1024 * 1024 }
/** Bytes in a second, of one transfer; nothing is known before the first. */
let speed = 0
/** Files that stopped on their way once: the next time they are announced first, and go on from where they are. */
const stopped = new WeakSet<File>()
/** Milliseconds without a byte after which a connection counts as dead: after a change of network nobody tells. */
const silence = 20_000
/** The same while the server makes sure that everything stays: a slow card syncs for long. */
const lastSilence = 120_000
const longestWait = 15_000
/** Refusals that pass when the upload asks again where it stands, but not for ever. */
const mostTries = 5
/** An upload that nobody went on with for so long is not there any more, whoever signs in. */
const forgottenAfter = 30 * 86_400_000

/** Sends one file, through dead connections, restarts of the server and nights, until it is done, refused, paused or cancelled. */
export function send({ file, place, from, began, progress, sent, waits, end }: Transfer): Sending {
  let over = false
  let tries = 0
  let lastAt = Date.now()
  let all = false
  let timer = 0
  const begun = Date.now()

  const upload = new Upload(file, {
    endpoint,
    uploadUrl: from,
    retryDelays: null,
    uploadDataDuringCreation: from === null && !stopped.has(file) && file.size <= Math.min(atOnce.most, Math.max(atOnce.least, speed)),
    // What goes on is in the storage already.
    storeFingerprintForResuming: from === null,
    metadata: { filename: file.name, filetype: file.type, ...place },
    headers: { accept: 'application/json' },
    onUploadUrlAvailable: () => began(upload.url ?? ''),
    onProgress(bytes) {
      lastAt = Date.now()
      tries = 0
      waits(false)
      progress(bytes)
      if (bytes < file.size || all) return
      all = true
      sent()
    },
    onSuccess({ lastResponse }) {
      void forget(upload.url)
      // Of small ones the way there and back says more than their bytes.
      if (from === null && tries === 0 && file.size >= atOnce.least) speed = file.size / Math.max(0.001, (Date.now() - begun) / 1000)
      finish(doneOf(lastResponse))
    },
    onError: (error) => void judge(error as DetailedError),
  })

  const watch = window.setInterval(() => {
    if (timer !== 0 || Date.now() - lastAt < (all ? lastSilence : silence)) return
    void upload.abort().then(later)
  }, 2_000)
  const back = () => {
    if (timer !== 0 && document.visibilityState === 'visible') go()
  }
  window.addEventListener('online', back)
  document.addEventListener('visibilitychange', back)
  upload.start()

  function stop(): void {
    over = true
    window.clearInterval(watch)
    window.clearTimeout(timer)
    window.removeEventListener('online', back)
    document.removeEventListener('visibilitychange', back)
  }

  function finish(outcome: Outcome): void {
    if (over) return
    stop()
    end(outcome)
  }

  function later(): void {
    if (over || timer !== 0) return
    waits(true)
    tries++
    timer = window.setTimeout(go, Math.min(longestWait, 500 * 2 ** Math.min(tries, 6)))
  }

  function go(): void {
    window.clearTimeout(timer)
    timer = 0
    all = false
    lastAt = Date.now()
    stopped.add(file)
    upload.options.uploadDataDuringCreation = false
    upload.start()
  }

  async function judge({ originalResponse: response }: DetailedError): Promise<void> {
    const status = response?.getStatus() ?? 0
    if (status === 0 && !(await isReadable(file))) return finish({ is: 'changed' })
    if (status === 0 || (status >= 500 && status !== 507)) return later()
    if ((status === 400 || status === 409) && tries < mostTries) return later()
    if (status === 429) return finish({ is: 'later', seconds: Number(response?.getHeader('retry-after')) || 5 })
    finish({ is: 'failed', reason: messageOf(response) })
  }

  return {
    pause() {
      stop()
      stopped.add(file)
      void upload.abort()
    },
    cancel() {
      stop()
      void upload.abort(true).catch(() => {})
    },
  }
}

function doneOf(response: HttpResponse): Outcome {
  const address = response.getHeader('x-pichat-archivo') ?? ''
  const same = response.getHeader('x-pichat-igual')
  return {
    is: 'done',
    id: address.split('/')[2] ?? '',
    state: response.getHeader('x-pichat-estado') ?? '',
    same: same ? decodeURIComponent(same) : null,
  }
}

function messageOf(response: HttpResponse | null): string | null {
  try {
    const said: unknown = JSON.parse(response?.getBody() ?? '')
    return typeof said === 'object' && said !== null && 'message' in said ? String(said.message) : null
  } catch {
    return null
  }
}

/** A file that was changed or taken away cannot be read any more, not even its first byte. */
async function isReadable(file: File): Promise<boolean> {
  return file
    .slice(0, 1)
    .arrayBuffer()
    .then(
      () => true,
      () => false,
    )
}

/** What this browser began and did not end, and the server still keeps. The files themselves have to be chosen again. */
export async function unfinished(): Promise<Left[]> {
  const { urlStorage } = defaultOptions
  const all = (await urlStorage?.findAllUploads()) ?? []
  const found = await Promise.all(
    all.map(async ({ uploadUrl, size, metadata, creationTime, urlStorageKey: key }) => {
      if (!uploadUrl || size === null || !metadata.filename) return null
      const headers = { 'tus-resumable': '1.0.0', accept: 'application/json' }
      const answer = await fetch(uploadUrl, { method: 'HEAD', headers }).catch(() => null)
      if (!answer) return null
      const offset = Number(answer.headers.get('upload-offset'))
      // Somebody else's, of this browser too: the server says no more of it than that it is not there.
      const gone = answer.status === 404 && Date.now() - Date.parse(creationTime) > forgottenAfter
      if (gone || (answer.ok && offset === size)) await urlStorage?.removeUpload(key)
      if (!answer.ok || offset === size) return null
      const modified = Number(/-(\d+)-[^-]*::\d+$/.exec(key)?.[1] ?? -1)
      const { filename: name, sala, carpeta } = metadata
      return { name, size, offset, modified, url: uploadUrl, place: { ...(sala ? { sala } : {}), ...(carpeta ? { carpeta } : {}) } }
    }),
  )
  return found.filter((one) => one !== null)
}

/** Ends an upload that nobody is sending to; nothing of it stays here or there. */
export async function giveUp(url: string): Promise<void> {
  await forget(url)
  await Upload.terminate(url, { retryDelays: null }).catch(() => {})
}

async function forget(url: string | null): Promise<void> {
  const { urlStorage } = defaultOptions
  const all = (await urlStorage?.findAllUploads()) ?? []
  for (const { uploadUrl, urlStorageKey } of all) if (uploadUrl === url) await urlStorage?.removeUpload(urlStorageKey)
}

/** All files in what was dropped, folders inside folders included, in the order of their names. */
export async function filesIn(entries: readonly FileSystemEntry[]): Promise<File[]> {
  const files: File[] = []
  for (const entry of entries) {
    if (isFile(entry)) files.push(withPath(await new Promise<File>((resolve, reject) => entry.file(resolve, reject)), entry.fullPath))
    else if (isFolder(entry)) files.push(...(await filesIn(await childrenOf(entry))))
  }
  return files
}

/** A file that was dropped in its folder knows no more of it, as one that was picked does. */
function withPath(file: File, path: string): File {
  return Object.defineProperty(file, 'webkitRelativePath', { value: path.replace(/^\//, '') })
}

const isFile = (entry: FileSystemEntry): entry is FileSystemFileEntry => entry.isFile
const isFolder = (entry: FileSystemEntry): entry is FileSystemDirectoryEntry => entry.isDirectory

async function childrenOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader()
  const all: FileSystemEntry[] = []
  for (;;) {
    // A hundred at a time, until none is left.
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject))
    if (some.length === 0) return all.sort((a, b) => a.name.localeCompare(b.name))
    all.push(...some)
  }
}
