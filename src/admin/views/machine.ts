// SPDX-License-Identifier: GPL-3.0-or-later
import { type Content, html } from '../../core'
import type { View, Visitor } from '../../views'
import type { Machine } from '../model'
import { adminView, bar, healthCard } from './frame'
import { laxText, scannerVerdict } from './quarantine'

const hot = 80
const warm = 70

export function machinePage(visitor: Visitor, machine: Machine): View {
  const { t } = visitor
  const { size } = t.format
  const { disk, memory, temperature } = machine
  const waiting = machine.warnings.length
  return adminView(visitor, {
    section: 'system',
    pending: machine.pending,
    heading: t('admin.system'),
    lead: [machine.model, t('admin.memoryTotal', { n: size(memory.total) }), ...machine.addresses.slice(0, 2)].filter(Boolean).join(' · '),
    body: html`<h2 class="section__title">${waiting === 0 ? t('admin.systemWell') : t('admin.systemToDo', { n: waiting })}</h2>
<div class="tiles" id="machine" hx-get="/admin/sistema" hx-trigger="every 5s" hx-select="#machine" hx-swap="outerHTML">
${healthCard(visitor, {
  icon: 'hard-drive',
  name: t('admin.disk'),
  is: disk.free < disk.reserve ? 'bad' : 'ok',
  value: html`${size(disk.free)} <small>${t('admin.free', { n: size(disk.total) })}</small>`,
  bar: bar(t('admin.diskUsed'), (1 - disk.free / disk.total) * 100),
  text: t('admin.diskText', { n: size(disk.reserve) }),
})}
${healthCard(visitor, {
  icon: 'memory-stick',
  name: t('admin.memory'),
  is: memory.available / memory.total < 0.05 ? 'warn' : 'ok',
  value: html`${size(memory.total - memory.available)} <small>${t('admin.memoryOf', { n: size(memory.total) })}</small>`,
  bar: bar(t('admin.memoryUsed'), (1 - memory.available / memory.total) * 100),
  text: t('admin.memoryText', { n: size(memory.ofPichat) }),
})}
${
  temperature === null
    ? ''
    : healthCard(visitor, {
        icon: 'thermometer',
        name: t('admin.temperature'),
        is: temperature >= hot ? 'bad' : temperature >= warm ? 'warn' : 'ok',
        value: `${Math.round(temperature)} °C`,
        text: t('admin.temperatureText'),
      })
}
${healthCard(visitor, {
  icon: 'clock',
  name: t('admin.clock'),
  is: machine.clockTrusted ? 'ok' : 'warn',
  value: t.format.time(machine.now),
  text: machine.clockTrusted ? t('admin.clockText') : t('admin.clockUntrustedText'),
})}
${healthCard(visitor, {
  icon: machine.scanner.is === 'none' ? 'shield-off' : 'shield-check',
  name: t('admin.antivirus'),
  is: scannerVerdict(t, machine.scanner)[0],
  value: machine.scanner.is === 'none' ? t('admin.antivirusNone') : (machine.scanner.version ?? 'ClamAV'),
  text: scannerText(visitor, machine),
})}
${
  machine.foreign === 0
    ? ''
    : healthCard(visitor, {
        icon: 'folder',
        name: t('admin.quarantine'),
        is: 'warn',
        value: t('admin.foreign', { n: machine.foreign }),
        text: t('admin.foreignText'),
      })
}
${healthCard(visitor, {
  icon: 'wifi',
  name: t('admin.connections'),
  value: html`${machine.sockets} <small>${t('admin.open')}</small>`,
  text: html`${t('admin.connectionsText', { n: machine.people, t: t.format.duration(machine.uptime) })} ${t('admin.loopLag', { n: Math.round(machine.loopLag) })}`,
})}
</div>
<div class="cols cols--two"><section class="card"><h2 class="card__title">${t('admin.version', { v: machine.version })}</h2><p class="card__text">${t('admin.versionText')}</p></section>
<section class="card"><h2 class="card__title">${t('admin.addresses')}</h2><ul class="list">${machine.addresses.map((address) => html`<li class="mono">${address}</li>`)}</ul><p class="card__text">${t('admin.addressesText')}</p></section></div>`,
  })
}

function scannerText({ t }: Visitor, { scanner }: Machine): Content {
  if (scanner.is === 'none') return t(scanner.opensUnscanned ? 'admin.antivirusNoneText' : 'admin.antivirusNoneHeld')
  if (scanner.is === 'silent') return t('admin.scannerSilentText')
  if (scanner.is === 'starting') return t('admin.scannerStarting')
  return scanner.is === 'lax' ? laxText(t, scanner) : t('admin.scannerOkText')
}
