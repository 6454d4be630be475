// SPDX-License-Identifier: GPL-3.0-or-later
import qrcode from 'qrcode-generator'

/** Light modules around the code; ISO/IEC 18004 wants four, cameras manage with two, and a console has few lines. */
const quiet = 2

/**
 * The text as a QR code of half blocks, two rows of modules to a line, for a console and the journal. Light is the sign and dark the
 * space between: right on a dark console, and inverted on a light one, which phones read too.
 */
export function terminalQr(text: string): string {
  const code = qrcode(0, 'M')
  code.addData(text, 'Byte')
  code.make()
  const size = code.getModuleCount()
  const light = (row: number, column: number) =>
    row >= size + quiet ? false : row < 0 || column < 0 || row >= size || column >= size || !code.isDark(row, column)

  const lines: string[] = []
  for (let row = -quiet; row < size + quiet; row += 2) {
    let line = ''
    for (let column = -quiet; column < size + quiet; column++) line += block(light(row, column), light(row + 1, column))
    lines.push(line)
  }
  return `${lines.join('\n')}\n`
}

function block(upper: boolean, lower: boolean): string {
  if (upper) return lower ? '█' : '▀'
  return lower ? '▄' : ' '
}
