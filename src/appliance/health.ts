// SPDX-License-Identifier: GPL-3.0-or-later
import { readFile, stat, statfs } from 'node:fs/promises'
import { freemem, loadavg, totalmem, uptime } from 'node:os'

/** What the system page and `pichat status` show. Bytes and seconds. */
export interface Health {
  readonly disk: Space
  readonly memory: { readonly total: number; readonly available: number; readonly ofPichat: number }
  readonly uptime: { readonly machine: number; readonly pichat: number }
  /** Processes that want the processor, averaged over one minute. */
  readonly load: number
  /** `Raspberry Pi 4 Model B Rev 1.4`; null on other machines. */
  readonly model: string | null
  /** Degrees Celsius of the processor; null where nobody measures. A Pi slows down at 80. */
  readonly temperature: number | null
}

export interface Space {
  readonly total: number
  /** What the service may still write; blocks kept for root do not count. */
  readonly free: number
}

export async function readHealth(data: string): Promise<Health> {
  const [disk, available, model, temperature] = await Promise.all([spaceOf(data), availableMemory(), readModel(), readTemperature()])
  return {
    disk,
    memory: { total: totalmem(), available, ofPichat: process.memoryUsage.rss() },
    uptime: { machine: uptime(), pichat: process.uptime() },
    load: loadavg()[0] ?? 0,
    model,
    temperature,
  }
}

/** The space of the file system that holds `folder`. */
export async function spaceOf(folder: string): Promise<Space> {
  const { bavail, blocks, bsize } = await statfs(folder)
  return { total: blocks * bsize, free: bavail * bsize }
}

/** Bytes of those of these files that exist. */
export async function sizeOf(...paths: readonly string[]): Promise<number> {
  const sizes = await Promise.all(
    paths.map((path) =>
      stat(path).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  )
  return sizes.reduce((sum, size) => sum + size, 0)
}

/** Bytes an upload may still take: what is free beyond max(percent of the disk, bytes), never below 0. */
export function roomForUploads(
  { total, free }: Space,
  { reservePercent, reserveBytes }: { reservePercent: number; reserveBytes: number },
): number {
  return Math.max(0, free - Math.max((total * reservePercent) / 100, reserveBytes))
}

/** MemAvailable counts the page cache that can be given back; without /proc only what lies idle is known. */
async function availableMemory(): Promise<number> {
  const text = await readFile('/proc/meminfo', 'utf8').catch(() => '')
  const [, kibibytes] = /^MemAvailable:\s+(\d+) kB$/m.exec(text) ?? []
  return kibibytes === undefined ? freemem() : Number(kibibytes) * 1024
}

/** The device tree's strings end in NUL. The unit hides /proc but for its own process; /sys has the same text. */
async function readModel(): Promise<string | null> {
  for (const path of ['/proc/device-tree/model', '/sys/firmware/devicetree/base/model']) {
    const text = await readFile(path, 'utf8').catch(() => '')
    const model = text.split('\0').join('').trim()
    if (model !== '') return model
  }
  return null
}

async function readTemperature(): Promise<number | null> {
  const text = await readFile('/sys/class/thermal/thermal_zone0/temp', 'utf8').catch(() => '')
  return /^\d{4,6}\s*$/.test(text) ? Number(text) / 1000 : null
}
