// SPDX-License-Identifier: GPL-3.0-or-later
import { resumable } from './transfer'

interface Sources {
  /** The form for pages without script, and the one for folders; their fields are the pickers. */
  forms: readonly (HTMLElement | null)[]
  /** Lights up while files are over the page. */
  place: HTMLElement | null
  signal: AbortSignal
  take(files: readonly File[]): void
}

/** Where files come from: the picker, a drop anywhere on the page, the clipboard. */
export function watchSources({ forms, place, signal, take }: Sources): void {
  for (const form of forms) {
    form?.addEventListener(
      'change',
      ({ target }) => {
        if (!(target instanceof HTMLInputElement) || target.type !== 'file') return
        take([...(target.files ?? [])])
        target.value = '' // choosing the same file again must be a change
      },
      { signal },
    )
  }

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
      void filesOf(event.dataTransfer.items).then(take)
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

/** Files in their order; of folders, all that is in them. What was dropped can only be asked for while it is being dropped. */
async function filesOf(items: DataTransferItemList): Promise<File[]> {
  const dropped = [...items].filter(({ kind }) => kind === 'file')
  const files = dropped.map((item) => item.getAsFile())
  const entries = dropped.map((item) => item.webkitGetAsEntry?.() ?? null)
  const found = await Promise.all(
    files.map(async (file, i) => {
      const entry = entries[i]
      if (entry?.isDirectory) return (await resumable()).filesIn([entry])
      return file ? [file] : []
    }),
  )
  return found.flat()
}
