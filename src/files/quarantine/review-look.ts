// SPDX-License-Identifier: GPL-3.0-or-later
import { textOf } from '../encoding'
import { isInline } from '../kinds'
import type { FileRow } from '../store'
import type { Vault } from '../vault/vault'

const excerptBytes = 600
/** A photograph of a phone; larger pictures are for those who take them out. */
const largestPreview = 8 * 1024 * 1024

/** Bytes on the disk that may be looked at before anybody has decided. */
function mayBeSeen({ missing, state }: FileRow): boolean {
  return missing === 0 && state !== 'infected' && state !== 'deleted' && state !== 'receiving'
}

/** A type that cannot carry script, not infected, not too large to look at. */
export function isPicture(row: FileRow): boolean {
  return mayBeSeen(row) && isInline(row.type) && row.type.startsWith('image/') && row.size <= largestPreview
}

/** The beginning of a text; null for everything else and for what nobody may look at. */
export async function excerptOf(row: FileRow, vault: Pick<Vault, 'pathOf'>): Promise<string | null> {
  if (!mayBeSeen(row) || row.type !== 'text/plain') return null
  const bytes = await Bun.file(vault.pathOf(row.id))
    .slice(0, excerptBytes)
    .bytes()
    .catch(() => null)
  const text = bytes === null ? '' : textOf(bytes)
  return text.trim() === '' ? null : text
}
