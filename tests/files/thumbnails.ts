// SPDX-License-Identifier: GPL-3.0-or-later
import { until } from '../support/until'
import type { Described, Drop } from './drop'

export const ask = (drop: Drop, { id }: { id: string }, headers: Record<string, string> = {}) =>
  drop.ask('GET', `/miniaturas/${id}`, { as: 'carla', headers })

export const stateIs = async (drop: Drop, { id }: Described, state: string) =>
  until(
    `${id} to be ${state}`,
    async () => ((await (await drop.ask('GET', `/archivos/${id}`, { as: 'ana' })).json()) as Described).state === state,
  )

/** A file that the antivirus has found clean. */
export async function clean(drop: Drop, name: string, bytes: BodyInit): Promise<Described> {
  const file = await drop.put(name, bytes)
  await stateIs(drop, file, 'clean')
  return file
}
