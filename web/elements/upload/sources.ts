// SPDX-License-Identifier: GPL-3.0-or-later

interface Sources {
  /** The form for pages without script; its field is the picker. */
  form: HTMLFormElement | null
  /** Lights up while files are over the page. */
  place: HTMLElement | null
  signal: AbortSignal
  take(files: readonly File[]): void
}

/** Where files come from: the picker, a drop anywhere on the page, the clipboard. */
export function watchSources({ form, place, signal, take }: Sources): void {
  const input = form?.querySelector<HTMLInputElement>('input[type="file"]')
  input?.addEventListener(
    'change',
    () => {
      take([...(input.files ?? [])])
      input.value = '' // choosing the same file again must be a change
    },
    { signal },
  )

  const over = (on: boolean) => place?.classList.toggle('drop--over', on)
  document.addEventListener(
    'dragover',
    (event) => {
      if (!event.dataTransfer?.types.includes('Files')) return
      event.preventDefault()
      over(true)
    },
    { signal },
  )
  document.addEventListener('dragleave', ({ relatedTarget }) => relatedTarget === null && over(false), { signal })
  document.addEventListener(
    'drop',
    (event) => {
      over(false)
      if (!event.dataTransfer?.types.includes('Files')) return
      event.preventDefault()
      take(filesOf(event.dataTransfer.items))
    },
    { signal },
  )
  document.addEventListener(
    'paste',
    ({ clipboardData }) => {
      // Offices copy a picture of a text along with it: the text is meant.
      if (!clipboardData || clipboardData.files.length === 0 || clipboardData.types.includes('text/plain')) return
      take([...clipboardData.files])
    },
    { signal },
  )
}

/** A folder looks like a file that cannot be read: it is left out. */
function filesOf(items: DataTransferItemList): File[] {
  return [...items]
    .filter((item) => item.kind === 'file' && !item.webkitGetAsEntry?.()?.isDirectory)
    .map((item) => item.getAsFile())
    .filter((file) => file !== null)
}
