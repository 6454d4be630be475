// SPDX-License-Identifier: GPL-3.0-or-later
import { toast } from '../../lib/toast'
import { words } from '../../lib/words'

const say = words({ noUpload: ['Esta cuenta no sube archivos.', 'This account does not upload files.'] })

/** Whoever may not upload hears so when files are pasted or dropped; what is dropped must not open in the place of the page either. */
export function refuseFiles(signal: AbortSignal): void {
  const refuse = () => toast(say('noUpload'), { icon: 'circle-alert' })
  const dragged = (event: DragEvent) => {
    if (!event.dataTransfer?.types.includes('Files')) return
    event.preventDefault()
    if (event.type === 'drop') refuse()
  }
  document.addEventListener('dragover', dragged, { signal })
  document.addEventListener('drop', dragged, { signal })
  document.addEventListener(
    'paste',
    ({ clipboardData }) => {
      // Offices copy a picture of a text along with it: the text is meant.
      if (clipboardData?.files.length && !clipboardData.types.includes('text/plain')) refuse()
    },
    { signal },
  )
}
