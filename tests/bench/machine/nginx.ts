// SPDX-License-Identifier: GPL-3.0-or-later
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type Started, startProgram } from './program'

/** Only what a file from the page cache needs; one process, so that its processor time is one number. */
const settings = (folder: string, root: string, port: number) => `
daemon off;
master_process off;
pid ${folder}/nginx.pid;
error_log stderr crit;
events { worker_connections 512; }
http {
  access_log off;
  sendfile on;
  tcp_nopush on;
  default_type application/octet-stream;
  ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${folder}/${name};`).join('\n  ')}
  server { listen 127.0.0.1:${port}; root ${root}; }
}
`

/** nginx over the folder in which `file` lies. It answers `/<name of the file>`. */
export async function startNginx({ folder, file, under }: { folder: string; file: string; under: readonly string[] }): Promise<Started> {
  const own = join(folder, 'nginx')
  await mkdir(own, { recursive: true })
  const program = Bun.which('nginx') ?? (await fromDebian(own))
  const path = `/${file.slice(dirname(file).length + 1)}`
  return startProgram(
    async (port) => {
      const config = join(own, `nginx-${port}.conf`)
      await writeFile(config, settings(own, dirname(file), port))
      return [...under, program, '-p', own, '-c', config, '-e', 'stderr']
    },
    { path, env: {}, cwd: own },
  )
}

/** Taken apart beside everything else and not installed: Debian would start it on port 80. */
async function fromDebian(folder: string): Promise<string> {
  const advice = 'nginx is missing: install it, or let apt-get download nginx-light (Debian).'
  if (Bun.which('apt-get') === null || Bun.which('dpkg-deb') === null) throw new Error(advice)
  console.log('  nginx is missing: taking nginx-light from Debian, without installing it')
  if ((await Bun.spawn(['apt-get', 'download', '-qq', 'nginx-light'], { cwd: folder, stdout: 'ignore', stderr: 'inherit' }).exited) !== 0) {
    throw new Error(`${advice} Perhaps "apt-get update" comes first.`)
  }
  const found = (await readdir(folder)).find((name) => name.endsWith('.deb'))
  if (!found || (await Bun.spawn(['dpkg-deb', '-x', found, '.'], { cwd: folder }).exited) !== 0) throw new Error(advice)
  return join(folder, 'usr/sbin/nginx')
}
