// SPDX-License-Identifier: GPL-3.0-or-later
import { expect, test } from 'bun:test'
import qrcode from 'qrcode-generator'
import { qr } from '../../src/views'

/** The squares that a path of rectangles one high makes dark. */
function darkIn(plate: string): string[] {
  const [, path = ''] = /<path d="([^"]*)"/.exec(plate) ?? []
  return [...path.matchAll(/M(\d+) (\d+)h(\d+)v1h-(\d+)z/g)].flatMap(([, x, y, width, back]) => {
    expect(back).toBe(width)
    return Array.from({ length: Number(width) }, (_, step) => `${Number(x) + step} ${y}`)
  })
}

test.each(['http://pichat.local:8000/unirse/R3VN8TWB', 'a', 'ñ'.repeat(60)])(
  'a QR plate of %s has exactly the dark squares of its code',
  (text) => {
    const code = qrcode(0, 'M')
    code.addData(text)
    code.make()
    const size = code.getModuleCount()
    const squares = Array.from({ length: size * size }, (_, at) => [at % size, Math.floor(at / size)] as const)
    const dark = squares.filter(([x, y]) => code.isDark(y, x)).map(([x, y]) => `${x} ${y}`)
    for (const again of [false, true, true]) expect(darkIn(qr(text, 'label', { again }).toString())).toEqual(dark)
  },
)
