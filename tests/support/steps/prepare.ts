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

interface Need {
  /** Debian's name of it. */
  name: string
  /** What is there when it is installed. */
  program: string
  use: string
}

/** Debian puts it where only root's PATH looks. */
const clamd = existsSync('/usr/sbin/clamd') ? '/usr/sbin/clamd' : 'clamd'

const needs: readonly Need[] = [
  { name: 'chromium', program: 'chromium', use: 'the browser journeys' },
  { name: 'qemu-user-static', program: 'qemu-aarch64-static', use: "the Pi's processors" },
  { name: 'strace', program: 'strace', use: 'slow disks, and files that must not be opened' },
  { name: 'curl', program: 'curl', use: 'uploads and downloads as the README shows them' },
  { name: 'wget', program: 'wget', use: 'downloads' },
  { name: 'aria2', program: 'aria2c', use: 'downloads in many parts' },
  { name: 'clamav-daemon', program: clamd, use: 'the antivirus' },
  { name: 'systemd', program: 'systemd-analyze', use: "the service's unit" },
  { name: 'systemd-container', program: 'systemd-nspawn', use: 'the service under a real systemd' },
  { name: 'iproute2', program: 'ip', use: 'the service and addresses of elsewhere' },
  { name: 'debootstrap', program: 'debootstrap', use: 'the service under a real systemd' },
  { name: 'buildah', program: 'buildah', use: 'the container image' },
  { name: 'python3', program: 'python3', use: 'what systemd hears from the service, and zips' },
  { name: 'unzip', program: 'unzip', use: 'zips' },
  { name: 'libarchive-tools', program: 'bsdtar', use: 'zips' },
]

/** The C library that an arm64 program finds under qemu. */
const arm64Libraries = ['libc6:arm64', 'libstdc++6:arm64']

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
  const missing: string[] = []
  for (const { name, program, use } of needs) {
    if (Bun.which(program) !== null) continue
    console.log(`      ${name} is missing: ${use}`)
    missing.push(name)
  }
  for (const name of process.arch === 'x64' ? arm64Libraries : []) {
    if (await isInstalled(name)) continue
    console.log(`      ${name} is missing: the Pi's executable`)
    missing.push(name)
  }
  if (missing.length === 0) {
    console.log('      everything is there')
    return passed
  }
  if (missing.some((name) => name.endsWith(':arm64')) && !(await ask('dpkg', '--print-foreign-architectures')).text.includes('arm64')) {
    await show(['dpkg', '--add-architecture', 'arm64'])
  }
  const quiet = { DEBIAN_FRONTEND: 'noninteractive' }
  const advice = `apt-get did not install ${missing.join(', ')}: look at its lines above, or install them by hand and run this again.`
  if ((await show(['apt-get', 'update', '-qq'], quiet)) !== 0) return failed(advice)
  return check(
    ['apt-get', 'install', '-y', '-qq', '-o=Dpkg::Use-Pty=0', '-o=DPkg::Lock::Timeout=120', '--no-install-recommends', ...missing],
    advice,
    quiet,
  )
}

async function isInstalled(name: string): Promise<boolean> {
  const { code, text } = await ask('dpkg-query', '--status', name)
  return code === 0 && text.includes('Status: install ok installed')
}

/** Not Debian, or not root: Playwright brings its own browser, and the rest is the person's to decide. */
async function lookAround(): Promise<Tally> {
  const notes = needs
    .filter(({ program }) => program !== 'chromium' && Bun.which(program) === null)
    .map(({ program, use }) => `${program} is not installed: the tests of ${use} are left out`)
  for (const note of notes) console.log(`      ${note}`)
  if (Bun.which('chromium') !== null) return { ...passed, notes }
  const browser = await check(
    tool('playwright', 'install', 'chromium'),
    'No browser: install Chromium, or let "bunx playwright install chromium" reach the network.',
  )
  return { ...browser, notes: [...notes, ...(browser.notes ?? [])] }
}
