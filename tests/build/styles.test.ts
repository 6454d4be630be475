// SPDX-License-Identifier: GPL-3.0-or-later
import { describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { joinStyles, minifyStyles } from '../../src/build/styles'

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

test('the product’s style sheet names the order of its layers first and leaves no import behind', async () => {
  const css = minifyStyles(await joinStyles(join(import.meta.dir, '../../web/styles/index.css')))
  expect(css).toStartWith('@layer tokens,reset,base,layout,components,screens,utilities;')
  expect(css).not.toContain('@import')
  expect(css.split('{').length).toBe(css.split('}').length)
})
