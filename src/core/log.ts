// SPDX-License-Identifier: GPL-3.0-or-later
import pino from 'pino'

export type Log = pino.Logger

interface Options {
  level: string
  /** Where the lines go; standard output when left out, which the journal reads. */
  write?: (line: string) => void
}

/** Nothing a person sends may fill the journal: a longer text is cut. */
const longestText = 512

/**
 * One JSON line per event, named `what.happened`. Never a password, token, code or the text of a message: callers pass ids.
 * pino escapes control characters; the signs that some viewers take for line ends or terminal commands are escaped here.
 */
export function createLog({ level, write }: Options): Log {
  // Transports are threads that the compiled executable cannot start; a synchronous destination loses nothing in a crash.
  const destination = write ? { write } : pino.destination({ dest: 1, sync: true })
  return pino(
    {
      level,
      base: null,
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: {
        level: (label) => ({ level: label }),
        log: (fields) => cleanAll(fields) as Record<string, unknown>,
      },
      serializers: { err: describeError },
      messageKey: 'event',
    },
    destination,
  )
}

/** Beyond it nothing is written: no event of ours is nested so deep. */
const deepest = 4

function cleanAll(value: unknown, depth = 0): unknown {
  if (typeof value !== 'object' || value === null || value instanceof Error) return clean(value)
  if (depth === deepest) return '…'
  if (Array.isArray(value)) return value.map((one) => cleanAll(one, depth + 1))
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [clean(name), cleanAll(one, depth + 1)]))
}

/** A text as it may stand in a log line: cut, and without signs that move a terminal's cursor or end a line. */
export function clean(value: unknown): unknown {
  if (typeof value !== 'string') return value
  const cut = value.length > longestText ? `${value.slice(0, longestText)}…` : value
  return cut.replace(
    /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

function describeError(error: unknown): object {
  if (!(error instanceof Error)) return { message: clean(String(error)) }
  return {
    type: clean(error.name),
    message: clean(error.message),
    // Where it happened and nothing else: a message of many lines begins it.
    stack: error.stack
      ?.split('\n')
      .map((line) => line.trim())
      .filter((line) => line.startsWith('at '))
      .slice(0, 11)
      .map(clean),
  }
}
