// SPDX-License-Identifier: GPL-3.0-or-later
//
// A sentence for everything that is written into the audit log. What is not here is shown as it stands in the log: better plain than wrong.
import type { Html } from '../../core'
import type { T } from '../../i18n'

/** What a sentence is made of, each part ready to stand in it. */
export interface Told {
  who: Html
  target: Html
  /** False when it was done to nobody and nothing that exists. */
  targeted: boolean
  /** Somebody else it was about, from the detail of the record. */
  name: Html
  /** The direct link it went out by; null when somebody signed in took it. */
  link: Html | null
  /** The new role, in the reader's language. */
  role: string
}

export interface Telling {
  /** An icon of the sprite, where that of the feature says too little. */
  icon?: string
  /** Something an administrator should look at. */
  bad?: true
  say(t: T, told: Told): Html
}

/** What happened. */
export const tellings: Record<string, Telling> = {
  'accounts.claimed': { say: (t, { who }) => t.rich('audit.claimed', { who }) },
  'accounts.demo-seeded': { say: (t) => t.rich('audit.demoSeeded') },
  'accounts.signed-in': { icon: 'log-in', say: (t, { who }) => t.rich('audit.signedIn', { who }) },
  'accounts.signed-out': { icon: 'log-out', say: (t, { who }) => t.rich('audit.signedOut', { who }) },
  'accounts.created': { icon: 'user-plus', say: (t, { who, target }) => t.rich('audit.created', { who, target }) },
  'accounts.renamed': { say: (t, { who }) => t.rich('audit.renamed', { who }) },
  'accounts.language-chosen': { say: (t, { who }) => t.rich('audit.languageChosen', { who }) },
  'accounts.password-changed': { say: (t, { who }) => t.rich('audit.passwordChanged', { who }) },
  'accounts.password-reset': { say: (t, { who, target }) => t.rich('audit.passwordReset', { who, target }) },
  'accounts.role-changed': { say: (t, { who, target, role }) => t.rich('audit.roleChanged', { who, name: target, role }) },
  'accounts.paused': { say: (t, { who, target }) => t.rich('audit.paused', { who, target }) },
  'accounts.reactivated': { say: (t, { who, target }) => t.rich('audit.reactivated', { who, target }) },
  'accounts.session-ended': { say: (t, { who }) => t.rich('audit.sessionEnded', { who }) },
  'accounts.sessions-ended': { say: (t, { who, target }) => t.rich('audit.sessionsEnded', { who, target }) },
  'accounts.reset-link-made': { say: (t, { target }) => t.rich('audit.resetLinkMade', { target }) },
  'accounts.reset-link-used': { say: (t, { who }) => t.rich('audit.passwordChanged', { who }) },
  'accounts.key-made': { say: (t, { who, target }) => t.rich('audit.keyMade', { who, target }) },
  'accounts.key-revoked': { say: (t, { who, target }) => t.rich('audit.keyRevoked', { who, target }) },

  'rooms.created': { say: (t, { who, target }) => t.rich('audit.roomCreated', { who, target }) },
  'rooms.joined': { say: (t, { who, target }) => t.rich('audit.roomJoined', { who, target }) },
  'rooms.left': { say: (t, { who, target }) => t.rich('audit.roomLeft', { who, target }) },
  'rooms.closed': { say: (t, { who, target }) => t.rich('audit.roomClosed', { who, target }) },
  'rooms.expired': { say: (t, { target }) => t.rich('audit.roomExpired', { target }) },
  'rooms.erased': { say: (t, { who, target }) => t.rich('audit.roomErased', { who, target }) },
  'rooms.changed': { say: (t, { who, target }) => t.rich('audit.roomChanged', { who, target }) },
  'rooms.locked': { icon: 'lock', say: (t, { who, target }) => t.rich('audit.roomLocked', { who, target }) },
  'rooms.unlocked': { say: (t, { who, target }) => t.rich('audit.roomUnlocked', { who, target }) },
  'rooms.password-changed': { say: (t, { who, target }) => t.rich('audit.roomPassword', { who, target }) },
  'rooms.code-changed': { say: (t, { who, target }) => t.rich('audit.roomCode', { who, target }) },
  'rooms.history-changed': { icon: 'history', say: (t, { who, target }) => t.rich('audit.roomHistory', { who, target }) },
  'rooms.handed-over': { say: (t, { who, target, name }) => t.rich('audit.roomHandedOver', { who, target, name }) },
  'rooms.days-set': { icon: 'history', say: (t, { who }) => t.rich('audit.roomDays', { who }) },
  'rooms.exported': { icon: 'download', say: (t, { who, target }) => t.rich('audit.roomExported', { who, target }) },
  'rooms.invited': { icon: 'link', say: (t, { who, target }) => t.rich('audit.roomInvited', { who, target }) },
  'rooms.invitation-revoked': { say: (t, { who, target }) => t.rich('audit.roomInvitationRevoked', { who, target }) },
  'rooms.message-removed': { icon: 'trash-2', say: (t, { who, target }) => t.rich('audit.messageRemoved', { who, target }) },
  'rooms.removed': { icon: 'door-open', say: (t, { who, target, name }) => t.rich('audit.removed', { who, target, name }) },
  'rooms.banned': { icon: 'ban', say: (t, { who, target, name }) => t.rich('audit.banned', { who, target, name }) },
  'rooms.unbanned': { say: (t, { who, target }) => t.rich('audit.unbanned', { who, target }) },
  'rooms.muted': { icon: 'volume-x', say: (t, { who, target, name }) => t.rich('audit.muted', { who, target, name }) },
  'rooms.unmuted': { say: (t, { who, target, name }) => t.rich('audit.unmuted', { who, target, name }) },

  'files.uploaded': { icon: 'upload', say: (t, { who, target }) => t.rich('audit.fileUploaded', { who, target }) },
  'files.upload-given-up': { say: (t, { who, target }) => t.rich('audit.uploadGivenUp', { who, target }) },
  'files.found': { say: (t, { target }) => t.rich('audit.fileFound', { target }) },
  'files.downloaded': {
    icon: 'download',
    say: (t, { who, target, link }) =>
      link ? t.rich('audit.fileByLink', { target, link }) : t.rich('audit.fileDownloaded', { who, target }),
  },
  'files.viewed': { icon: 'eye', say: (t, { who, target }) => t.rich('audit.fileViewed', { who, target }) },
  'files.deleted': { icon: 'trash-2', say: (t, { who, target }) => t.rich('audit.fileDeleted', { who, target }) },
  'files.restored': { say: (t, { who, target }) => t.rich('audit.fileRestored', { who, target }) },
  'files.purged': { icon: 'trash-2', say: (t, { who, target }) => t.rich('audit.filePurged', { who, target }) },
  'files.expired': { say: (t, { target }) => t.rich('audit.fileExpired', { target }) },
  'files.end-set': { say: (t, { who, target }) => t.rich('audit.fileEndSet', { who, target }) },
  'files.moved': { say: (t, { who, target }) => t.rich('audit.fileMoved', { who, target }) },
  'files.quota-set': { say: (t, { who, target }) => t.rich('audit.fileQuota', { who, target }) },
  'files.folder-made': { say: (t, { who, target }) => t.rich('audit.folderMade', { who, target }) },
  'files.folder-renamed': { say: (t, { who, target }) => t.rich('audit.folderRenamed', { who, target }) },
  'files.folder-removed': { say: (t, { who, target }) => t.rich('audit.folderRemoved', { who, target }) },
  'files.link-made': { icon: 'link', say: (t, { who, target }) => t.rich('audit.linkMade', { who, target }) },
  'files.link-revoked': { say: (t, { who, target }) => t.rich('audit.linkRevoked', { who, target }) },
  'files.released': { icon: 'circle-check', say: (t, { who, target }) => t.rich('audit.fileReleased', { who, target }) },
  'files.rejected': { icon: 'ban', say: (t, { who, target }) => t.rich('audit.fileRejected', { who, target }) },
  'files.rescanned': { say: (t, { who, target }) => t.rich('audit.fileRescanned', { who, target }) },
  'files.taken-for-analysis': { say: (t, { who, target }) => t.rich('audit.fileTaken', { who, target }) },
  'files.clean': { icon: 'shield-check', say: (t, { target }) => t.rich('audit.fileClean', { target }) },
  'files.infected': { icon: 'biohazard', bad: true, say: (t, { target }) => t.rich('audit.fileInfected', { target }) },
  'files.unscannable': { icon: 'shield-alert', say: (t, { target }) => t.rich('audit.fileUnscannable', { target }) },
  'files.left-as-it-was': { icon: 'shield-off', say: (t, { target }) => t.rich('audit.fileLeftAsItWas', { target }) },
  'files.unscanned': { icon: 'shield-off', say: (t, { target }) => t.rich('audit.fileUnscanned', { target }) },
}

/** What was tried and refused. */
export const refusals: Record<string, Telling> = {
  'accounts.sign-in': {
    icon: 'shield-alert',
    bad: true,
    say: (t, { target, targeted }) => (targeted ? t.rich('audit.signInRefused', { target }) : t.rich('audit.nobodyRefused')),
  },
  'rooms.joined': { icon: 'shield-alert', say: (t, { who }) => t.rich('audit.joinRefused', { who }) },
}

/** The first part of what was done → its icon. */
export const featureIcons: Record<string, string> = {
  accounts: 'users',
  rooms: 'messages-square',
  files: 'folder',
  admin: 'sliders-horizontal',
}
