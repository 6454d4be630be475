// SPDX-License-Identifier: GPL-3.0-or-later
//
// Reads who imports whom, and holds it against the map of the house. Pure: sources in, sentences out.
import { dirname, join } from 'node:path/posix'

export interface Source {
  /** From the project's root, with slashes: `src/rooms/service.ts`. */
  path: string
  text: string
}

export interface Import {
  /** As written. */
  target: string
  /** True when nothing of it is left at run time. */
  typeOnly: boolean
}

/** Folder of `src/` → the folders it may import. Every arrow points one way. */
export const house: Record<string, readonly string[]> = {
  core: [],
  i18n: ['core'],
  views: ['core', 'i18n'],
  accounts: ['core', 'i18n', 'views'],
  files: ['core', 'i18n', 'views', 'accounts'],
  rooms: ['core', 'i18n', 'views', 'accounts', 'files'],
  admin: ['core', 'i18n', 'views', 'accounts', 'files', 'rooms'],
  appliance: ['core'],
  'app.ts': ['core', 'i18n', 'views', 'accounts', 'files', 'rooms', 'admin', 'appliance'],
  'main.ts': ['core', 'i18n', 'views', 'accounts', 'files', 'rooms', 'admin', 'appliance', 'app.ts'],
  build: ['core', 'i18n', 'views', 'accounts', 'files', 'rooms', 'admin', 'appliance'],
}

/** Every import of a source: statements (also `import type` and `export … from`), dynamic ones, `require`, and files named by `new URL`. */
export function importsOf(text: string): Import[] {
  const code = withoutComments(text)
  const found: Import[] = []
  // A statement begins a line or follows a semicolon; between its first word and its target are neither quotes nor calls nor values.
  for (const [, clause = '', target = ''] of code.matchAll(/(?:^|;)[ \t]*import\b([^'"`;=(]*?)(?:\bfrom\b)?\s*['"]([^'"\n]+)['"]/gm)) {
    found.push({ target, typeOnly: isTypeOnly(clause) })
  }
  for (const [, clause = '', target = ''] of code.matchAll(/(?:^|;)[ \t]*export\b([^'"`;=(]*?)\bfrom\s*['"]([^'"\n]+)['"]/gm)) {
    found.push({ target, typeOnly: isTypeOnly(clause) })
  }
  for (const [, target = ''] of code.matchAll(/\b(?:import|require)\s*\(\s*['"`]([^'"`\n]*)['"`]/g)) found.push({ target, typeOnly: false })
  for (const [, target = ''] of code.matchAll(/new URL\(\s*['"]([^'"\n]+\.ts)['"]\s*,\s*import\.meta\.url/g))
    found.push({ target, typeOnly: false })
  // An import whose target is computed cannot be held against any map.
  // The browser's later bundles are entry points of the build, called by the hashed name that it writes in: `UPLOADS_FILE`.
  for (const _ of code.matchAll(/\bimport\s*\(\s*(?!new URL\([A-Z]+_FILE, import\.meta\.url\)\.href)[^'"`\s)/]/g))
    found.push({ target: '(computed)', typeOnly: false })
  return found
}

/** What breaks the map, a sentence each. */
export function brokenArrows(sources: readonly Source[]): string[] {
  return sources.flatMap((source) => importsOf(source.text).flatMap((one) => complaint(source.path, one) ?? []))
}

function complaint(path: string, { target, typeOnly }: Import): string | null {
  const from = roomOf(path)
  if (!from) return null
  // The browser fetches its later bundles by the names that the build gave them.
  if (target === '(computed)')
    return from === 'build' || from === 'web' ? null : `${path} imports something computed, which no map can hold`
  if (!target.startsWith('.')) return null
  const reached = join(dirname(path), target)
  const to = roomOf(reached)
  if (!to) return reached.startsWith('tests/') ? `${path} imports a test: ${target}` : null
  if (to === from) return null
  if (from === 'web') return typeOnly ? null : `${path} imports more than types from src: ${target}`
  if (to === 'web') return from === 'build' ? null : `${path} imports the browser's part: ${target}`
  if (to === 'build') return `${path} imports what only the build uses: ${target}`
  const allowed = house[from]
  if (!allowed) return `${path} lies in a folder that the map does not have: ${from}`
  if (!allowed.includes(to)) return `${path} imports ${to}, against the arrows: ${target}`
  if (to.endsWith('.ts') || isFace(reached, to)) return null
  return `${path} imports ${to} past its index.ts: ${target}`
}

/** `src/rooms/x.ts` → rooms, `web/x.ts` → web, null for what is neither. Files of src itself are app.ts, and main.ts with what belongs to it. */
function roomOf(path: string): string | null {
  const [top, second = '', third] = path.split('/')
  if (top === 'web') return 'web'
  if (top !== 'src' || second === '') return null
  if (third !== undefined || house[second]) return second
  return /^app(\.ts)?$/.test(second) ? 'app.ts' : 'main.ts'
}

function isFace(reached: string, room: string): boolean {
  return [`src/${room}`, `src/${room}/`, `src/${room}/index`, `src/${room}/index.ts`].includes(reached)
}

function isTypeOnly(clause: string): boolean {
  if (/^\s*type\b(?!\s*,|\s+from\b)/.test(clause)) return true
  const names = /^\s*\{([^}]*)\}\s*$/.exec(clause)?.[1]
  if (names === undefined) return false
  const parts = names.split(',').filter((name) => name.trim() !== '')
  return parts.length > 0 && parts.every((name) => /^\s*type\s/.test(name))
}

/** Lines that are comments only, and comments that begin a line; enough, because statements begin lines too. */
function withoutComments(text: string): string {
  return text.replace(/^[ \t]*\/\*[\s\S]*?\*\//gm, '').replace(/^[ \t]*\/\/.*$/gm, '')
}
