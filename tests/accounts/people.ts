// SPDX-License-Identifier: GPL-3.0-or-later
export { Person } from '../support/people'

/** The body of a form as JSON, with one field too many: texts, because `__proto__` in an object literal would not be sent. */
export function uninvited(fields: Record<string, string>): string[] {
  const inside = JSON.stringify(fields).slice(1, -1)
  return [
    '"role":"administrator"',
    '"id":"0000000000000000"',
    '"__proto__":{"role":"administrator"}',
    '"constructor":{"prototype":{"role":"administrator"}}',
    '"disabled_at":null',
    '"mustChange":false',
  ].map((more) => `{${inside},${more}}`)
}
