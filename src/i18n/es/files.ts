// SPDX-License-Identifier: GPL-3.0-or-later

export const files = {
  title: 'x',
} as const
