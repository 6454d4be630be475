// SPDX-License-Identifier: GPL-3.0-or-later
//
// Messages as a page of the room sees them.
import { freshCid, isTold, type RoomLine, type Told } from './house'

/** Says something and answers its id. */
export async function say(line: RoomLine, texto: string, more: { respuestaA?: string; archivo?: string } = {}): Promise<string> {
  const cid = freshCid()
  line.send({ t: 'decir', cid, texto, ...more })
  const answer = await line.next((frame) => (frame.t === 'ok' || frame.t === 'no') && frame.cid === cid)
  if (answer.t !== 'ok') throw new Error(JSON.stringify(answer))
  return answer.id
}

/** The last state of a message that this socket was told. */
export function stateOf(line: RoomLine, id: string): string {
  return line.frames.filter((frame): frame is Told => isTold(frame) && frame.id === id).at(-1)?.html ?? ''
}
