// SPDX-License-Identifier: GPL-3.0-or-later
import { composer, enterRoom, expectLive, joinRoom, makeRoom, message, said, say } from './rooms'
import { boxAway, expect, test } from './stage'

for (const signal of ['SIGTERM', 'SIGKILL'] as const)
  test(`the appliance goes (${signal}) in the middle of a sentence and comes back: nothing is lost, nothing said twice`, async ({
    people,
    house,
    watch,
  }) => {
    watch.expects(...boxAway)
    const box = await house.start()
    const [ana, beto] = await Promise.all([people.enter('ana', { box }), people.enter('beto', { box })])
    const code = await makeRoom(ana, { nombre: 'Obra', historial: 'guardada' })
    await Promise.all([ana.goto(`/salas/${code}`), joinRoom(beto, code)])
    await expectLive(ana)
    await say(ana, 'antes')
    await say(beto, 'también antes')
    for (const page of [ana, beto]) await expect(page.locator('#messages .msg .tick, #messages .msg:not(.msg--own)')).toHaveCount(2)

    await composer(ana).fill('La mitad de')
    await box.kill(signal)
    await expect(ana.locator('#banner')).toContainText('Sin conexión con PiChat.')
    await expect(ana.locator('.side [data-link]')).toHaveAttribute('data-link', 'retrying')
    await expect(composer(ana)).toHaveValue('La mitad de')
    await composer(ana).press('End')
    await composer(ana).pressSequentially(' una frase')
    await composer(ana).press('Enter')
    await say(ana, 'y otra')
    await say(beto, 'lo mío')
    const waiting = ana.locator('#messages .msg[data-sent="no"]')
    await expect(waiting).toHaveCount(2)
    await expect(waiting.first()).toContainText('Espera la conexión')
    // A reload would not lose them either; a draft survives beside them.
    await composer(beto).fill('un borrador')

    await box.start()
    for (const page of [ana, beto]) {
      // The button, or the page by itself a moment earlier.
      await page
        .getByRole('button', { name: 'Intentar ahora' })
        .click({ timeout: 2_000 })
        .catch(() => undefined)
      await expectLive(page)
    }
    for (const page of [ana, beto]) {
      for (const text of ['La mitad de una frase', 'y otra', 'lo mío']) await expect(message(page, text)).toHaveCount(1)
      await expect(page.locator('#messages .msg[data-sent="no"]')).toHaveCount(0)
      await expect(page.locator('#messages .msg')).toHaveCount(5)
      await expect(page.locator('#messages .gap')).toHaveCount(0)
    }
    const order = await said(ana)
    expect(await said(beto)).toEqual(order)
    expect(order.slice(0, 2).sort()).toEqual(['antes', 'también antes'])
    expect(order.filter((text) => text !== 'lo mío').slice(-2)).toEqual(['La mitad de una frase', 'y otra'])

    await beto.reload()
    await expect(composer(beto)).toHaveValue('un borrador')
    expect(await said(beto)).toEqual(order)
    await say(beto, 'de vuelta')
    await expect(message(ana, 'de vuelta')).toHaveCount(1)
  })

test('an edit that a dying connection took with it is made when the box is back; where the room forgot the message, its words come back', async ({
  people,
  house,
  watch,
}) => {
  watch.expects(...boxAway)
  const box = await house.start()
  const [ana, beto] = await Promise.all([people.enter('ana', { box }), people.enter('beto', { box })])
  const codes = [await makeRoom(ana, { nombre: 'Guardada' }), await makeRoom(ana, { nombre: 'Pasajera', historial: 'efimera' })] as const
  await enterRoom(ana, codes[0])
  await joinRoom(beto, codes[1])
  for (const page of [ana, beto]) {
    await say(page, 'a las nueve')
    await expect(message(page, 'a las nueve').locator('.tick')).toBeVisible()
  }
  // Frozen, the box still takes what is sent; nobody will read it.
  process.kill(box.pid, 'SIGSTOP')
  for (const page of [ana, beto]) {
    await composer(page).press('ArrowUp')
    await say(page, 'a las diez')
    await expect(composer(page)).toHaveValue('')
  }
  await box.kill('SIGKILL')
  await expect(ana.locator('#banner')).toBeVisible()
  await box.start()
  await Promise.all([expectLive(ana), expectLive(beto)])
  await expect(ana.locator('#messages .msg', { hasText: 'a las diez' })).toContainText('editado')
  await expect(ana.locator('#messages .msg')).toHaveCount(1)
  await expect(composer(beto)).toHaveValue('a las diez')
  await expect(beto.locator('.composer__reply')).toHaveCount(0)
})
