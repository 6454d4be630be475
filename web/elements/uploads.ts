// SPDX-License-Identifier: GPL-3.0-or-later
import { onContent } from '../lib/delegate'
import { watchFirstFiles } from './upload/first-files'

/** The hashed name of the script behind `<upload-queue>`; the build writes it in. It lies beside this one. */
declare const UPLOADS_FILE: string

const load = () => import(new URL(UPLOADS_FILE, import.meta.url).href)

// Most pages have no queue, and most people only talk and download: a conversation asks for it with the first file.
onContent(() => {
  const queue = document.querySelector<HTMLElement>('upload-queue')
  if (!queue || customElements.get('upload-queue')) return
  watchFirstFiles(queue, load, { atOnce: queue.dataset.compact === undefined })
})
