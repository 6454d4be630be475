// SPDX-License-Identifier: GPL-3.0-or-later
//
// The real tus-js-client under Node, as a program of somebody's own would use it: `node tus-sender.mjs '{"path":…}'`. Says a JSON line for every piece
// that was taken, and one when all is there.
import { createReadStream } from 'node:fs'
import { basename } from 'node:path'
import { FileUrlStorage, Upload } from 'tus-js-client'

const { path, endpoint, headers, memory, ...options } = JSON.parse(process.argv[2] ?? '{}')
const say = (line) => process.stdout.write(`${JSON.stringify(line)}\n`)

const upload = new Upload(createReadStream(path), {
  endpoint,
  headers,
  chunkSize: 256 * 1024,
  metadata: { filename: basename(path), filetype: 'application/octet-stream' },
  // A box that starts anew is back within a second or two.
  retryDelays: Array(40).fill(100),
  ...(memory ? { urlStorage: new FileUrlStorage(memory), storeFingerprintForResuming: true } : {}),
  onChunkComplete: (_size, accepted) => say({ accepted }),
  onSuccess: ({ lastResponse }) =>
    say({ done: lastResponse.getHeader('x-pichat-archivo'), sha256: lastResponse.getHeader('x-pichat-sha256') }),
  onError(error) {
    say({ failed: error.message })
    process.exitCode = 1
  },
  ...options,
})
const [before] = await upload.findPreviousUploads()
if (before) upload.resumeFromPreviousUpload(before)
say({ resumed: Boolean(before) })
upload.start()
