// SPDX-License-Identifier: GPL-3.0-or-later

export const admin = {
  title: 'x',
} as const
