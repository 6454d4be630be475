// SPDX-License-Identifier: GPL-3.0-or-later
//
// Files in a conversation, for those who may upload: button, tray and the place to drop them. All of it needs a script; without one files
// go in through /archivos.
import { type Html, html } from '../../core'
import { uploadPhrases } from '../../files'
import { art, icon, type Visitor } from '../../views'
import type { Room } from '../model'

/** Beside the text. */
export function attachButton({ t }: Visitor): Html {
  return html`<button class="btn btn--quiet btn--icon needs-script" type="button" data-attach="adjuntar" title="${t('rooms.attach')}">${icon('paperclip')}<span class="vh">${t('rooms.attach')}</span></button>`
}

/** Beside it: a file that is there already. A link, for everybody and without script; what is being written stays in the draft. */
export function attachLink({ t }: Visitor, room: Room): Html {
  return html`<a class="btn btn--quiet btn--icon" href="/archivos?para=${room.code}" title="${t('shelf.chooseFromFiles')}">${icon('folder')}<span class="vh">${t('shelf.chooseFromFiles')}</span></a>`
}

/** Above the text: what is being uploaded. It says `file-ready` for each file that is there. */
export function attachTray({ t }: Visitor, room: Room): Html {
  return html`<upload-queue class="composer__tray needs-script" data-compact data-sala="${room.code}" data-form="adjuntar" data-drop="soltar-sala" data-phrases="${JSON.stringify(uploadPhrases(t))}"></upload-queue>`
}

/** Over the room while files are dragged, and the picker behind the button. */
export function dropPlace({ t }: Visitor, { room, scanning }: { room: Room; scanning: boolean }): Html {
  return html`<form id="adjuntar" hidden><input type="file" name="archivo" multiple aria-label="${t('rooms.attach')}"></form>
<div class="drop-over" id="soltar-sala" aria-hidden="true">${art.drop}<h2>${t('rooms.dropTo', { room: room.name })}</h2><p>${t(scanning ? 'rooms.dropThen' : 'rooms.dropUnscanned')}</p></div>`
}
