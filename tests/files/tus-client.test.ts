// SPDX-License-Identifier: GPL-3.0-or-later
import { describe, expect, test } from 'bun:test'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Upload, type UploadOptions } from 'tus-js-client'
import { until } from '../support/until'
import { type Drop, openDrop } from './drop'
import { begin, bytesOf, offsetOf, onDisk, patchHead, sha256 } from './tus'

describe('tus-js-client, as the page and programs speak it', () => {
  interface Sending {
    drop: Drop
    bytes: Uint8Array
    /** Called with what has been sent; may abort. */
    on?: (sent: number, upload: Upload) => void
    from?: string | null
    options?: UploadOptions
  }

  /** Sends with the real client; resolves with the last answer's headers, or with the address when it was stopped on the way. */
  function send({ drop, bytes, on, from = null, options = {} }: Sending): Promise<{ address: string | null; file: string | null }> {
    return new Promise((resolve, reject) => {
      const upload = new Upload(Buffer.from(bytes), {
        endpoint: `${drop.origin}/subidas`,
        uploadUrl: from,
        headers: { cookie: 'who=beto', origin: drop.origin, accept: 'application/json' },
        metadata: { filename: 'vídeo.mp4', filetype: 'video/mp4' },
        retryDelays: null,
        onSuccess: ({ lastResponse }) => resolve({ address: upload.url, file: lastResponse.getHeader('x-pichat-archivo') ?? null }),
        onError: reject,
        onProgress: (sent) => on?.(sent, upload),
        onShouldRetry: () => true,
        onChunkComplete(_size, accepted) {
          if (stopAt === null || accepted < stopAt) return
          void upload.abort().then(() => resolve({ address: upload.url, file: null }))
        },
        ...options,
      })
      const stopAt = (options as { stopAt?: number }).stopAt ?? null
      upload.start()
    })
  }

  test('sends in pieces, whole, and with the announcement', async () => {
    await using drop = await openDrop()
    const bytes = bytesOf(700_000)
    for (const options of [
      { chunkSize: 200_000 },
      {},
      { uploadDataDuringCreation: true },
      { uploadDataDuringCreation: true, chunkSize: 1000_00 },
    ]) {
      const { file } = await send({ drop, bytes, options })
      const got = await drop.ask('GET', file ?? '', { as: 'carla' })
      expect(sha256(await got.bytes())).toBe(sha256(bytes))
    }
    expect((await drop.rows()).map(({ name, sha256: sum }) => [name, sum])).toEqual(Array(4).fill(['vídeo.mp4', sha256(bytes)]))
  })

  test('pauses, and goes on where it was, also after the server was started anew on the same port', async () => {
    const data = await mkdtemp(join(tmpdir(), 'pichat-tus-'))
    try {
      const bytes = bytesOf(900_000)
      let address = ''
      {
        await using drop = await openDrop({ data })
        const paused = await send({ drop, bytes, options: { chunkSize: 100_000, stopAt: 300_000 } as UploadOptions })
        expect(paused.file).toBeNull()
        address = paused.address ?? ''
        expect(await offsetOf(drop, new URL(address).pathname)).toBe(300_000)
      }
      await using drop = await openDrop({ data })
      const sent: number[] = []
      const moved = drop.origin + new URL(address).pathname
      const { file } = await send({ drop, bytes, from: moved, on: (n) => sent.push(n), options: { chunkSize: 100_000 } })
      expect(Math.min(...sent)).toBeGreaterThanOrEqual(300_000)
      expect(file).toContain('/archivos/')
      expect((await drop.rows())[0]?.sha256).toBe(sha256(bytes))
    } finally {
      await rm(data, { recursive: true, force: true })
    }
  })

  test('takes an upload over from a connection that stalled', async () => {
    await using drop = await openDrop()
    const bytes = bytesOf(500_000)
    const path = await begin(drop, bytes.byteLength)
    const stalled = connect(drop.port, '127.0.0.1')
    stalled.on('error', () => undefined)
    stalled.write(patchHead(drop, path, 0, bytes.byteLength))
    stalled.write(bytes.subarray(0, 123_456))
    await until('the first part on the disk', async () => (await onDisk(drop)) === 123_456)
    const { file } = await send({ drop, bytes, from: drop.origin + path })
    expect(file).toContain('/archivos/')
    expect((await drop.rows())[0]?.sha256).toBe(sha256(bytes))
    stalled.destroy()
  })

  test('ends what it cancels', async () => {
    await using drop = await openDrop()
    const paused = await send({ drop, bytes: bytesOf(300_000), options: { chunkSize: 100_000, stopAt: 100_000 } as UploadOptions })
    await Upload.terminate(paused.address ?? '', { headers: { cookie: 'who=beto', origin: drop.origin }, retryDelays: null })
    expect(await drop.lying()).toEqual([])
    expect(drop.files.resumable.unfinished).toBe(0)
  })
})
