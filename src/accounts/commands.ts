// SPDX-License-Identifier: GPL-3.0-or-later
import { Refusal } from '../core'
import { type T, translator } from '../i18n'
import { type Account, atTheConsole, type Person, type Role, roles } from './model'
import type { Accounts } from './service'

/** A sentence for whoever typed the command. */
export class CommandRefused extends Error {
  override readonly name = 'CommandRefused'
}

interface Context {
  accounts: Accounts
  /** What follows the command. */
  words: readonly string[]
  options: Readonly<Record<string, string>>
  locale: 'es' | 'en'
  print: (line: string) => void
  /** `http://pichat.local:8000`, for links; a path alone is printed without it. */
  address?: string
}

interface Order extends Context {
  t: T
}

/** Flags of `pichat user` beside the settings: `--name "Ana Torres" --role cliente`. */
const flags = { name: 'value', role: 'value' } as const

const verbs: Record<string, (order: Order) => Promise<void>> = {
  async list({ accounts, t, print, words }) {
    for (let offset = 0, total = 1; offset < total; offset += pageSize) {
      const page = await accounts.people.list({ search: words[1] ?? '', limit: pageSize, offset })
      for (const account of page.people) print(lineOf(t, account))
      total = page.total
    }
  },

  async add(order) {
    const { accounts, options, t, words, print } = order
    const usuario = needed(order, words[1])
    const role = roleOf(order, options.role ?? 'usuario')
    const { person, password } = await accounts.people.create({ usuario, nombre: options.name ?? usuario, role }, atTheConsole)
    print(t('accounts.commandAdded', { user: person.username, role: person.role }))
    if (password) print(t('accounts.commandTemporary', { password }))
  },

  async password(order) {
    const { accounts, t, print } = order
    const { person, password } = await accounts.people.resetPassword((await named(order)).id, atTheConsole)
    print(t('accounts.commandPassword', { user: person.username }))
    print(t('accounts.commandTemporary', { password }))
  },

  async role(order) {
    const { accounts, t, words, print } = order
    const person = await accounts.people.setRole((await named(order)).id, roleOf(order, needed(order, words[2])), atTheConsole)
    print(t('accounts.commandRole', { user: person.username, role: person.role }))
  },

  async disable(order) {
    const { accounts, t, print } = order
    const person = await accounts.people.setDisabled((await named(order)).id, true, atTheConsole)
    print(t('accounts.commandDisabled', { user: person.username }))
  },

  async enable(order) {
    const { accounts, t, print } = order
    const person = await accounts.people.setDisabled((await named(order)).id, false, atTheConsole)
    print(t('accounts.commandEnabled', { user: person.username }))
  },
}

const pageSize = 200

/** Words after `pichat user`, at most. `user add Ana Torres` without quotes would make an account that nobody meant. */
const mostWords: Record<string, number> = { list: 2, add: 2, password: 2, role: 3, disable: 2, enable: 2 }

/** `pichat user` and `pichat reset-admin`: whoever has a shell on the box may do this; each leaves its line in the audit log. */
export const accountsCommands = {
  flags,

  /** Exit code 0; throws `CommandRefused` with the sentence otherwise. */
  user: (context: Context): Promise<number> =>
    said(context, async (order) => {
      const [name = ''] = context.words
      const verb = Object.hasOwn(verbs, name) ? verbs[name] : undefined
      const isClear =
        verb && context.words.length <= (mostWords[name] ?? 0) && (name === 'add' || Object.keys(context.options).length === 0)
      if (!isClear) throw new CommandRefused(order.t('accounts.commandUsage'))
      await verb(order)
    }),

  /** A link that works once for 15 minutes, shown here and nowhere else. */
  resetAdmin: (context: Context): Promise<number> =>
    said(context, async ({ accounts, words, t, print, address = '' }) => {
      const { person, token, minutes } = await accounts.resets.make(words[0] ?? null)
      print(t('accounts.commandResetLink', { user: person.username, n: minutes }))
      print(`${address}/restablecer/${token}`)
    }),
}

async function said(context: Context, act: (order: Order) => Promise<void>): Promise<number> {
  const t = translator(context.locale)
  if (!context.accounts.claims.isClaimed) throw new CommandRefused(t('accounts.claimFirst'))
  try {
    await act({ ...context, t })
    return 0
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    throw new CommandRefused(t.say(error.phrase, error.values))
  }
}

function needed({ t }: Order, word: string | undefined): string {
  if (!word) throw new CommandRefused(t('accounts.commandUsage'))
  return word
}

function named(order: Order): Promise<Person> {
  return order.accounts.people.findByUsername(needed(order, order.words[1]))
}

function roleOf({ t }: Order, word: string): Role {
  const role = roles.find((known) => known === word)
  if (!role) throw new CommandRefused(t('accounts.commandRoles', { roles: roles.join(', ') }))
  return role
}

function lineOf(t: T, { username, name, role, disabled, mustChange, lastSeenAt }: Account): string {
  const seen = lastSeenAt === null ? t('accounts.commandNeverSeen') : new Date(lastSeenAt).toISOString().slice(0, 16).replace('T', ' ')
  const marks = [disabled ? t('accounts.commandPaused') : '', mustChange ? t('accounts.commandMustChange') : ''].filter(Boolean).join(', ')
  return [username.padEnd(20), role.padEnd(14), seen.padEnd(18), name, marks].filter(Boolean).join('  ')
}
