// SPDX-License-Identifier: GPL-3.0-or-later

let context: AudioContext | null = null

/** Browsers let a page sound after the first tap or key. */
export function watchChime(): void {
  const awake = new AbortController()
  const wake = () => {
    // A lone Ctrl and what it leads to are no touch in the browser's eyes: a context made of them is refused, with a warning.
    if (navigator.userActivation && !navigator.userActivation.isActive) return
    awake.abort()
    if (!('AudioContext' in window)) return
    context ??= new AudioContext()
    if (context.state === 'suspended') void context.resume().catch(() => {})
  }
  for (const type of ['pointerdown', 'pointerup', 'keydown'] as const) {
    document.addEventListener(type, wake, { capture: true, signal: awake.signal })
  }
}

/** Two notes in a quarter of a second, soft; no file. Two tabs of one person do not sound together. */
export function chime(): void {
  if (context?.state !== 'running' || !mayNow()) return
  for (const [index, pitch] of [660, 880].entries()) {
    const start = context.currentTime + index * 0.11
    const tone = context.createOscillator()
    const loudness = context.createGain()
    tone.frequency.value = pitch
    loudness.gain.setValueAtTime(0, start)
    loudness.gain.linearRampToValueAtTime(0.12, start + 0.015)
    loudness.gain.exponentialRampToValueAtTime(0.001, start + 0.18)
    tone.connect(loudness).connect(context.destination)
    tone.start(start)
    tone.stop(start + 0.2)
  }
}

const key = 'pichat:sonido'
/** Not more often than this in one browser, in milliseconds. */
const pause = 1_500
let last = Number.NEGATIVE_INFINITY

function mayNow(): boolean {
  const now = Date.now()
  try {
    last = Math.max(last, Number(localStorage.getItem(key)) || 0)
    // What is not heard does not count: in a lively room every next sound would be put off for ever.
    if (Math.abs(now - last) < pause) return false
    localStorage.setItem(key, String(now))
  } catch {
    // This tab alone then.
    if (Math.abs(now - last) < pause) return false
  }
  last = now
  return true
}
