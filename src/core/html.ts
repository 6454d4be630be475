// SPDX-License-Identifier: GPL-3.0-or-later

/** Text that is safe to put into a page as it is. Only this file makes it. */
export class Html {
  constructor(private readonly text: string) {}
  toString(): string {
    return this.text
  }
}

export type Content = Html | string | number | boolean | null | undefined | readonly Content[]

/**
 * The only way HTML comes to be: every value is escaped unless it is Html itself, lists are joined, `null`, `undefined` and booleans
 * are nothing. Attributes must be quoted: `Bun.escapeHTML` covers text and quoted attributes, nothing else.
 */
export function html(strings: TemplateStringsArray, ...values: Content[]): Html {
  let text = strings[0] as string
  for (let i = 0; i < values.length; i++) text += render(values[i]) + strings[i + 1]
  return new Html(text)
}

/** Marks text as safe. For our own constants (icons, art), never for anything a person can influence. */
export function trusted(text: string): Html {
  return new Html(text)
}

/** Attributes for a tag: `true` stands alone, `false`, `null` and `undefined` are left out, everything else is quoted and escaped. */
export function attributes(given: Record<string, string | number | boolean | null | undefined>): Html {
  let text = ''
  for (const [name, value] of Object.entries(given)) {
    if (value === true) text += ` ${name}`
    else if (value !== false && value !== null && value !== undefined) text += ` ${name}="${Bun.escapeHTML(String(value))}"`
  }
  return new Html(text)
}

function render(value: Content): string {
  if (typeof value === 'string') return Bun.escapeHTML(value)
  if (value instanceof Html) return value.toString()
  if (typeof value === 'number') return String(value)
  if (Array.isArray(value)) return value.map(render).join('')
  return ''
}
