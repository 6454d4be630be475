// SPDX-License-Identifier: GPL-3.0-or-later
import { attributes, type Html, html, trusted } from '../../core'
import type { T } from '../../i18n'
import type { Visitor } from '../../views'
import { fileStates, type ListQuery, type Space } from '../model'
import { stateIcons } from '../shelf/view-parts'

/** The words of `<upload-queue>`; `{places}` are filled by the element. */
export interface UploadPhrases {
  uploads: string
  noUploads: string
  uploadsDone: string
  uploading: string
  withProblems: string
  progressOf: string
  percentOf: string
  doneOf: string
  failedOf: string
  waiting: string
  paused: string
  amountOf: string
  pause: string
  pauseAll: string
  goOn: string
  goOnAll: string
  noNetwork: string
  toGoOn: string
  uploadingElsewhere: string
  notSentYet: string
  chooseAgain: string
  fileChanged: string
  alreadyHere: string
  checking: string
  timeLeft: string
  estimating: string
  noAnswer: string
  tooLarge: string
  retry: string
  cancel: string
  remove: string
  removeFinished: string
  cancelled: string
  done: string
  /** State → its word and its icon. */
  states: Record<string, readonly [word: string, icon: string]>
}

const places = {
  a: '{a}',
  b: '{b}',
  n: '{n}',
  name: '{name}',
  pct: '{pct}',
  t: '{t}',
  size: '{size}',
  max: '{max}',
  reason: '{reason}',
} as const

export function uploadPhrases(t: T): UploadPhrases {
  return {
    uploads: t('files.uploads'),
    noUploads: t('files.noUploads'),
    uploadsDone: t('files.uploadsDone', places),
    uploading: t('files.uploading', places),
    withProblems: t('files.withProblems', places),
    progressOf: t('files.progressOf', places),
    percentOf: t('files.percentOf', places),
    doneOf: t('files.doneOf', places),
    failedOf: t('files.failedOf', places),
    waiting: t('files.waiting'),
    paused: t('files.paused'),
    amountOf: t('files.amountOf', places),
    pause: t('files.pause'),
    pauseAll: t('files.pauseAll'),
    goOn: t('files.goOn'),
    goOnAll: t('files.goOnAll'),
    noNetwork: t('files.noNetwork'),
    toGoOn: t('files.toGoOn'),
    uploadingElsewhere: t('files.uploadingElsewhere'),
    notSentYet: t('files.notSentYet', places),
    chooseAgain: t('files.chooseAgain'),
    fileChanged: t('files.fileChanged'),
    alreadyHere: t('files.alreadyHere', places),
    checking: t('files.checking'),
    timeLeft: t('files.timeLeft', places),
    estimating: t('files.estimating'),
    noAnswer: t('files.noAnswer'),
    tooLarge: t('files.uploadTooLarge', places),
    retry: t('files.retry'),
    cancel: t('shared.cancel'),
    remove: t('files.removeFromList'),
    removeFinished: t('files.removeFinished'),
    cancelled: t('files.uploadCancelled'),
    done: t('files.done'),
    states: Object.fromEntries(fileStates.map((state) => [state, [t(`files.state_${state}`), stateIcons[state]] as const])),
  }
}

const dropArt = trusted(
  '<svg class="drop__art" viewBox="0 0 64 64" aria-hidden="true" focusable="false"><path class="art-leaf-soft" d="M14 46V22a10 10 0 0 1 10-10h16a10 10 0 0 1 10 10v14a10 10 0 0 1-10 10z"></path><path class="art-line" d="M32 38V22M25 29l7-7 7 7"></path><path class="art-line" d="M10 54h44"></path></svg>',
)

/** The queue of this tab and the place to drop files; both need the script, and are not there without it. */
export function queue(
  { t, viewer }: Visitor,
  { maxFileBytes, scanning }: { maxFileBytes: number; scanning: boolean },
  { room, folder }: Pick<ListQuery, 'room' | 'folder'>,
): Html {
  const max = t.format.size(maxFileBytes)
  const hint = scanning ? t('files.dropHint', { max }) : t('files.dropHintUnscanned', { max })
  return html`<upload-queue class="needs-script" id="cola" data-form="subir" data-drop="soltar" data-dock="up-dock" data-max="${maxFileBytes}"${attributes({ 'data-me': viewer?.id ?? '', 'data-sala': room, 'data-carpeta': room ? null : folder })} data-phrases="${JSON.stringify(uploadPhrases(t))}"></upload-queue>
<div class="drop needs-script" id="soltar">${dropArt}<div><p class="drop__title">${t('files.dropHere')}</p><p class="drop__hint">${hint}</p></div></div>`
}

const width = 100

/** How much of the disk is taken, and by what. */
export function spaceMeter(t: T, { free, total, files, quarantine, records }: Space, own: { used: number; limit: number }): Html {
  const used = Math.max(0, total - free)
  const rest = Math.max(0, used - files - quarantine - records)
  const { size } = t.format
  const words = t('files.spaceOf', {
    used: size(used),
    total: size(total),
    a: size(files),
    b: size(quarantine),
    c: size(records),
    d: size(rest),
  })
  return html`<div class="card card--canvas"><section class="meter" aria-labelledby="espacio">
<div class="spread"><h2 class="card__title" id="espacio">${t('files.space')}</h2><strong class="num">${t('files.left', { n: size(free) })}</strong></div>
<svg class="meter__bar" viewBox="0 0 ${width} 4" preserveAspectRatio="none" role="img" aria-label="${words}">${bars(total, [
    ['fill-files', files],
    ['fill-wait', quarantine],
    ['fill-data', records],
    ['fill-rest', rest],
  ])}</svg>
<ul class="meter__legend">${legend('fill-files', t('files.title'), size(files))}${legend('fill-wait', t('files.quarantine'), size(quarantine))}${legend('fill-data', t('files.records'), size(records))}${legend('fill-rest', t('files.restOfDisk'), size(rest))}</ul>
<p class="card__text">${own.limit > 0 ? t('shelf.ownSpaceOf', { used: size(own.used), max: size(own.limit) }) : t('shelf.ownSpace', { used: size(own.used) })}</p>
</section></div>`
}

function bars(total: number, parts: readonly (readonly [look: string, bytes: number])[]): Html[] {
  let x = 0
  return parts.map(([look, bytes]) => {
    const wide = total > 0 ? (bytes / total) * width : 0
    const bar = html`<rect class="${look}" x="${x.toFixed(2)}" y="0" width="${wide.toFixed(2)}" height="4"></rect>`
    x += wide
    return wide > 0 ? bar : html``
  })
}

function legend(look: string, word: string, amount: string): Html {
  return html`<li><span class="swatch ${look}"></span>${word} <span class="num">${amount}</span></li>`
}
