// SPDX-License-Identifier: GPL-3.0-or-later
//
// Who may use which door. A route that is not listed here fails the tests: whoever adds one decides, in this table, who it is for.

/**
 * `everybody`: also without an account · `signed-in`: any role · `uploaders`: cliente and administrator · `administrator`: alone.
 * `everybody` says only that no account is asked for; the door may still want a code, a token or an empty house.
 */
export type Audience = 'everybody' | 'signed-in' | 'uploaders' | 'administrator'

/** What a program's key may open; the words of the form that makes one. */
export type Scope = 'leer' | 'subir' | 'hablar'

export interface Declared {
  audience: Audience
  /** Whose key opens it beside the people; left out: no key does. */
  programs?: Scope
  /** Fields with which the form is well formed, so that the answer is about the person and not about the form. */
  fields?: Record<string, string>
  /** The body is a file, not a form: sizes and types follow other rules. */
  file?: true
  /** The largest body in bytes, where it is not that of every form. */
  limit?: number
  /** Its answer is the way to the sign-in page, for whoever is not signed in (afterwards). */
  leadsToSignIn?: true
  /** The answer is not a page: no policy for pages, other caching. */
  asset?: true
}

const secret = 'ninguna de las dos'

export const declared: Record<string, Declared> = {
  'GET /': { audience: 'everybody', leadsToSignIn: true },
  'GET /salud': { audience: 'everybody' },
  'GET /diagnostico': { audience: 'everybody' },
  'WS /diagnostico/eco': { audience: 'everybody' },
  'GET /idioma/:locale': { audience: 'everybody' },
  'GET /entrar': { audience: 'everybody' },
  'POST /entrar': { audience: 'everybody', fields: { usuario: 'nadie', clave: secret }, limit: 4096 },
  // Leads to the door, whoever comes; there is nothing to end for a stranger.
  'POST /salir': { audience: 'everybody', leadsToSignIn: true },
  'GET /primer-arranque': { audience: 'everybody' },
  'POST /primer-arranque': {
    audience: 'everybody',
    fields: { codigo: 'ZZZZ-ZZZZ', usuario: 'nadie', nombre: 'Nadie', clave: secret },
    limit: 4096,
  },
  'GET /restablecer/:token': { audience: 'everybody' },
  'POST /restablecer/:token': { audience: 'everybody', fields: { nueva: secret, repite: secret } },

  'GET /salas': { audience: 'signed-in' },
  'POST /salas': {
    audience: 'signed-in',
    fields: { nombre: 'Sala de pruebas', clave: 'una clave de sala', tipo: 'grupal', historial: 'efimera' },
  },
  'GET /salas/nueva': { audience: 'signed-in' },
  'GET /salas/lateral': { audience: 'signed-in' },
  // The page that a QR on the wall opens: it says that signing in comes next.
  'GET /salas/unirse': { audience: 'everybody' },
  'POST /salas/unirse': { audience: 'signed-in', fields: { codigo: 'ZZZZZZZZ', clave: 'una clave de sala' } },
  'GET /salas/:codigo': { audience: 'signed-in' },
  'WS /salas/:codigo/vivo': { audience: 'signed-in' },
  'POST /salas/:codigo/mensajes': { audience: 'signed-in', programs: 'hablar', fields: { texto: 'hola', cid: 'aaaaaaaaaaaaaaaa' } },
  'POST /salas/:codigo/salida': { audience: 'signed-in' },
  'POST /salas/:codigo/cierre': { audience: 'signed-in' },

  'GET /unirse/:codigo': { audience: 'signed-in' },
  'GET /salas/:codigo/cartel': { audience: 'signed-in' },
  'GET /salas/:codigo/ajustes': { audience: 'signed-in' },
  'POST /salas/:codigo/ajustes': { audience: 'signed-in', fields: { nombre: 'Otro nombre' } },
  'POST /salas/:codigo/clave': { audience: 'signed-in', fields: { clave: 'una clave de sala' } },
  'POST /salas/:codigo/historia': { audience: 'signed-in', fields: { historial: 'efimera' } },
  'POST /salas/:codigo/codigo': { audience: 'signed-in' },
  'POST /salas/:codigo/entrega': { audience: 'signed-in', fields: { persona: 'zzzzzzzzzzzzzzzz' } },
  'POST /salas/:codigo/invitaciones': { audience: 'signed-in', fields: { para: 'una', vence: '1d' } },
  'POST /salas/:codigo/invitaciones/:id/revocacion': { audience: 'signed-in' },
  'GET /salas/:codigo/personas/:persona/expulsion': { audience: 'signed-in' },
  'POST /salas/:codigo/personas/:persona/expulsion': { audience: 'signed-in', fields: { motivo: 'ruido' } },
  'GET /salas/:codigo/personas/:persona/veto': { audience: 'signed-in' },
  'POST /salas/:codigo/personas/:persona/veto': { audience: 'signed-in', fields: { motivo: 'ruido' } },
  'POST /salas/:codigo/personas/:persona/silencio': { audience: 'signed-in', fields: { minutos: '10' } },
  'POST /salas/:codigo/personas/:persona/voz': { audience: 'signed-in' },
  'POST /salas/:codigo/vetos/:persona/perdon': { audience: 'signed-in' },
  'GET /salas/:codigo/mensajes/:id': { audience: 'signed-in' },
  'GET /salas/:codigo/mensajes/:id/editar': { audience: 'signed-in' },
  'POST /salas/:codigo/mensajes/:id': { audience: 'signed-in', fields: { texto: 'hola' } },
  'POST /salas/:codigo/mensajes/:id/borrar': { audience: 'signed-in' },
  'POST /salas/:codigo/mensajes/:id/reaccion': { audience: 'signed-in', fields: { emoji: '👍' } },
  'GET /salas/:codigo/personas': { audience: 'signed-in' },
  'GET /salas/:codigo/exportar': { audience: 'signed-in' },
  'GET /buscar': { audience: 'signed-in' },
  'GET /archivos': { audience: 'signed-in', programs: 'leer' },
  'POST /archivos': { audience: 'uploaders', file: true },
  'PUT /archivos/:nombre': { audience: 'uploaders', programs: 'subir', file: true },
  'OPTIONS /subidas': { audience: 'uploaders', programs: 'subir' },
  'OPTIONS /subidas/:id': { audience: 'uploaders', programs: 'subir' },
  'POST /subidas': { audience: 'uploaders', programs: 'subir', file: true },
  'POST /subidas/:id': { audience: 'uploaders', programs: 'subir', file: true },
  'HEAD /subidas/:id': { audience: 'uploaders', programs: 'subir' },
  'PATCH /subidas/:id': { audience: 'uploaders', programs: 'subir', file: true },
  'DELETE /subidas/:id': { audience: 'uploaders', programs: 'subir' },
  'GET /archivos/:id': { audience: 'signed-in', programs: 'leer' },
  'GET /archivos/:id/:nombre': { audience: 'signed-in', programs: 'leer' },
  'DELETE /archivos/:id/:nombre': { audience: 'administrator' },
  'POST /archivos/:id/eliminar': { audience: 'administrator' },
  'GET /miniaturas/:id': { audience: 'signed-in', programs: 'leer' },
  'POST /archivos/carpetas': { audience: 'uploaders', fields: { nombre: 'Planos' } },
  'POST /archivos/carpetas/:carpeta/nombre': { audience: 'uploaders', fields: { nombre: 'Planos viejos' } },
  'POST /archivos/carpetas/:carpeta/eliminar': { audience: 'uploaders' },
  'POST /archivos/:id/carpeta': { audience: 'uploaders', fields: { carpeta: 'aaaaaaaaaaaaaaaa' } },
  'POST /archivos/:id/vencimiento': { audience: 'uploaders', fields: { vence: '7d' } },
  'POST /archivos/:id/enlaces': { audience: 'uploaders', fields: { vence: '1d' } },
  'POST /archivos/:id/enlaces/:enlace/revocar': { audience: 'uploaders' },
  'DELETE /archivos/:id/enlaces/:enlace': { audience: 'uploaders' },
  'GET /d/:token/:nombre': { audience: 'everybody' },
  'POST /d/:token/:nombre': { audience: 'everybody', fields: { 'clave-descarga': 'nadie la sabe' } },
  'GET /archivos/enlaces': { audience: 'uploaders' },
  'GET /archivos/zip': { audience: 'signed-in', programs: 'leer' },

  'GET /perfil': { audience: 'signed-in' },
  'POST /perfil': { audience: 'signed-in', fields: { nombre: 'Otro Nombre' } },
  'GET /perfil/clave': { audience: 'signed-in' },
  'POST /perfil/clave': { audience: 'signed-in', fields: { actual: secret, nueva: secret, repite: secret } },
  'POST /perfil/aspecto': { audience: 'signed-in', fields: { tema: 'dark' } },
  'POST /perfil/idioma': { audience: 'signed-in', fields: { idioma: 'es' } },
  'POST /perfil/claves': { audience: 'signed-in', fields: { nombre: 'Escáner', leer: 'si' } },
  'POST /perfil/claves/:id/revocar': { audience: 'signed-in' },
  'POST /perfil/sesiones/cierre': { audience: 'signed-in' },
  'POST /perfil/sesiones/:id/cierre': { audience: 'signed-in' },

  // Whatever runs on this machine, as these tests do; tests/admin/metrics.test.ts comes from elsewhere.
  'GET /metrics': { audience: 'everybody' },
  'GET /admin': { audience: 'administrator' },
  'GET /admin/salas': { audience: 'administrator' },
  'GET /admin/salas/conservacion': { audience: 'administrator' },
  'POST /admin/salas/conservacion': { audience: 'administrator', fields: { dias: '30' } },
  'GET /admin/salas/:id/exportar': { audience: 'administrator' },
  'POST /admin/salas/:id/codigo': { audience: 'administrator' },
  'POST /admin/salas/:id/cerrojo': { audience: 'administrator', fields: { cerrojo: 'si' } },
  'GET /admin/salas/:id/borrado': { audience: 'administrator' },
  'POST /admin/salas/:id/borrado': { audience: 'administrator' },
  'GET /admin/salas/:id/eliminacion': { audience: 'administrator' },
  'POST /admin/salas/:id/eliminacion': { audience: 'administrator', fields: { nombre: 'Ninguna' } },
  'GET /admin/auditoria': { audience: 'administrator' },
  'GET /admin/auditoria.csv': { audience: 'administrator' },
  'GET /admin/sistema': { audience: 'administrator' },
  'GET /archivos/novedades': { audience: 'signed-in' },
  'GET /admin/cuarentena': { audience: 'administrator' },
  'GET /admin/cuarentena/:id/vista': { audience: 'administrator' },
  'GET /admin/cuarentena/:id/liberacion': { audience: 'administrator' },
  'POST /admin/cuarentena/:id/liberacion': { audience: 'administrator', fields: { motivo: 'porque sí' } },
  'GET /admin/cuarentena/:id/rechazo': { audience: 'administrator' },
  'POST /admin/cuarentena/:id/rechazo': { audience: 'administrator', fields: { motivo: 'porque sí' } },
  'POST /admin/cuarentena/:id/analisis': { audience: 'administrator' },
  'POST /admin/cuarentena/:id/restauracion': { audience: 'administrator' },
  'POST /admin/cuarentena/:id/borrado': { audience: 'administrator' },
  'POST /admin/cuarentena/:id/muestra': { audience: 'administrator' },
  'POST /admin/cuarentena/subidas/:id/fin': { audience: 'administrator' },
  'GET /admin/cuarentena/papelera/vaciado': { audience: 'administrator' },
  'POST /admin/cuarentena/papelera/vaciado': { audience: 'administrator' },
  'POST /admin/cuarentena/varios': { audience: 'administrator', fields: { que: 'analizar', id: 'aaaaaaaaaaaaaaaa' } },
  'GET /admin/usuarios': { audience: 'administrator' },
  'GET /admin/usuarios/nueva': { audience: 'administrator' },
  'POST /admin/usuarios': { audience: 'administrator', fields: { usuario: 'persona', nombre: 'Persona', rol: 'usuario' } },
  'POST /admin/usuarios/:id/rol': { audience: 'administrator', fields: { rol: 'usuario' } },
  'POST /admin/usuarios/:id/pausa': { audience: 'administrator' },
  'POST /admin/usuarios/:id/reactivacion': { audience: 'administrator' },
  'POST /admin/usuarios/:id/salida': { audience: 'administrator' },
  'POST /admin/usuarios/:id/clave': { audience: 'administrator' },
  'GET /admin/usuarios/:id/cuota': { audience: 'administrator' },
  'POST /admin/usuarios/:id/cuota': { audience: 'administrator', fields: { cuota: '5 GB' } },
}

/** The declaration of a route, those of the assets by their folder. */
export function declarationOf(name: string): Declared | undefined {
  return name.startsWith('GET /activos/') ? { audience: 'everybody', asset: true } : declared[name]
}
