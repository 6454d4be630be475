// SPDX-License-Identifier: GPL-3.0-or-later
import { connect } from 'node:net'
import { freePort } from '../../support/ports'

export interface Started {
  pid: number
  port: number
  /** Milliseconds from the start of the program to its first 200 at `path`. */
  milliseconds: number
  end(): Promise<void>
}

interface Options {
  path: string
  env: Record<string, string>
  cwd: string
}

/** A program and its arguments; made when the port is known, where it is not told by PICHAT_PORT. */
type Command = readonly string[] | ((port: number) => Promise<readonly string[]>)

/** Starts a program and knocks until it opens: every attempt at once after the one before, so that nothing is rounded up. */
export async function startProgram(wanted: Command, { path, env, cwd }: Options): Promise<Started> {
  const port = await freePort()
  const command = typeof wanted === 'function' ? await wanted(port) : wanted
  const begin = performance.now()
  const child = Bun.spawn([...command], {
    cwd,
    env: { PATH: process.env.PATH, LANG: 'C.UTF-8', PICHAT_HOST: '127.0.0.1', PICHAT_PORT: String(port), ...env },
    stdio: ['ignore', 'ignore', 'ignore'],
  })
  let ended = false
  child.exited.then(() => {
    ended = true
  })
  while (!(await knock(port, path))) {
    if (ended || performance.now() - begin > 20_000) throw new Error(`${command.join(' ')} did not answer ${path}`)
    await Bun.sleep(1)
  }
  const milliseconds = performance.now() - begin
  return {
    pid: child.pid,
    port,
    milliseconds,
    async end() {
      child.kill('SIGTERM')
      const late = setTimeout(() => child.kill('SIGKILL'), 12_000)
      await child.exited
      clearTimeout(late)
    },
  }
}

function knock(port: number, path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`))
    socket.once('data', (answer) => {
      resolve(answer.toString('latin1').startsWith('HTTP/1.1 200'))
      socket.destroy()
    })
    socket.once('error', () => resolve(false))
    socket.once('close', () => resolve(false))
  })
}
