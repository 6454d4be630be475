// SPDX-License-Identifier: GPL-3.0-or-later
import { existsSync } from 'node:fs'
import { ask, check, failed, passed, type Step, show, type Tally, tool } from './step'

export const packages: Step = {
  name: 'packages',
  what: 'installing the npm packages of bun.lock',
  needs: [],
  run: () =>
    check(
      [process.execPath, 'install', '--frozen-lockfile'],
      'The npm packages were not installed: is the npm registry reachable, and does bun.lock belong to package.json ("bun install" renews it)?',
    ),
}

/** Debian's names of what some tests use, and what they use it for. */
const tools: Record<string, string> = {
  chromium: 'the browser journeys',
  'qemu-user-static': "the Pi's processors",
  strace: 'slow disks, and files that must not be opened',
  curl: 'uploads and downloads as the README shows them',
  wget: 'downloads',
  aria2: 'downloads in many parts',
}

/** The C library that an arm64 program finds under qemu. */
const arm64Libraries: Record<string, string> = {
  'libc6:arm64': "the Pi's executable",
  'libstdc++6:arm64': "the Pi's executable",
}

export const system: Step = {
  name: 'system',
  what: 'installing what the tests use beside Bun: a browser, qemu, strace, curl',
  needs: [],
  run: () => (canUseApt() ? installDebian() : lookAround()),
}

function canUseApt(): boolean {
  return existsSync('/etc/debian_version') && Bun.which('apt-get') !== null && process.getuid?.() === 0
}

async function installDebian(): Promise<Tally> {
  const wanted = { ...tools, ...(process.arch === 'x64' ? arm64Libraries : {}) }
  const missing: string[] = []
  for (const name of Object.keys(wanted)) if (!(await isInstalled(name))) missing.push(name)
  if (missing.length === 0) {
    console.log('      everything is there')
    return passed
  }
  for (const name of missing) console.log(`      ${name} is missing: ${wanted[name]}`)
  if (missing.some((name) => name.endsWith(':arm64')) && !(await ask('dpkg', '--print-foreign-architectures')).text.includes('arm64')) {
    await show(['dpkg', '--add-architecture', 'arm64'])
  }
  const quiet = { DEBIAN_FRONTEND: 'noninteractive' }
  const advice = `apt-get did not install ${missing.join(', ')}: look at its lines above, or install them by hand and run this again.`
  if ((await show(['apt-get', 'update', '-qq'], quiet)) !== 0) return failed(advice)
  return check(['apt-get', 'install', '-y', '-qq', '-o=Dpkg::Use-Pty=0', '--no-install-recommends', ...missing], advice, quiet)
}

async function isInstalled(name: string): Promise<boolean> {
  const { code, text } = await ask('dpkg-query', '--status', name)
  return code === 0 && text.includes('Status: install ok installed')
}

/** Not Debian, or not root: Playwright brings its own browser, and the rest is the person's to decide. */
async function lookAround(): Promise<Tally> {
  const notes = Object.entries({
    'qemu-aarch64-static': tools['qemu-user-static'],
    strace: tools.strace,
    curl: tools.curl,
    wget: tools.wget,
    aria2c: tools.aria2,
  })
    .filter(([program]) => Bun.which(program) === null)
    .map(([program, use]) => `${program} is not installed: the tests of ${use} are left out`)
  for (const note of notes) console.log(`      ${note}`)
  if (Bun.which('chromium') !== null) return { ...passed, notes }
  const browser = await check(
    tool('playwright', 'install', 'chromium'),
    'No browser: install Chromium, or let "bunx playwright install chromium" reach the network.',
  )
  return { ...browser, notes: [...notes, ...(browser.notes ?? [])] }
}
