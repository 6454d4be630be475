// SPDX-License-Identifier: GPL-3.0-or-later
export { fileAddress, pageAddress } from './address'
export { createClamd } from './clamd'
export { seedFiles } from './demo'
export { sendFile } from './download'
export { kindOf, promisedKind } from './kinds'
export { lockedZip } from './locked-zip'
export {
  type FileEvents,
  type FileState,
  type FilesLimits,
  fileStates,
  isReadable,
  type ReviewGroup,
  reviewGroups,
  type StoredFile,
} from './model'
export { safeName } from './names'
export type { Unfinished } from './resumable'
export type { Decider, Review, ReviewItem } from './review'
export { filesBodies, filesRoutes } from './routes'
export { noScanner, type Scanner, type ScannerReport, type Verdict } from './scanner'
export { createFiles, type Files, type FilesOptions } from './service'
export type { Asker, FileRoom, RoomDesk } from './sight'
export { type FreeSpace, freeSpaceOf } from './space'
export { type FilesTables, filesMigrations } from './tables'
export { type UploadPhrases, uploadPhrases } from './upload-view'
export { fileCard, newsOf, stateBadge, typeSheet, whyOf } from './view-parts'
