// SPDX-License-Identifier: GPL-3.0-or-later
import { type AuditTable, type Content, type Html, html } from '../../core'
import type { T } from '../../i18n'
import { icon, type Visitor } from '../../views'

interface Told {
  who: Html
  target: Html
  /** False when it was done to nobody and nothing that exists. */
  targeted: boolean
  /** A word of the record's own, already in the reader's language: the new role. */
  word: string
}

/** What was done → how it is told. A name that is not here is shown as it stands in the log: better plain than wrong. */
const tellings: Record<string, (t: T, told: Told) => Html> = {
  'accounts.claimed': (t, { who }) => t.rich('admin.told_claimed', { who }),
  'accounts.demo-seeded': (t) => t.rich('admin.told_demoSeeded'),
  'accounts.signed-in': (t, { who }) => t.rich('admin.audit_signedIn', { who }),
  'accounts.signed-out': (t, { who }) => t.rich('admin.told_signedOut', { who }),
  'accounts.created': (t, { who, target }) => t.rich('admin.told_created', { who, target }),
  'accounts.renamed': (t, { who }) => t.rich('admin.told_renamed', { who }),
  'accounts.language-chosen': (t, { who }) => t.rich('admin.told_languageChosen', { who }),
  'accounts.password-changed': (t, { who }) => t.rich('admin.told_passwordChanged', { who }),
  'accounts.password-reset': (t, { who, target }) => t.rich('admin.told_passwordReset', { who, target }),
  'accounts.role-changed': (t, { who, target, word }) => t.rich('admin.told_roleChanged', { who, name: target, role: word }),
  'accounts.paused': (t, { who, target }) => t.rich('admin.told_paused', { who, target }),
  'accounts.reactivated': (t, { who, target }) => t.rich('admin.told_reactivated', { who, target }),
  'accounts.session-ended': (t, { who }) => t.rich('admin.told_sessionEnded', { who }),
  'accounts.sessions-ended': (t, { who, target }) => t.rich('admin.told_sessionsEnded', { who, target }),
  'accounts.reset-link-made': (t, { target }) => t.rich('admin.told_resetLinkMade', { target }),
  'accounts.reset-link-used': (t, { who }) => t.rich('admin.told_passwordChanged', { who }),
  'rooms.created': (t, { who, target }) => t.rich('admin.told_roomCreated', { who, target }),
  'rooms.joined': (t, { who, target }) => t.rich('admin.told_roomJoined', { who, target }),
  'rooms.left': (t, { who, target }) => t.rich('admin.told_roomLeft', { who, target }),
  'rooms.closed': (t, { who, target }) => t.rich('admin.told_roomClosed', { who, target }),
  'files.uploaded': (t, { who, target }) => t.rich('admin.audit_uploaded', { who, target }),
  'files.downloaded': (t, { who, target }) => t.rich('admin.audit_downloaded', { who, target }),
  'files.deleted': (t, { who, target }) => t.rich('admin.told_fileDeleted', { who, target }),
  'files.link-made': (t, { who, target }) => t.rich('admin.told_linkMade', { who, target }),
  'files.link-revoked': (t, { who, target }) => t.rich('admin.told_linkRevoked', { who, target }),
  'files.clean': (t, { target }) => t.rich('admin.told_fileClean', { target }),
  'files.infected': (t, { target }) => t.rich('admin.told_fileInfected', { target }),
  'files.unscannable': (t, { target }) => t.rich('admin.told_fileUnscannable', { target }),
  'files.unscanned': (t, { target }) => t.rich('admin.told_fileUnscanned', { target }),
}

/** The same for what was tried and refused. */
const refusals: Record<string, (t: T, told: Told) => Html> = {
  'accounts.sign-in': (t, { target, targeted }) =>
    targeted ? t.rich('admin.told_signInRefused', { target }) : t.rich('admin.told_nobodyRefused'),
  'rooms.joined': (t, { who }) => t.rich('admin.told_joinRefused', { who }),
}

/** The first part of what was done → its icon. */
const icons: Record<string, string> = { accounts: 'users', rooms: 'messages-square', files: 'folder', admin: 'sliders-horizontal' }

/** One line of the log, told in a sentence. */
export function record({ t }: Visitor, entry: AuditTable, now: number): Html {
  const feature = entry.what.split('.')[0] ?? ''
  return html`<li>${icon(icons[feature] ?? 'info')}<p hx-ignore>${sentenceOf(t, entry)}</p><time datetime="${new Date(entry.at).toISOString()}">${t.format.short(entry.at, now)}</time></li>`
}

function sentenceOf(t: T, { what, who_name, target_name, result, detail }: AuditTable): Content {
  const told: Told = {
    who: html`<b>${who_name ?? t('admin.someone')}</b>`,
    target: html`<b>${target_name ?? t('admin.someone')}</b>`,
    targeted: target_name !== null,
    word: roleIn(t, detail),
  }
  const tell = (result === 'ok' ? tellings : refusals)[what]
  return tell ? tell(t, told) : t.rich('admin.audit_other', { who: told.who, what, target: told.targeted ? told.target : '' })
}

function roleIn(t: T, detail: string | null): string {
  const role = /"to":"(administrator|cliente|usuario)"/.exec(detail ?? '')?.[1]
  return role ? t(`shared.role_${role as 'usuario'}`) : ''
}
