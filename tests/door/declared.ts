// SPDX-License-Identifier: GPL-3.0-or-later
//
// Who may use which door. A route that is not listed here fails the tests: whoever adds one decides, in this table, who it is for.

/**
 * `everybody`: also without an account · `signed-in`: any role · `uploaders`: cliente and administrator · `administrator`: alone.
 * `everybody` says only that no account is asked for; the door may still want a code, a token or an empty house.
 */
export type Audience = 'everybody' | 'signed-in' | 'uploaders' | 'administrator'

export interface Declared {
  audience: Audience
  /** Fields with which the form is well formed, so that the answer is about the person and not about the form. */
  fields?: Record<string, string>
  /** The body is a file, not a form: sizes and types follow other rules. */
  file?: true
  /** The largest body in bytes, where it is not that of every form. */
  limit?: number
  /** The answer is not a page: no policy for pages, other caching. */
  asset?: true
}

const signIn = { usuario: 'nadie', clave: 'ninguna de las dos' }

export const declared: Record<string, Declared> = {
  'GET /': { audience: 'everybody' },
  'GET /salud': { audience: 'everybody' },
  'GET /metrics': { audience: 'everybody' },
  'GET /diagnostico': { audience: 'signed-in' },
  'GET /entrar': { audience: 'everybody' },
  'POST /entrar': { audience: 'everybody', fields: signIn, limit: 1024 },
  'POST /salir': { audience: 'signed-in' },
  'GET /primer-arranque': { audience: 'everybody' },
  'POST /primer-arranque': {
    audience: 'everybody',
    fields: { codigo: 'ZZZZ-ZZZZ', usuario: 'nadie', nombre: 'Nadie', clave: 'ninguna de las dos' },
  },
  'GET /salas': { audience: 'signed-in' },
  'POST /salas': {
    audience: 'signed-in',
    fields: { nombre: 'Sala de pruebas', clave: 'una clave de sala', tipo: 'grupal', historial: 'efimera' },
  },
  'POST /salas/unirse': { audience: 'signed-in', fields: { codigo: 'ZZZZZZZZ', clave: 'una clave de sala' } },
  'GET /salas/:codigo': { audience: 'signed-in' },
  'WS /salas/:codigo/vivo': { audience: 'signed-in' },
  'POST /salas/:codigo/mensajes': { audience: 'signed-in', fields: { texto: 'hola', cid: 'aaaaaaaaaaaaaaaa' } },
  'GET /archivos': { audience: 'signed-in' },
  'POST /archivos': { audience: 'uploaders', file: true },
  'PUT /archivos/:nombre': { audience: 'uploaders', file: true },
  'GET /archivos/:id/:nombre': { audience: 'signed-in' },
  'HEAD /archivos/:id/:nombre': { audience: 'signed-in' },
  'DELETE /archivos/:id/:nombre': { audience: 'administrator' },
  'GET /d/:token/:nombre': { audience: 'everybody' },
  'HEAD /d/:token/:nombre': { audience: 'everybody' },
  'GET /perfil': { audience: 'signed-in' },
  'GET /admin': { audience: 'administrator' },
  'GET /admin/usuarios': { audience: 'administrator' },
  'GET /admin/sistema': { audience: 'administrator' },
}

/** The declaration of a route, those of the assets by their folder. */
export function declarationOf(name: string): Declared | undefined {
  return name.startsWith('GET /activos/') ? { audience: 'everybody', asset: true } : declared[name]
}
