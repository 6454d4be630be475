// SPDX-License-Identifier: GPL-3.0-or-later
// htmx reads a meta element while it starts. It is made here rather than in the page so that the settings have one place.
const settings = {
  // Back and Forward load the page anew: what other people changed meanwhile must be there.
  history: 'reload',
  // It would add a style sheet of its own; ours says how a busy control looks.
  includeIndicatorCSS: false,
  // A second spelling (data-hx-…) is only a second thing to escape.
  prefix: '',
  mode: 'same-origin',
  defaultTimeout: 60_000,
}

const meta = document.createElement('meta')
meta.name = 'htmx-config'
meta.content = JSON.stringify(settings)
document.head.prepend(meta) // the first one counts
