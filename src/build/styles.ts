// SPDX-License-Identifier: GPL-3.0-or-later
import { dirname, join } from 'node:path'
import { BuildStopped } from './report'

const importLine = /^@import\s+["']([^"']+)["'];[ \t]*\n?/gm

/**
 * The style sheet with its @imports in place. Bun's own CSS bundler is not used: it rewrites logical properties for browsers
 * older than ours into more than a thousand :lang() rules.
 */
export async function joinStyles(path: string): Promise<string> {
  const file = Bun.file(path)
  if (!(await file.exists())) throw new BuildStopped(`The style sheet ${path} is missing: write it, or take its @import out.`)
  const css = await file.text()
  const found = [...css.matchAll(importLine)]
  const parts = await Promise.all(found.map(([, name = '']) => joinStyles(join(dirname(path), name))))
  return parts.join('') + css.replace(importLine, '')
}

const comment = /("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|\/\*[\s\S]*?\*\//g
const quoted = /("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')/

/** Takes out comments and needless space, nothing else; strings stay as they are. */
export function minifyStyles(css: string): string {
  return css
    .replace(comment, (_, string: string | undefined) => string ?? ' ')
    .split(quoted)
    .map((part, index) => (index % 2 ? part : squeeze(part))) // every second part is a string
    .join('')
    .trim()
}

function squeeze(css: string): string {
  return css
    .replace(/\s+/g, ' ')
    .replace(/ ?([{};,]) ?/g, '$1')
    .replace(/: /g, ':')
    .replace(/;}/g, '}')
}
