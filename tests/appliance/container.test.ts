// SPDX-License-Identifier: GPL-3.0-or-later
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { Glob } from 'bun'
import { executable } from '../support/appliance'
import { freePort } from '../support/ports'
import { root } from '../support/steps/step'
import { until } from '../support/until'
import { missingFor, run } from './needs'

const reason = missingFor('the container image', ['buildah', 'ldd'])

/**
 * The image of the Dockerfile on a base made of this machine's own C library, because a test must not depend on a registry: the same
 * libraries that distroless brings, no shell either.
 */
describe.skipIf(reason !== null)('the image', () => {
  let folder = ''
  let container = ''
  let service: ChildProcess | undefined
  const buildah = (...words: string[]) => run('buildah', ...storage(), ...words)
  const storage = () => ['--root', join(folder, 'storage'), '--runroot', join(folder, 'run'), '--storage-driver', 'vfs']

  const inside = (port: number, command: string) => [
    ...['buildah', ...storage(), 'run', '--isolation', 'chroot', '--env', `PICHAT_PORT=${port}`, container],
    ...['--', '/opt/pichat/pichat', command],
  ]

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pichat-image-'))
    const base = join(folder, 'base')
    for (const library of await libraries()) {
      await mkdir(join(base, dirname(library)), { recursive: true })
      await cp(library, join(base, library), { dereference: true })
    }
    await mkdir(join(base, 'tmp'), { recursive: true })
    await run('chmod', '1777', join(base, 'tmp'))
    const empty = await buildah('from', 'scratch')
    await buildah('copy', '-q', empty, base, '/')
    await buildah('commit', '-q', '--rm', empty, 'localhost/base')
    await buildah(
      'bud',
      '-q',
      '--isolation',
      'chroot',
      '--format',
      'docker',
      '--pull=never',
      '--build-arg',
      'BASE=localhost/base',
      '-t',
      'localhost/pichat',
      root,
    )
    container = await buildah('from', '--pull=never', 'localhost/pichat')
  }, 180_000)

  afterAll(async () => {
    // buildah hands a polite signal on, and waits for what it started; killed, it would leave the service behind.
    if (service?.kill('SIGTERM')) await once(service, 'exit')
    await rm(folder, { recursive: true, force: true })
  }, 30_000)

  test('serves as nobody in particular, with its data in a volume and a health check of its own', async () => {
    const image = JSON.parse(await buildah('inspect', '--type', 'image', 'localhost/pichat')).Docker.config
    expect(image).toMatchObject({
      User: '65532:65532',
      Volumes: { '/data': {} },
      Entrypoint: ['/opt/pichat/pichat'],
      Cmd: ['serve'],
      Healthcheck: { Test: ['CMD', '/opt/pichat/pichat', 'status'] },
    })
    expect(image.Env).toContain('PICHAT_DATA=/data')
    expect(image.Env.join()).not.toMatch(/SECRET|CODE/)
  })

  test('holds the executable and an empty data folder of the service, nothing of the checkout', async () => {
    const mounted = await buildah('mount', container)
    const files = await Array.fromAsync(new Glob('{opt,data}/**').scan({ cwd: mounted, dot: true }))
    expect(files).toEqual(['opt/pichat/pichat'])
    expect(await run('stat', '-c', '%u:%g', join(mounted, 'data'))).toBe('65532:65532')
    await buildah('umount', container)
  })

  test('runs: its health check says that it is well, and otherwise when nothing answers', async () => {
    const port = await freePort()
    const [program = '', ...words] = inside(port, 'serve')
    service = spawn(program, words, { stdio: 'ignore' })
    await until('a health check that succeeds', () => run(...inside(port, 'status')), { within: 60_000 })
    const silent = await freePort()
    await expect(run(...inside(silent, 'status'))).rejects.toThrow('ended with 1')
  }, 90_000)
})

/** Every shared library of the executable and of the password hasher inside it. */
async function libraries(): Promise<string[]> {
  const hashers = await Array.fromAsync(new Glob('node_modules/@node-rs/argon2-linux-*-gnu/*.node').scan({ cwd: root, absolute: true }))
  const answers = await Promise.all([executable, ...hashers].map((program) => run('ldd', program)))
  return [...new Set(answers.join('\n').match(/\/\S+\.so\S*/g) ?? [])]
}
