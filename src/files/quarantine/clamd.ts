// SPDX-License-Identifier: GPL-3.0-or-later
import { open } from 'node:fs/promises'
import type { Clock, Log, SocketAddress } from '../../core'
import { doubtsAbout } from '../downloads/zip-members'
import { kindOf } from '../kinds'
import { samples } from './clamd-samples'
import { askClamd, type ClamdLimits, ScannerSilent, type Silence } from './clamd-wire'
import type { ScannedFile, Scanner, Unscannable, Verdict } from './scanner'

interface Options {
  address: SocketAddress
  clock: Clock
  log: Log
  /** `scanMemberBytes`: what it reads of one file inside an archive. Of a packed member that is larger it reads the beginning, says OK and no word. */
  limits: ClamdLimits & { scanMemberBytes: number }
}

/** What a trial showed. Its configuration may change whenever clamd is restarted. */
interface Trial {
  at: number
  version: string
  signatures: string | null
  /** Whether a file that it could not look through is reported, or passes as "OK". */
  reportsLimits: boolean
  reportsEncrypted: boolean
}

/** Milliseconds that a trial is believed: a clamd that was set up anew in between is noticed this soon. */
const trialLasts = 60_000

/**
 * ClamAV's daemon. Its "OK" alone does not say that a file was looked into: over its limits, and encrypted, files are "OK" too, unless
 * two lines of clamd.conf say otherwise. Whether they do is tried with samples; where they do not, only what can neither be locked nor be
 * large counts as clean.
 */
export function createClamd(given: Options): Scanner {
  const { clock, log, limits } = given
  const end = new AbortController()
  const options = { ...given, signal: end.signal }
  let trial: Trial | null = null
  let silent: { silence: Silence; since: number } | null = null
  let everAnswered = false

  async function check(): Promise<void> {
    try {
      if (!trial || silent || clock.monotonic() - trial.at > trialLasts) {
        const before = trial
        trial = await tryOut()
        if (!before || !sameTrial(before, trial)) log.info({ ...trial, at: undefined }, 'files.scanner-ready')
      } else if ((await askClamd(options, 'PING')) !== 'PONG') throw new ScannerSilent('garbled', 'no PONG')
      everAnswered = true
      if (silent) log.info('files.scanner-back')
      silent = null
    } catch (error) {
      hush(error)
      throw error
    }
  }

  function hush(error: unknown): void {
    const silence = error instanceof ScannerSilent ? error.silence : 'cut'
    if (silent?.silence !== silence) log.warn({ silence, err: error }, 'files.scanner-silent')
    silent = { silence, since: silent?.since ?? clock.now() }
  }

  async function tryOut(): Promise<Trial> {
    if ((await askClamd(options, 'PING')) !== 'PONG') throw new ScannerSilent('garbled', 'no PONG')
    const [version = '', , signatures = null] = (await askClamd(options, 'VERSION')).slice(0, 200).split('/')
    const { known, deep, encrypted } = samples()
    // Who does not know the one file that every antivirus knows has no signatures.
    if (readReply(await stream(known)).is !== 'infected') throw new ScannerSilent('blind', 'the test sample passed')
    const [reportsLimits, reportsEncrypted] = [await reports(deep), await reports(encrypted)]
    return { at: clock.monotonic(), version, signatures, reportsLimits, reportsEncrypted }
  }

  const stream = (bytes: Uint8Array) => askClamd(options, 'INSTREAM', once(bytes))
  const reports = async (bytes: Uint8Array) => readReply(await stream(bytes)).is === 'unscannable'

  return {
    present: true,
    stop: () => end.abort(),
    check,
    async scan(path, file) {
      if (!trial) await check()
      try {
        const verdict = judge(readReply(await askClamd(options, 'INSTREAM', chunksOf(path))), file, trial)
        const doubt = verdict.state === 'clean' ? await doubtsAbout(path, limits.scanMemberBytes) : null
        return doubt ? { state: 'unscannable', reason: doubt } : verdict
      } catch (error) {
        hush(error)
        throw error
      }
    },
    report() {
      const { version = null, signatures = null } = trial ?? {}
      const facts = { version, signatures }
      if (silent?.silence === 'loading' || (!everAnswered && !silent)) {
        return { is: 'starting', since: silent?.since ?? null, missingLines: [], ...facts }
      }
      if (silent) return { is: 'silent', silence: silent.silence, since: silent.since, missingLines: [], ...facts }
      const missingLines = [
        ...(trial?.reportsLimits ? [] : ['AlertExceedsMax yes']),
        ...(trial?.reportsEncrypted ? [] : ['AlertEncrypted yes']),
      ]
      return { is: missingLines.length > 0 ? 'lax' : 'ok', since: null, missingLines, ...facts }
    },
  }
}

type Reply = { is: 'ok' } | { is: 'infected'; name: string } | { is: 'unscannable'; why: Unscannable }

/** What clamd said, or `ScannerSilent` for what says nothing about the file. */
export function readReply(reply: string): Reply {
  if (reply === 'stream: OK') return { is: 'ok' }
  const [, name] = /^stream: (.{1,300}) FOUND$/.exec(reply) ?? []
  if (name !== undefined) {
    const why = reasonOf(name)
    return why ? { is: 'unscannable', why } : { is: 'infected', name: name.replace(/[^\x21-\x7e]/g, '?') }
  }
  if (/INSTREAM size limit exceeded/.test(reply)) return { is: 'unscannable', why: 'too-large' }
  throw new ScannerSilent('garbled', JSON.stringify(reply.slice(0, 100)))
}

/** The names that clamd gives to what it could not look through; all others are findings. */
function reasonOf(name: string): Unscannable | null {
  if (/^Heuristics\.Encrypted\b/.test(name)) return 'encrypted'
  const [, limit] = /^Heuristics\.Limits\.Exceeded(?:\.(\w+))?/.exec(name) ?? [null, null]
  if (limit === null) return null
  const reasons: Record<string, Unscannable> = {
    MaxFileSize: 'too-large',
    MaxScanSize: 'too-large',
    MaxRecursion: 'too-deep',
    MaxFiles: 'too-many',
    MaxScanTime: 'too-long',
  }
  return reasons[limit ?? ''] ?? 'too-large'
}

/** Nobody sets clamd's limits below this, and nothing of these kinds has anything inside that could be locked. */
const plainBytes = 1024 * 1024
const plainKinds: ReadonlySet<string> = new Set(['image', 'audio', 'video', 'text'])

function judge(reply: Reply, { size, type }: ScannedFile, trial: Trial | null): Verdict {
  if (reply.is === 'infected') return { state: 'infected', reason: reply.name }
  if (reply.is === 'unscannable') return { state: 'unscannable', reason: reply.why }
  const told = trial?.reportsLimits && trial.reportsEncrypted
  if (told || (size <= plainBytes && plainKinds.has(kindOf(type)))) return { state: 'clean' }
  return { state: 'unscannable', reason: 'limits-unreported' }
}

const sameTrial = (a: Trial, b: Trial) =>
  a.version === b.version && a.reportsLimits === b.reportsLimits && a.reportsEncrypted === b.reportsEncrypted

/** Small beside a Pi's memory, large beside what sending costs. */
const chunkBytes = 64 * 1024

async function* chunksOf(path: string): AsyncGenerator<Uint8Array> {
  const handle = await open(path, 'r')
  try {
    for (;;) {
      // A buffer for each chunk: the socket may still hold the last one.
      const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafeSlow(chunkBytes), 0, chunkBytes)
      if (bytesRead === 0) return
      yield buffer.subarray(0, bytesRead)
    }
  } finally {
    await handle.close()
  }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}
