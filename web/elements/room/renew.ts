// SPDX-License-Identifier: GPL-3.0-or-later
import htmx from 'htmx.org'
import { countPeople } from './people'

/** Parts of the page that depend on what this person may do here. */
const rights = ['.room__head > .menu', '#here', '#out', '#tpl-member']

/** This person keeps order here now, or no longer: the page says and offers what it would after loading it anew. What is typed stays. */
export async function renewRights(main: HTMLElement, room: HTMLElement): Promise<void> {
  const next = await fetchPage(room)
  if (!next) return
  room.dataset.may = next.querySelector<HTMLElement>('room-live')?.dataset.may ?? ''
  for (const part of rights) replace(main.querySelector(part), next.querySelector(part))
  countPeople(main)
}

/** Somebody was silenced until `until`, or may write again (null): the line of that person, unless it says so already. */
export async function renewMember(main: HTMLElement, room: HTMLElement, id: string, until: number | null): Promise<void> {
  const member = `#personas [data-person="${CSS.escape(id)}"]`
  const wanted = until === null ? undefined : String(until)
  const differs = () => main.querySelector<HTMLElement>(member)?.dataset.muted !== wanted
  if (!differs()) return
  const made = (await fetchPage(room))?.querySelector<HTMLElement>(member)
  // The answer to whoever did it here brings the same line, and its menu may be open again by now.
  if (differs()) replace(main.querySelector(member), made ?? null)
}

async function fetchPage({ dataset }: HTMLElement): Promise<Document | null> {
  const answer = await fetch(dataset.page ?? '', { cache: 'no-store', redirect: 'manual', headers: { Accept: 'text/html' } }).catch(
    () => null,
  )
  return answer?.ok ? new DOMParser().parseFromString(await answer.text(), 'text/html') : null
}

function replace(old: Element | null, made: Element | null): void {
  if (!old || !made) return
  const put = document.importNode(made, true)
  old.replaceWith(put)
  htmx.process(put)
}
