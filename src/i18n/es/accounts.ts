// SPDX-License-Identifier: GPL-3.0-or-later

export const accounts = {
  whatIsPiChat: 'Qué es PiChat',
  coverOne: 'Lo que se dice y se comparte aquí se queda en esta casa.',
  coverTwo: 'PiChat vive en un equipo pequeño de esta red. Sin nube y sin internet.',
} as const
