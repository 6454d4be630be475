// SPDX-License-Identifier: GPL-3.0-or-later
import { on, onContent } from './delegate'
import { words } from './words'

const say = words({ marked: ['{n} marcados', '{n} selected'], one: ['1 marcado', '1 selected'] })

const boxes = 'input[type="checkbox"][form="seleccion"]'

/**
 * The boxes of the list of files: counts what is marked, marks all of it, and marks again what a list had that came anew because a file
 * arrived. The button shows itself with the first mark; without script it is always there.
 */
export function watchSelection(): void {
  const marked = new Set<string>()

  function show(): void {
    const form = document.getElementById('seleccion')
    if (!form) return
    const all = [...document.querySelectorAll<HTMLInputElement>(boxes)]
    for (const box of all) box.checked = marked.has(box.value)
    const n = all.filter(({ checked }) => checked).length
    const count = form.querySelector('[data-selected]')
    const text = n === 0 ? '' : n === 1 ? say('one') : say('marked', { n })
    if (count && count.textContent !== text) count.textContent = text
    const button = form.querySelector<HTMLButtonElement>('button')
    if (button) button.hidden = n === 0
    const every = form.querySelector<HTMLInputElement>('[data-select-all]')
    if (every) {
      every.checked = n > 0 && n === all.length
      every.indeterminate = n > 0 && n < all.length
    }
  }

  function mark({ value, checked }: HTMLInputElement): void {
    if (checked) marked.add(value)
    else marked.delete(value)
  }

  // A browser that goes back keeps the boxes as they were.
  for (const box of document.querySelectorAll<HTMLInputElement>(`${boxes}:checked`)) marked.add(box.value)
  onContent(show)
  on<'change', HTMLInputElement>('change', boxes, (box) => {
    mark(box)
    show()
  })
  on<'change', HTMLInputElement>('change', '[data-select-all]', ({ checked }) => {
    for (const box of document.querySelectorAll<HTMLInputElement>(boxes)) mark(Object.assign(box, { checked }))
    show()
  })
}
