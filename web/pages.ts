// SPDX-License-Identifier: GPL-3.0-or-later
// What pages but rooms need beside web/main.ts: a room is often the first page of a visit, over a weak Wi-Fi, and loads none of it.
import { watchAlertSettings } from './lib/alert-settings'
import { on } from './lib/delegate'
import { holdFocus } from './lib/hold-focus'
import { watchSelection } from './lib/selection'
import { watchSignOut } from './lib/sign-out'
import { watchTheme } from './lib/theme'

watchTheme()
watchAlertSettings()
watchSelection()
holdFocus()
watchSignOut()
on('click', '[data-print]', () => window.print())
