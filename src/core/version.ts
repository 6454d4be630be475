// SPDX-License-Identifier: GPL-3.0-or-later
import { version as published } from '../../package.json' with { type: 'json' }

/** The version of this program, as `pichat version` and the system page show it. The build writes it into the executable. */
export const version: string = published
