// SPDX-License-Identifier: GPL-3.0-or-later

/** What is used of a node, so that it can be read without a page. */
export interface Written {
  readonly nodeType: number
  readonly nodeName: string
  readonly textContent: string | null
  readonly childNodes: Iterable<Written>
  readonly classList?: { contains(name: string): boolean }
}

const elementNode = 1
const textNode = 3
const fence = '```'
/** Belongs to the message and was not written by its author. */
const added = ['tick', 'edited', 'quote', 'file', 'msg__fold']

/** Whether the markup says all of it: of blank lines and of what stands beside a fence it does not. */
export function tellsAll(bubble: Written): boolean {
  return parts(bubble).filter(({ nodeName }) => nodeName === 'P').length < 2 && !parts(bubble).some(({ nodeName }) => nodeName === 'PRE')
}

/** What somebody wrote, from what it became in the bubble: the other way round of the server's messageText. */
export function writtenIn(bubble: Written): string {
  const blocks: string[] = []
  for (const child of parts(bubble)) {
    if (isAdded(child)) continue
    if (child.nodeName === 'PRE') blocks.push(`${fence}\n${child.textContent ?? ''}\n${fence}`)
    else {
      const line = inline(child)
      // Space between the elements of the page is nobody's.
      if (child.nodeType === elementNode || line.trim() !== '') blocks.push(line)
    }
  }
  return blocks.join('\n\n').trim()
}

/** The beginning of a folded message stands in an element of its own. */
function parts(bubble: Written): Written[] {
  return [...bubble.childNodes].flatMap((child) => (child.classList?.contains('msg__long') ? [...child.childNodes] : [child]))
}

function inline(node: Written): string {
  if (node.nodeType === textNode) return node.textContent ?? ''
  if (node.nodeType !== elementNode || isAdded(node)) return ''
  if (node.nodeName === 'BR') return '\n'
  if (node.nodeName === 'CODE') return `\`${node.textContent ?? ''}\``
  return [...node.childNodes].map(inline).join('')
}

function isAdded(node: Written): boolean {
  return added.some((name) => node.classList?.contains(name))
}

/** The first line, cut where a quote has no more room. */
export function firstLine(text: string, longest = 140): string {
  const line = text.split('\n').find((one) => one.trim() !== '' && one !== fence) ?? ''
  const signs = [...line]
  return signs.length > longest ? `${signs.slice(0, longest).join('')}…` : line
}
