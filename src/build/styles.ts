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

/** Takes out comments and needless space and writes OKLCH colours as sRGB, nothing else; strings stay as they are. */
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
    .replace(/oklch\(([\d.]+)% ([\d.]+) ([\d.]+)\)/g, (_, l: string, c: string, h: string) => toHex(Number(l) / 100, Number(c), Number(h)))
}

/** OKLCH → sRGB after Björn Ottosson, https://bottosson.github.io/posts/oklab/; what lies outside of sRGB is cut. Lightness 0–1, hue in degrees. */
function toHex(lightness: number, chroma: number, hue: number): string {
  const angle = (hue * Math.PI) / 180
  const a = chroma * Math.cos(angle)
  const b = chroma * Math.sin(angle)
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3
  const linear = [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ]
  return `#${linear.map(channel).join('')}`
}

function channel(linear: number): string {
  const value = linear <= 0.0031308 ? 12.92 * linear : 1.055 * linear ** (1 / 2.4) - 0.055
  const level = Math.round(Math.min(1, Math.max(0, value)) * 255)
  return level.toString(16).padStart(2, '0')
}

const declaration = /(?<=[{;])(--[\w-]+):[^;{}]*(?:;|(?=\}))/g

/** Leaves out the custom properties that neither these minified sheets nor `also`, the scripts, read. Answers the sheets in their order. */
export function dropUnused(sheets: readonly string[], also: string): string[] {
  const read = new Set([...`${sheets.join('')}${also}`.matchAll(/--[\w-]+(?=[\s)"'`,])/g)].map(([name]) => name))
  const next = sheets.map((css) => css.replace(declaration, (whole, name: string) => (read.has(name) ? whole : '')))
  // What only a dropped one read is read by nobody now.
  return next.every((css, index) => css === sheets[index]) ? next : dropUnused(next, also)
}
