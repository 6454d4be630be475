// SPDX-License-Identifier: GPL-3.0-or-later
export { fileAddress, pageAddress } from './address'
export { seedFiles } from './demo'
export { sendFile } from './downloads/download'
export { kindOf, promisedKind } from './kinds'
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
export { createClamd } from './quarantine/clamd'
export { lockedZip } from './quarantine/locked-zip'
export type { Decider, Review, ReviewItem } from './quarantine/review'
export { noScanner, type Scanner, type ScannerReport, type Verdict } from './quarantine/scanner'
export { filesDoors, filesRoutes } from './routes'
export { createFiles, type Files, type FilesOptions } from './service'
export type { Asker, FileRoom, RoomDesk } from './shelf/sight'
export { fileCard, newsOf, stateBadge, typeSheet, whyOf } from './shelf/view-parts'
export { type FilesTables, filesMigrations } from './tables'
export { readAmount, writeAmount } from './uploads/amounts'
export type { Unfinished } from './uploads/resumable'
export { type FreeSpace, freeSpaceOf } from './uploads/space'
export { type UploadPhrases, uploadPhrases } from './uploads/upload-view'
