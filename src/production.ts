// SPDX-License-Identifier: GPL-3.0-or-later
// Imported before anything else: without this the executable runs Elysia in development mode, whose error pages show stack and source.
if (Bun.isStandaloneExecutable) Bun.env.NODE_ENV = 'production'

export {}
