// SPDX-License-Identifier: GPL-3.0-or-later
import { join } from 'node:path'

/** The working tree, seen from src/build. */
export const root = join(import.meta.dir, '../..')

/** A path in the working tree. */
export const at = (...parts: string[]) => join(root, ...parts)

/** Where everything that is built goes. */
export const dist = (...parts: string[]) => at('dist', ...parts)
