// SPDX-License-Identifier: GPL-3.0-or-later

/** What a queue can do once its script is there. */
interface Queue extends HTMLElement {
  add(files: readonly File[]): void
}

const watched = new WeakSet<HTMLElement>()

/**
 * Until the queue's script is there: notices files that are chosen, dragged or pasted, asks for the script with the first of them (or, where
 * people come to send files, `atOnce`), and hands over what came meanwhile. From then on the queue hears for itself.
 */
export function watchFirstFiles(queue: HTMLElement, load: () => Promise<unknown>, { atOnce }: { atOnce: boolean }): void {
  if (watched.has(queue)) return
  watched.add(queue)
  const here = new AbortController()
  const { signal } = here
  let asked: Promise<unknown> | null = null
  const ask = () => {
    asked ??= load().then(
      () => here.abort(),
      () => {
        asked = null
      },
    )
    return asked
  }
  const hand = (files: File[]) => {
    if (files.length > 0) void ask().then(() => signal.aborted && queue.isConnected && (queue as Queue).add(files))
  }

  const take = ({ target }: { target: unknown }) => {
    if (!(target instanceof HTMLInputElement) || target.type !== 'file') return
    hand([...(target.files ?? [])])
    target.value = ''
  }

  document.addEventListener('click', ({ target }) => target instanceof Element && target.closest('[data-attach]') && void ask(), { signal })
  for (const form of [queue.dataset.form, `${queue.dataset.form}-carpeta`]) {
    const place = document.getElementById(form ?? '')
    place?.addEventListener('change', take, { signal })
    // Chosen before any script was there: nothing would ever happen to them.
    for (const target of place?.querySelectorAll('input') ?? []) take({ target })
  }
  document.addEventListener(
    'dragover',
    (event) => {
      if (!event.dataTransfer?.types.includes('Files')) return
      event.preventDefault()
      void ask()
    },
    { signal },
  )
  document.addEventListener(
    'drop',
    (event) => {
      if (!event.dataTransfer?.types.includes('Files')) return
      event.preventDefault() // the browser would open it
      hand([...event.dataTransfer.files])
    },
    { signal },
  )
  document.addEventListener(
    'paste',
    ({ clipboardData }) => {
      if (clipboardData && clipboardData.files.length > 0 && !clipboardData.types.includes('text/plain')) hand([...clipboardData.files])
    },
    { signal },
  )
  if (atOnce) void ask()
}
