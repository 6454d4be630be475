// SPDX-License-Identifier: GPL-3.0-or-later
import { expect, test } from 'bun:test'
import { openHouse } from '../support/house'
import { arrive } from '../support/people'

test('whoever has a name that two hundred others begin with is shown with the new role, and not as missing', async () => {
  await using house = await openHouse()
  const { ana } = await arrive(house.door)
  const { read } = house.database
  const model = await read.selectFrom('users').selectAll().where('username', '=', 'usuario').executeTakeFirstOrThrow()
  const made = (username: string, name: string) =>
    read.insertInto('users').values({ ...model, id: username, username, name, sought: `${username} ${name}` })
  await house.database.writeAll([made('zoe', 'zoe'), ...Array.from({ length: 200 }, (_, n) => made(`zoe${n}`, 'ana'))])
  const answer = await ana.post('/admin/usuarios/zoe/rol', { rol: 'cliente' }, { 'hx-request': 'true', 'hx-request-type': 'partial' })
  expect(answer.status).toBe(200)
  expect(await answer.text()).toContain('/admin/usuarios/zoe/rol')
  expect(await house.app.accounts.people.find('zoe')).toMatchObject({ role: 'cliente' })
})
