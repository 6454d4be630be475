// SPDX-License-Identifier: GPL-3.0-or-later
// The script of every page, and all that a room needs. Every page works without it, by plain links and forms; it makes them quicker and kinder.
// Order matters once: htmx reads its settings while it is being imported.
import './lib/htmx-settings'
import 'htmx.org'
import './elements/index'
import { watchBusyButtons } from './lib/busy'
import { watchChime } from './lib/chime'
import { watchChoices } from './lib/choices'
import { watchRoomCodes } from './lib/code'
import { watchQuestions } from './lib/confirm'
import { watchCopyButtons } from './lib/copy'
import { watchDialogs } from './lib/dialog'
import { watchDrawers } from './lib/drawer'
import { watchFocus } from './lib/focus'
import { watchKeys } from './lib/keys'
import { watchMenus } from './lib/menu'
import { watchPictures } from './lib/pictures'
import { watchRetry } from './lib/retry'
import { watchReveal } from './lib/reveal'
import { watchShell } from './lib/shell'
import { watchSideRooms } from './lib/side-rooms'
import { watchSwitcher } from './lib/switcher'
import { watchToasts } from './lib/toast'

// What only a script can do is hidden by .needs-script until this stands; .without-script hides from here on.
document.documentElement.dataset.script = 'on'

watchQuestions() // first: a question must be asked before anything else hears the click
watchBusyButtons()
watchDialogs()
watchDrawers()
watchMenus()
watchReveal()
watchCopyButtons()
watchRoomCodes()
watchToasts()
watchFocus()
watchChoices()
watchChime()
watchKeys()
watchSwitcher()
watchSideRooms()
watchRetry()
watchPictures()
watchShell()
