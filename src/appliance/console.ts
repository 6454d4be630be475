// SPDX-License-Identifier: GPL-3.0-or-later
import qrcode from 'qrcode-generator'

/** A QR for a terminal: two rows of modules per line, dark on light, so that a phone reads it off a black screen too. */
export function terminalQr(text: string): string {
  const code = qrcode(0, 'L')
  code.addData(text)
  code.make()
  const size = code.getModuleCount()
  const quiet = 2
  const dark = (x: number, y: number) => x >= 0 && y >= 0 && x < size && y < size && code.isDark(y, x)
  const lines: string[] = []
  for (let y = -quiet; y < size + quiet; y += 2) {
    let line = ''
    for (let x = -quiet; x < size + quiet; x++) {
      const [top, bottom] = [dark(x, y), dark(x, y + 1)]
      line += top && bottom ? ' ' : top ? '▄' : bottom ? '▀' : '█'
    }
    lines.push(line)
  }
  return lines.join('\n')
}
