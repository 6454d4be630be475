// SPDX-License-Identifier: GPL-3.0-or-later
//
// What people do with messages: answer, react, edit, delete, mention, with pointer and keyboard, seen live by the other.
import type { Page } from '@playwright/test'
import { composer, enterRoom, joinRoom, makeRoom, message, roomName, say } from './rooms'
import { expect, expectAccessible, type People, test } from './stage'

/** A room of ana's in which beto is. */
async function together(people: People): Promise<[ana: Page, beto: Page, code: string]> {
  const [ana, beto] = await Promise.all([people.enter('ana'), people.enter('beto')])
  const code = await makeRoom(ana, { nombre: roomName('Conversación') })
  await enterRoom(ana, code)
  await joinRoom(beto, code)
  return [ana, beto, code]
}

const containing = (page: Page, text: string) => page.locator('#messages .msg').filter({ hasText: text })

test('beto answers ana, the quote leads to what was answered, and reactions are counted for both', async ({ people }) => {
  const [ana, beto] = await together(people)
  await say(ana, '¿Quién abre mañana?')
  await say(ana, 'Yo no puedo.')
  await message(beto, '¿Quién abre mañana?').hover()
  await message(beto, '¿Quién abre mañana?').getByRole('button', { name: 'Responder a Ana Torres' }).click()
  await expect(beto.locator('.composer__reply')).toContainText('Respuesta a Ana Torres: ¿Quién abre mañana?')
  await expect(composer(beto)).toBeFocused()
  await say(beto, 'Abro yo.')
  await expect(beto.locator('.composer__reply')).toHaveCount(0)
  const answer = containing(ana, 'Abro yo.')
  await expect(answer.locator('.quote')).toContainText('Ana Torres')
  await answer.locator('.quote').click()
  await expect(message(ana, '¿Quién abre mañana?')).toBeFocused()

  await answer.hover()
  await answer.getByRole('button', { name: 'Reaccionar al mensaje de Beto Molina' }).click()
  await ana.getByRole('group', { name: 'Reaccionar al mensaje de Beto Molina' }).getByRole('button', { name: '👍' }).click()
  const his = containing(beto, 'Abro yo.').locator('.reaction')
  await expect(his).toHaveText(/👍\s*1/)
  await expect(his).toHaveAttribute('aria-pressed', 'false')
  await expect(answer.locator('.reaction')).toHaveAttribute('aria-pressed', 'true')
  await his.click()
  await expect(answer.locator('.reaction')).toHaveText(/👍\s*2/)
  await answer.locator('.reaction').click()
  await expect(his).toHaveText(/👍\s*1/)
  await expect(his).toHaveAttribute('aria-pressed', 'true')
})

test('beto corrects himself with the arrow key and takes a message back; ana sees both at once, and nothing of what was removed', async ({
  people,
}) => {
  const [ana, beto, code] = await together(people)
  await say(beto, 'La reunion es a las nueve')
  await expect(message(ana, 'La reunion es a las nueve')).toBeVisible()
  await expect(message(beto, 'La reunion es a las nueve').locator('.tick')).toBeVisible() // there is nothing to change before
  await composer(beto).press('ArrowUp')
  await expect(composer(beto)).toHaveValue('La reunion es a las nueve')
  await say(beto, 'La reunión es a las diez')
  const changed = containing(ana, 'La reunión es a las diez')
  await expect(changed.locator('.edited')).toBeVisible()
  await expect(composer(beto)).toHaveValue('')

  await say(beto, 'secreto que se escapó')
  const slip = containing(ana, 'secreto que se escapó')
  await expect(slip).toBeVisible()
  await containing(beto, 'secreto que se escapó').focus()
  await beto.keyboard.press('Delete')
  const question = beto.getByRole('dialog', { name: '¿Eliminar este mensaje para todos?' })
  await question.getByRole('button', { name: 'Eliminar' }).click()
  await expect(slip).toHaveCount(0)
  await expect(ana.getByText('Beto Molina eliminó este mensaje.')).toBeVisible()
  expect(await ana.content()).not.toContain('secreto que se escapó')
  expect(await (await ana.request.get(`/salas/${code}`)).text()).not.toContain('secreto que se escapó')
  // A message of somebody else's is not beto's to change.
  await say(ana, 'De Ana')
  await containing(beto, 'De Ana').last().focus()
  await beto.keyboard.press('Enter')
  await expect(beto.locator('.msg-menu').getByRole('button', { name: 'Responder' })).toBeVisible()
  await expect(beto.locator('.msg-menu').getByRole('button', { name: /Editar|Eliminar/ })).toHaveCount(0)
})

