// SPDX-License-Identifier: GPL-3.0-or-later
import { describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { dropUnused, joinStyles, minifyStyles } from '../../src/build/styles'

describe('minified styles', () => {
  test('lose comments and space and nothing else', () => {
    const css = `/* the app's own */\n.a > .b:hover,\n.c {\n  width: calc(100% - 2rem);\n  margin: 0 auto;\n}\n@media (min-width: 48rem) {\n  .d { color: red; }\n}`
    expect(minifyStyles(css)).toBe('.a > .b:hover,.c{width:calc(100% - 2rem);margin:0 auto}@media (min-width:48rem){.d{color:red}}')
  })

  test('keep strings as they are', () => {
    expect(minifyStyles(`.a::before { content: " ; /* no */ : "; font: "It's", 'a  b' }`)).toBe(
      `.a::before{content:" ; /* no */ : ";font:"It's",'a  b'}`,
    )
  })

  test('keep a declaration for old browsers before the one for new ones', () => {
    expect(minifyStyles('.a { block-size: 100vh; block-size: 100dvh; }')).toBe('.a{block-size:100vh;block-size:100dvh}')
  })
})

describe('colours', () => {
  // The pairs of ui/tokens.css, which were made by a browser.
  test.each([
    ['oklch(100% 0 0)', '#ffffff'],
    ['oklch(85% 0.195 127)', '#abe440'],
    ['oklch(47.5% 0.12 142)', '#2e6c28'],
    ['oklch(62% 0.203 27)', '#e7423c'],
    ['oklch(28% 0.045 70)', '#37250e'],
  ])('%s goes out as %s, for browsers that know no OKLCH', (written, sent) => {
    expect(minifyStyles(`:root { --a: ${written}; }`)).toBe(`:root{--a:${sent}}`)
  })

  test('outside of sRGB are cut to it, not wrapped around', () => {
    expect(minifyStyles('.a { color: oklch(62% 0.138 238); }')).toBe('.a{color:#0090cf}')
  })
})

test('steps of a ramp that nothing reads stay at home, also those only read by them, and what a script reads goes out', () => {
  const sheets = [
    ':root{--a:#111;--b:var(--c);--c:#222;--d:#333;--e:1px}@media print{:root{--b:#000}}.x{color:var(--a)}',
    '.y{inset:var(--d,0)}',
  ]
  expect(dropUnused(sheets, 'box.style.setProperty("--e","2px")')).toEqual([
    ':root{--a:#111;--d:#333;--e:1px}@media print{:root{}}.x{color:var(--a)}',
    '.y{inset:var(--d,0)}',
  ])
})

test('the product’s style sheet names the order of its layers first and leaves no import behind', async () => {
  const css = minifyStyles(await joinStyles(join(import.meta.dir, '../../web/styles/index.css')))
  expect(css).toStartWith('@layer tokens,reset,base,layout,components,screens,utilities;')
  expect(css).not.toContain('@import')
  expect(css).not.toContain('oklch')
  expect(css.split('{').length).toBe(css.split('}').length)
})
