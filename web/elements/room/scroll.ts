// SPDX-License-Identifier: GPL-3.0-or-later

/** Nearer than this to the end is at the end, in pixels: a line of text. */
const near = 32
/** Nearer than this to the beginning, earlier messages are wanted, in pixels. */
const early = 240

interface ScrollOptions {
  /** The person reached the end, or left it. */
  moved: (atEnd: boolean) => void
  /** The person nears the beginning. */
  nearTop: () => void
}

/** Keeps the newest in sight while one stands at the end, and what one reads in its place while one does not. */
export function watchScroll(scroller: HTMLElement, { moved, nearTop }: ScrollOptions) {
  let atEnd = true
  let last = scroller.scrollTop

  const isNearTop = () => scroller.scrollTop < early
  const distance = () => scroller.scrollHeight - scroller.clientHeight - scroller.scrollTop

  function toEnd(): void {
    scroller.scrollTop = scroller.scrollHeight
    set(true)
  }

  function set(now: boolean): void {
    if (now === atEnd) return
    atEnd = now
    scroller.dataset.at = atEnd ? 'end' : 'up'
    moved(atEnd)
  }

  function onScroll(): void {
    const up = scroller.scrollTop < last
    last = scroller.scrollTop
    // Only the person goes up; growing content and a keyboard that opens are not scrolling.
    if (distance() <= near) set(true)
    else if (up) set(false)
    if (up && isNearTop()) nearTop()
  }

  scroller.addEventListener('scroll', onScroll, { passive: true })
  const sizes = new ResizeObserver(() => {
    if (atEnd) scroller.scrollTop = scroller.scrollHeight
  })
  sizes.observe(scroller)
  const content = scroller.firstElementChild
  if (content) sizes.observe(content)

  return {
    get atEnd(): boolean {
      return atEnd
    },
    isNearTop,
    toEnd,
    /** After messages were added: the end follows them. */
    settle(): void {
      if (atEnd) scroller.scrollTop = scroller.scrollHeight
    },
    /** Something above or below `anchor` changes; the anchor does not move on the screen. */
    hold(anchor: Element | null): () => void {
      const top = anchor?.getBoundingClientRect().top ?? 0
      return () => {
        if (atEnd) scroller.scrollTop = scroller.scrollHeight
        else if (anchor?.isConnected) scroller.scrollTop += anchor.getBoundingClientRect().top - top
        last = scroller.scrollTop
      }
    },
    /** Shows an element a little below the upper edge, unless everything after it fits on the screen. */
    show(element: Element): void {
      const offset = element.getBoundingClientRect().top - scroller.getBoundingClientRect().top
      if (offset >= 0) return
      scroller.scrollTop += offset - near
      last = scroller.scrollTop
      set(distance() <= near)
    },
    /** Shows an element in the middle, wherever one stood. */
    center(element: Element): void {
      const { top, height } = element.getBoundingClientRect()
      const space = Math.max(0, scroller.clientHeight - height) / 2
      scroller.scrollTop += top - scroller.getBoundingClientRect().top - space
      last = scroller.scrollTop
      set(distance() <= near)
    },
    /** The content element was replaced by another. */
    observe(element: Element): void {
      sizes.observe(element)
    },
    end(): void {
      scroller.removeEventListener('scroll', onScroll)
      sizes.disconnect()
    },
  }
}

export type Scroll = ReturnType<typeof watchScroll>
