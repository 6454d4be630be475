// SPDX-License-Identifier: GPL-3.0-or-later
import { cp, mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { entryPoints } from './entry-points'
import { at, dist, root } from './paths'
import { BuildStopped, reason, showSize, tell } from './report'

/** dist/pichat: the program for this machine, with everything it serves inside. */
export async function buildExecutable(): Promise<void> {
  await compile({ folder: root, outfile: dist('pichat') })
}

/**
 * dist/pichat-linux-arm64: the program for a Raspberry Pi with a 64 bit system. Its password hasher and its runtime come in their
 * arm64 flavour from the npm registry, at the versions and checksums of bun.lock, into a folder of their own.
 */
export async function buildPiExecutable(): Promise<void> {
  const folder = dist('arm64')
  await install(folder)
  await rm(join(folder, 'src'), { recursive: true, force: true })
  await cp(at('src'), join(folder, 'src'), { recursive: true })
  const outfile = dist('pichat-linux-arm64')
  await compile({
    folder,
    outfile,
    target: 'bun-linux-arm64',
    executablePath: join(folder, 'node_modules/@oven/bun-linux-aarch64/bin/bun'),
  })
}

/**
 * Cookies ignore ports: what another service at this address sets comes here too. Beyond Bun's own 16 KiB people would get an empty 431
 * on every page, with no way to know why.
 */
const headerSize = '--max-http-header-size=65536'

interface Compile {
  /** Where src and node_modules are. */
  folder: string
  outfile: string
  target?: Bun.Build.CompileTarget
  executablePath?: string
}

async function compile({ folder, outfile, ...machine }: Compile): Promise<void> {
  const assets = [dist('web'), dist('licenses.txt')]
  if (!(await Bun.file(dist('web/manifest.json')).exists())) {
    throw new BuildStopped('dist/web is missing: name the step "web" before the executable.')
  }
  await rm(outfile, { force: true }) // a running copy keeps the old file
  const result = await Bun.build({
    entrypoints: await entryPoints(folder),
    target: 'bun',
    compile: { ...machine, outfile, assets, autoloadDotenv: false, autoloadBunfig: false, execArgv: [headerSize] },
    sourcemap: 'linked',
    // Parsed here and not at each start, which is half of the time to the first answer. The source stays inside as well.
    bytecode: true,
    format: 'esm',
    // Never minified: Elysia reads the source text of the handlers.
    define: { 'process.env.NODE_ENV': '"production"' },
    metafile: true,
  }).catch((problem: unknown) => {
    throw new BuildStopped(`The executable does not bundle: ${reason(problem)}.`)
  })
  // Stack traces read the maps inside the executable; the copies beside it serve nobody.
  await Promise.all(result.outputs.filter(({ kind }) => kind === 'sourcemap').map(({ path }) => rm(path, { force: true })))
  const hashers = Object.keys(result.metafile?.inputs ?? {}).filter((path) => path.endsWith('.node'))
  checkHasher(hashers, machine.target === 'bun-linux-arm64' ? 'arm64' : process.arch)
  tell(`${outfile.slice(root.length + 1)} ${showSize(Bun.file(outfile).size)}`)
}

/** The wrong hasher would only be noticed when the first person signs in. */
function checkHasher(paths: string[], arch: string): void {
  const names = paths.map((path) => path.split('/').at(-1))
  if (names.length === 0) return // nothing hashes yet
  if (names.length !== 1 || !names[0]?.includes(`-${arch}-`)) {
    throw new BuildStopped(`The password hasher for ${arch} is not the one inside (${names.join(', ')}): run bun install and build again.`)
  }
  tell(`password hasher ${names[0]}`)
}

/** Only what the program runs with: the tools of the working tree stay out. */
async function install(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  const { dependencies, devDependencies, ...about } = await Bun.file(at('package.json')).json()
  const wanted = { ...about, scripts: {}, dependencies: { ...dependencies, bun: devDependencies.bun }, trustedDependencies: [] }
  await Bun.write(join(folder, 'package.json'), JSON.stringify(wanted, null, 2))
  await Bun.write(join(folder, 'bun.lock'), Bun.file(at('bun.lock')))
  tell('arm64 packages from the npm registry …')
  const job = Bun.spawn([process.execPath, 'install', '--os=linux', '--cpu=arm64', '--ignore-scripts'], {
    cwd: folder,
    env: { ...process.env, BUN_BE_BUN: '1' },
    stdout: 'ignore',
    stderr: 'pipe',
  })
  const said = await new Response(job.stderr).text()
  if ((await job.exited) !== 0) {
    throw new BuildStopped(
      `The arm64 packages could not be installed: check the network and run it again. (${said.trim().split('\n').at(-1)})`,
    )
  }
}
