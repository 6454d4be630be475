// SPDX-License-Identifier: GPL-3.0-or-later

declare module 'systemd-notify' {
  interface Options {
    readonly ready?: boolean
    readonly status?: string
    readonly pid?: number
    readonly booted?: boolean
  }
  /** Starts the program `systemd-notify`; rejects when that is missing or fails. It does not fail where nobody listens. */
  export default function notify(options: Options): Promise<unknown>
}
