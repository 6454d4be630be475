// SPDX-License-Identifier: GPL-3.0-or-later
import type { Metrics } from './model'

type Labels = Record<string, string>
type Sample = readonly [value: number, labels?: Labels]

/** Media type of the text format (prometheus.io/docs/instrumenting/exposition_formats). */
export const metricsType = 'text/plain; version=0.0.4; charset=utf-8'

/** Everything as Prometheus reads it: base units (bytes, seconds), nothing that names a person, a room or a file. */
export function metricsText({ machine, rooms, files, writesWaiting }: Metrics): string {
  const { disk, memory, scanner } = machine
  return [
    gauge('pichat_build_info', 'The version that runs.', [[1, { version: machine.version }]]),
    gauge('pichat_uptime_seconds', 'Since the service started.', [[machine.uptime / 1000]]),
    gauge('process_resident_memory_bytes', 'Memory of this process.', [[memory.ofPichat]]),
    gauge('pichat_event_loop_lag_seconds', 'The longest standstill of the event loop of late.', [[machine.loopLag / 1000]]),
    gauge('pichat_database_writes_waiting', 'Writes accepted and not yet durable.', [[writesWaiting]]),
    gauge('pichat_sockets', 'Open room pages.', [[machine.sockets]]),
    gauge('pichat_people_connected', 'People with at least one open room page.', [[machine.people]]),
    gauge('pichat_rooms', 'Rooms by what becomes of their messages.', [
      [rooms.kept, { history: 'kept' }],
      [rooms.ephemeral, { history: 'ephemeral' }],
    ]),
    gauge(
      'pichat_files',
      'Files by state.',
      Object.entries(files.states).map(([state, count]) => [count, { state }]),
    ),
    gauge('pichat_file_bytes', 'Bytes of all files that are not in the trash.', [[files.bytes]]),
    gauge('pichat_files_pending', 'Files that wait for an administrator.', [[machine.pending]]),
    gauge('pichat_disk_size_bytes', 'The file system with the data.', [[disk.total]]),
    gauge('pichat_disk_free_bytes', 'What the service may still write.', [[disk.free]]),
    gauge('pichat_disk_reserve_bytes', 'Below this uploads stop.', [[disk.reserve]]),
    gauge('pichat_scanner', 'The antivirus: 1 beside the state it is in.', [[1, { state: scanner.is }]]),
    gauge('pichat_clock_trusted', '1 when the time of the machine can be believed.', [[machine.clockTrusted ? 1 : 0]]),
  ].join('')
}

function gauge(name: string, help: string, samples: readonly Sample[]): string {
  const lines = samples.map(([value, labels]) => `${name}${labels ? `{${spell(labels)}}` : ''} ${value}\n`)
  return `# HELP ${name} ${help}\n# TYPE ${name} gauge\n${lines.join('')}`
}

function spell(labels: Labels): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}="${value.replace(/[\\"\n]/g, (sign) => (sign === '\n' ? '\\n' : `\\${sign}`))}"`)
    .join(',')
}
