// SPDX-License-Identifier: GPL-3.0-or-later
import { announce } from '../../lib/news'
import { words } from '../../lib/words'
import { firstLine, writtenIn } from './written'

const say = words({
  wrote: ['{name} escribió.', '{name} wrote.'],
  file: ['un archivo', 'a file'],
})

/** Draws attention to a message that came while one looked elsewhere. */
export function createNews(room: HTMLElement, main: HTMLElement): (item: HTMLElement) => void {
  const { me = '', room: id = '', keep, page = '' } = room.dataset
  return (item) => {
    if (document.visibilityState === 'visible' && document.hasFocus()) return
    const name = item.querySelector('.msg__author')?.textContent ?? ''
    const bubble = item.querySelector<HTMLElement>('.msg__bubble')
    const mention =
      (item.dataset.mentions ?? '').split(' ').includes(me) || item.querySelector<HTMLElement>('.quote')?.dataset.quoteAuthor === me
    announce({
      room: id,
      mention,
      title: main.querySelector('h1')?.textContent ?? '',
      // A notification is kept by the system, on its disk: the words of an ephemeral room do not go there.
      body: keep === 'yes' && bubble ? `${name}: ${firstLine(writtenIn(bubble)) || say('file')}` : say('wrote', { name }),
      path: page,
    })
  }
}
