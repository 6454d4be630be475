// SPDX-License-Identifier: GPL-3.0-or-later
export { type Reading, readConfig, SettingsRefused, type Source } from './config'
export { type Config, type SettingName, settings } from './settings'
