// SPDX-License-Identifier: GPL-3.0-or-later

/** Where to go after signing in: a path of this house, never another site's (CWE-601). */
export function ownPath(wanted: string | undefined, otherwise = '/salas'): string {
  if (!wanted || wanted.length > 500 || !/^\/(?![/\\])/.test(wanted) || /[\\\u0000-\u0020\u007f-\u009f]/.test(wanted)) return otherwise
  // What a browser would make of it, so that nothing it reads differently from us slips through.
  const house = 'http://pichat.invalid'
  const url = URL.canParse(wanted, house) ? new URL(wanted, house) : null
  if (!url || url.origin !== house) return otherwise
  // Signing in at the door of signing in leads nowhere.
  return /^\/(entrar|salir|primer-arranque|restablecer)(\/|$)/.test(url.pathname) ? otherwise : url.pathname + url.search + url.hash
}