test('editing and copying alter nothing that nobody touched: the language of code, a fence in a line, blank lines', async ({ people }) => {
  const [ana, beto, code] = await together(people)
  const text = '```js\nconst a = 1\n```\n\n\n\nen ```medio``` de una línea'
  await say(beto, text)
  const his = containing(beto, 'const a = 1')
  await expect(his.locator('.tick')).toBeVisible()
  await beto.context().grantPermissions(['clipboard-read', 'clipboard-write'])
  await his.focus()
  await beto.keyboard.press('Enter')
  await beto.locator('.msg-menu').getByRole('button', { name: 'Copiar el texto' }).click()
  await expect(beto.locator('.toast', { hasText: 'Copiado' })).toBeVisible()
  expect(await beto.evaluate(() => navigator.clipboard.readText())).toBe(text)
  await composer(beto).press('ArrowUp')
  await expect(composer(beto)).toHaveValue(text)
  await say(beto, `${text}.`)
  await expect(containing(ana, 'de una línea.')).toBeVisible()
  const id = (await his.getAttribute('id'))?.slice(2)
  const answer = await beto.request.get(`/salas/${code}/mensajes/${id}`, { headers: { accept: 'application/json' } })
  expect(await answer.json()).toMatchObject({ texto: `${text}.` })
})

test('an @ offers the people of the room, and whoever is named sees it', async ({ people }) => {
  const [ana, beto] = await together(people)
  await composer(beto).pressSequentially('Esto es para @tor')
  const list = beto.getByRole('listbox', { name: 'Personas de la sala' })
  await expect(list.getByRole('option')).toHaveText([/Ana Torres/])
  await expectAccessible(beto)
  await composer(beto).press('Enter')
  await expect(composer(beto)).toHaveValue('Esto es para @admin ')
  await expect(list).toHaveCount(0)
  await composer(beto).press('Enter')
  await expect(containing(ana, 'Esto es para').locator('.mention')).toHaveAttribute('data-me', '')
  await expect(containing(beto, 'Esto es para').locator('.mention')).not.toHaveAttribute('data-me')

  await composer(beto).pressSequentially('Gracias :fiesta:')
  await expect(composer(beto)).toHaveValue('Gracias 🎉')
})

test('the keyboard does all of it, and lets single letters be letters when it is told to', async ({ people }) => {
  const [ana, beto] = await together(people)
  await say(ana, 'uno')
  await say(ana, 'dos')
  await expect(message(beto, 'dos')).toBeVisible()
  await message(ana, 'dos').hover()
  for (const name of ['Reaccionar a mi mensaje', 'Responder a mi mensaje', 'Más acciones para mi mensaje'])
    await expect(message(ana, 'dos').getByRole('button', { name, exact: true })).toBeVisible()
  await beto.getByRole('log').focus()
  await beto.keyboard.press('End')
  await expect(message(beto, 'dos')).toBeFocused()
  await beto.keyboard.press('ArrowUp')
  await expect(message(beto, 'uno')).toBeFocused()
  await beto.keyboard.press('r')
  await expect(beto.locator('.composer__reply')).toContainText('uno')
  await beto.keyboard.press('Escape')
  await expect(beto.locator('.composer__reply')).toHaveCount(0)
  await message(beto, 'uno').focus()
  await beto.keyboard.press('+')
  await expect(beto.getByRole('group', { name: 'Reaccionar al mensaje de Ana Torres' })).toBeVisible()
  await beto.keyboard.press('Escape')
  await expect(message(beto, 'uno')).toBeFocused()

  await beto.keyboard.press('?')
  const help = beto.getByRole('dialog', { name: 'Atajos de teclado' })
  await help.getByRole('switch', { name: /Atajos de una sola tecla/ }).uncheck()
  await help.getByRole('button', { name: 'Cerrar' }).click()
  await message(beto, 'uno').focus()
  await beto.keyboard.type('r?')
  await expect(composer(beto)).toHaveValue('r?')
  await expect(beto.locator('.composer__reply')).toHaveCount(0)
})

test('a long message is folded, and a link leads to any message', async ({ people }) => {
  const [ana, beto, code] = await together(people)
  await say(ana, 'la de arriba')
  await composer(ana).fill(Array.from({ length: 40 }, (_, i) => `línea ${i}`).join('\n'))
  await composer(ana).press('Enter')
  const long = containing(beto, 'línea 39')
  await long.getByRole('button', { name: 'Mostrar más' }).click()
  await expect(long.getByRole('button', { name: 'Mostrar más' })).toHaveCount(0)
  await expect(long).toBeFocused()
  const id = (await message(beto, 'la de arriba').getAttribute('id'))?.slice(2)
  await beto.goto(`/salas/${code}?mensaje=${id}#m-${id}`)
  await expect(message(beto, 'la de arriba')).toBeFocused()
  await expect(message(beto, 'la de arriba')).toBeInViewport()
})

