// SPDX-License-Identifier: GPL-3.0-or-later
import { type TSchema, t } from 'elysia'

/** A form as a route takes it: these fields and no others, so nothing can be assigned that was not meant to be (OWASP mass assignment). */
export function form<Fields extends Record<string, TSchema>>(fields: Fields) {
  return t.Object(fields, { additionalProperties: false })
}

/** A text field. Services judge the content and say what is wrong; the edge only bounds it. */
export function text({ max = 1_000, optional = false }: { max?: number; optional?: boolean } = {}) {
  const schema = t.String({ maxLength: max })
  return optional ? t.Optional(schema) : schema
}

/** A form that is a button and nothing else. */
export const noFields = t.Optional(form({}))
