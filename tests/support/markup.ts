// SPDX-License-Identifier: GPL-3.0-or-later
//
// Reads the markup that stands in our sources, and says what is wrong about it before anybody sees a page of it.

/** Stands where a value will stand: no source of ours has this sign. */
const hole = '\u0001'

/** The markup of a source: every `html` template, those within its values too, and what is marked as trusted; a hole for each value. */
export function templatesOf(source: string): string[] {
  const found: string[] = []
  let from = 0
  for (const { 0: opening, index } of source.matchAll(/\bhtml`|\btrusted\(\s*[`'"]/g)) {
    const start = index + opening.length
    // Within one that was read already.
    if (start < from) continue
    from = opening.endsWith('`') ? readTemplate(source, start, found) : readString(source, start, found)
  }
  return found
}

/** What is wrong with a piece of markup, in words; nothing when all is well. */
export function complaintsOf(template: string): string[] {
  const wrong: string[] = []
  for (const [, name = '', inside = ''] of template.matchAll(/<([a-z][\w-]*)((?:"[^"]*"|'[^']*'|[^"'>])*)>/gi)) {
    const bare = inside.replace(/([\w:-]+|\u0001)\s*=\s*("[^"]*"|'[^']*')/g, (_, own: string) => (own === hole ? `${hole}=` : ' '))
    if (bare.includes(`${hole}=`)) wrong.push(`<${name}> has an attribute whose name is a value`)
    for (const [value] of bare.matchAll(/[\w:-]+\s*=\s*\S*/g)) wrong.push(`<${name}> has an attribute without quotes: ${shown(value)}`)
    for (const [attribute, name = '', value = ''] of inside.matchAll(/\s([\w:-]+)\s*=\s*["']?([^"']*)/g)) {
      if (/^(on|hx-on|data-hx-|style$|srcdoc$)/i.test(name)) wrong.push(`an attribute is code: ${shown(attribute)}`)
      if (/^\s*(js|javascript|vbscript|data):/i.test(value)) wrong.push(`a value is code: ${shown(attribute)}`)
      if (/^hx-trigger$/i.test(name) && value.includes('[')) wrong.push(`a trigger has code in it: ${shown(attribute)}`)
    }
  }
  for (const [all, name = '', inside = ''] of template.matchAll(/<(script|style)\b[^>]*>([\s\S]*?)<\/\1>/gi))
    if (inside.includes(hole) || (name === 'script' && inside !== '')) wrong.push(`a value or code within ${shown(all.slice(0, 60))}`)
  if (/<!--[^>]*\u0001/.test(template)) wrong.push('a value within a comment')
  return wrong
}

const shown = (text: string) => text.replaceAll(hole, '«…»')

/** From behind the opening sign to behind the closing one; what stands in the holes is read as code of its own. */
function readTemplate(source: string, start: number, found: string[]): number {
  let text = ''
  for (let at = start; at < source.length; at++) {
    const sign = source[at]
    if (sign === '\\') text += source[++at]
    else if (sign === '`') {
      found.push(text)
      return at + 1
    } else if (sign === '$' && source[at + 1] === '{') {
      text += hole
      at = readCode(source, at + 2, found) - 1
    } else text += sign
  }
  throw new Error(`a template without an end: ${text.slice(0, 80)}`)
}

/** To behind the brace that closes it. */
function readCode(source: string, start: number, found: string[]): number {
  for (let at = start; at < source.length; at++) {
    const sign = source[at]
    if (sign === '}') return at + 1
    if (sign === '{') at = readCode(source, at + 1, found) - 1
    else if (sign === '`') at = readTemplate(source, at + 1, source.slice(at - 4, at) === 'html' ? found : []) - 1
    else if (sign === "'" || sign === '"') at = readString(source, at + 1, []) - 1
    else if (sign === '/' && /[(,=]\s*$/.test(source.slice(at - 3, at))) at = endOfPattern(source, at + 1)
  }
  throw new Error('code without an end')
}

function readString(source: string, start: number, found: string[]): number {
  const quote = source[start - 1]
  let at = start
  while (at < source.length && source[at] !== quote) at += source[at] === '\\' ? 2 : 1
  found.push(source.slice(start, at))
  return at + 1
}

function endOfPattern(source: string, start: number): number {
  let at = start
  while (source[at] !== '/' || source[at - 1] === '\\') at++
  return at
}