test('a long message of one’s own, of many lines or of one endless word, leaves the end of the log where it is', async ({ people }) => {
  const [ana] = await together(people)
  for (const text of [Array.from({ length: 60 }, (_, i) => `línea ${i}`).join('\n'), 'a'.repeat(4_000)]) {
    await say(ana, text)
    await expect(ana.locator('#messages .msg').last().locator('.msg__fold')).toBeVisible()
    await expect(ana.locator('#messages .msg').last().locator('.tick')).toBeAttached()
    await expect(ana.locator('#messages .msg').last()).toBeInViewport()
    // What scrolls is the log, and nothing lies beyond its end.
    const beyond = await ana.locator('.talk__scroll').evaluate((box) => box.scrollHeight - (box.firstElementChild?.clientHeight ?? 0))
    expect(beyond).toBeLessThan(5)
  }
})

test('beto attaches a file and ana gets it as a message; carla, who may not upload, finds no way to', async ({ people }) => {
  const [ana, beto, code] = await together(people)
  const [picker] = await Promise.all([beto.waitForEvent('filechooser'), beto.getByRole('button', { name: 'Adjuntar archivos' }).click()])
  await picker.setFiles({ name: 'acta.txt', mimeType: 'text/plain', buffer: Buffer.from('Lo que se dijo.') })
  const card = ana.locator('#messages .msg .file')
  await expect(card).toContainText('acta.txt')
  await expect(beto.locator('upload-queue .up')).toHaveCount(0)
  const carla = await people.enter('carla')
  await joinRoom(carla, code)
  await expect(carla.locator('#messages .msg .file')).toContainText('acta.txt')
  await expect(carla.getByRole('button', { name: 'Adjuntar archivos' })).toHaveCount(0)
  await expect(carla.locator('upload-queue, .drop-over')).toHaveCount(0)
  const give = (kind: 'paste' | 'drop') =>
    composer(carla).evaluate((box, kind) => {
      const data = new DataTransfer()
      data.items.add(new File(['x'], 'foto.png', { type: 'image/png' }))
      const how = { bubbles: true, cancelable: true }
      box.dispatchEvent(
        kind === 'paste' ? new ClipboardEvent(kind, { ...how, clipboardData: data }) : new DragEvent(kind, { ...how, dataTransfer: data }),
      )
    }, kind)
  for (const kind of ['paste', 'drop'] as const) {
    await give(kind)
    await expect(carla.locator('.toast', { hasText: 'Esta cuenta no sube archivos.' })).toHaveCount(kind === 'paste' ? 1 : 2)
  }
})

test('beto jumps to another room by a few letters of its name', async ({ people }) => {
  const [, beto] = await together(people)
  const nombre = roomName('Zaguán')
  const other = await makeRoom(beto, { nombre })
  await beto.reload()
  await beto.keyboard.press('Control+k')
  const dialog = beto.getByRole('dialog', { name: 'Ir a otra sala' })
  await dialog.getByRole('combobox').fill('zaguan')
  await expect(dialog.getByRole('option').first()).toContainText('Zaguán')
  await dialog.getByRole('combobox').fill(nombre)
  await beto.keyboard.press('Enter')
  await expect(beto).toHaveURL(`/salas/${other}`)
})

test('/diagnostico tells everybody what works here, and ends with a verdict for each line', async ({ people }) => {
  const stranger = await people.stranger({ at: '/entrar' })
  await stranger.getByRole('link', { name: 'Qué significa' }).click()
  await expect(stranger.getByRole('heading', { level: 1 })).toHaveText('¿Qué funciona en este navegador?')
  // As far from one edge of the window as from the other.
  const { x = 0, width = 0 } = (await stranger.locator('main.sheet').boundingBox()) ?? {}
  expect(x).toBeGreaterThan(0)
  expect(x).toBeCloseTo(1280 - x - width, 0)
  await expect(stranger.locator('[data-summary]:visible')).toContainText('Se puede conversar, subir y descargar.')
  await expect(stranger.locator('[data-probe="live"]')).toContainText(/Los mensajes tardan \d+ ms en ir y volver/)
  for (const verdict of await stranger.locator('[data-probe] .verdict').allInnerTexts()) {
    expect(['Funciona', 'Con otra vía', 'No es posible aquí', 'No']).toContain(verdict.trim())
  }
  await expectAccessible(stranger)
})
