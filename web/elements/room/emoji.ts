// SPDX-License-Identifier: GPL-3.0-or-later
import { plain } from '../../lib/words'

/** Offered first wherever one reacts. */
export const quick = ['👍', '❤️', '😂', '🎉', '👀', '✅'] as const

/** Sign and the names it answers to, Spanish and English: what people of an office, a home and a school use most. */
const table =
  '😀 sonrisa smile|😃 contento happy|😄 alegre grin|😁 dientes beaming|😅 sudor sweat|😂 risa joy lol|🤣 carcajada rofl|🙂 leve slight|🙃 alreves upside|😉 guino wink|😊 rubor blush|😇 angel innocent|😍 enamorado hearteyes|🥰 carino love|😘 beso kiss|😋 rico yum|😜 lengua tongue|🤪 loco zany|🤗 abrazo hug|🤔 pensando thinking|🤨 ceja eyebrow|😐 neutral neutral|😶 sinboca silent|🙄 ojosarriba eyeroll|😏 picaro smirk|😴 dormido sleeping|😷 mascarilla mask|🤒 fiebre sick|🤯 cabeza mindblown|😎 gafas cool|🤓 nerd nerd|😕 confundido confused|🙁 triste sad|😮 sorpresa wow|😳 verguenza flushed|🥺 porfavor pleading|😢 lagrima cry|😭 llanto sob|😱 susto scream|😤 resoplo huff|😡 enojo angry|🤬 groseria swearing|😈 diablo devil|💀 calavera skull|🤖 robot robot|👻 fantasma ghost|👍 bien thumbsup ok +1|👎 mal thumbsdown -1|👌 perfecto okhand|✌️ paz victory|🤞 suerte crossed|🤙 llamame callme|👋 hola wave|🙌 manosarriba hands|👏 aplauso clap|🤝 trato handshake|🙏 gracias thanks pray|💪 fuerza muscle|✍️ escribir writing|👀 ojos eyes|🧠 cerebro brain|🗣️ hablar speaking|🤷 nose shrug|🤦 ay facepalm|🙋 yo raise|❤️ corazon heart|🧡 naranja orangeheart|💛 amarillo yellowheart|💚 verde greenheart|💙 azul blueheart|💔 roto broken|✨ brillo sparkles|⭐ estrella star|🔥 fuego fire|💥 choque boom|💯 cien hundred|✅ listo check done|❌ no cross|❓ duda question|❗ ojo exclamation|⚠️ cuidado warning|🚫 prohibido forbidden|⏰ alarma alarm|⏳ espera hourglass|📅 fecha calendar|📌 chincheta pin|📎 clip paperclip|📝 nota memo|📄 hoja page|📁 carpeta folder|📷 foto camera|📞 telefono phone|💻 portatil laptop|🖨️ impresora printer|🔋 bateria battery|🔌 enchufe plug|💡 idea bulb|🔧 llave wrench|🔨 martillo hammer|🔒 candado lock|🔑 clave key|📦 caja package|🚚 camion truck|🏠 casa house|🏢 oficina office|🏫 escuela school|🚗 coche car|🚲 bici bike|✈️ avion plane|🌱 brote seedling|🌳 arbol tree|🌻 girasol sunflower|☀️ sol sun|🌧️ lluvia rain|🌈 arcoiris rainbow|🐱 gato cat|🐶 perro dog|🍎 manzana apple|🍕 pizza pizza|🌮 taco taco|🎂 pastel cake|☕ cafe coffee|🍵 te tea|🍺 cerveza beer|🥂 brindis cheers|🎉 fiesta party tada|🎁 regalo gift|🏆 trofeo trophy|⚽ futbol soccer|🎵 musica music|🚀 cohete rocket|💰 dinero money|🛒 compra cart'

export interface Emoji {
  sign: string
  /** Without accents, the first of them the one that matched best. */
  names: readonly string[]
}

let all: readonly Emoji[] | null = null

function emojis(): readonly Emoji[] {
  all ??= table.split('|').map((row) => {
    const [sign = '', ...names] = row.split(' ')
    return { sign, names }
  })
  return all
}

/** Those whose name begins so, then those that have it somewhere; each with the name that matched. */
export function findEmoji(typed: string, most = 8): { sign: string; name: string }[] {
  const wanted = plain(typed)
  if (wanted === '') return []
  const begin: { sign: string; name: string }[] = []
  const inside: { sign: string; name: string }[] = []
  for (const { sign, names } of emojis()) {
    const first = names.find((name) => name.startsWith(wanted))
    const other = first ?? names.find((name) => name.includes(wanted))
    if (other) (first ? begin : inside).push({ sign, name: other })
  }
  return [...begin, ...inside].slice(0, most)
}

/** The sign of exactly this name. */
export function emojiNamed(name: string): string | undefined {
  return emojis().find(({ names }) => names.includes(plain(name)))?.sign
}

/** The first emoji of what was typed with the system's own keyboard; undefined when there is none. */
export function emojiIn(text: string): string | undefined {
  return /(?:\p{Regional_Indicator}{2}|\p{Extended_Pictographic}(?:\ufe0f|\p{Emoji_Modifier})?(?:\u200d\p{Extended_Pictographic}(?:\ufe0f|\p{Emoji_Modifier})?)*|[0-9#*]\ufe0f?\u20e3)/u.exec(
    text,
  )?.[0]
}
