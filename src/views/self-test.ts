// SPDX-License-Identifier: GPL-3.0-or-later
//
// /diagnostico. The server writes every sentence that may stand there; web/self-test.ts finds out which of them is true in this browser.
import { type Html, html, version } from '../core'
import type { PhraseKey, T } from '../i18n'
import type { View } from './layout'
import { icon } from './parts'
import type { Visitor } from './visitor'

interface Place {
  /** `Firefox · Windows`, or empty. */
  device: string
  hostName: string
  /** By PiChat's clock, in milliseconds. */
  now: number
}

type Verdict = 'ok' | 'warn' | 'na' | 'bad'

/** Something that is tried: name → verdict and sentence. */
interface Probe {
  name: string
  icon: string
  title: string
  /** What is done to find out, for pages without script. */
  what: string
  ends: Record<string, readonly [verdict: Verdict, sentence: string, word?: string]>
}

export function selfTestPage(visitor: Visitor, { device, hostName, now }: Place): View {
  const { t, viewer, origin, ip } = visitor
  return {
    title: t('selfTest.shortTitle'),
    shell: viewer ? 'app' : 'bare',
    scripts: ['self-test.js'],
    body: html`${viewer ? '' : html`<main class="sheet" id="contenido" tabindex="-1">`}<div class="page page--read page--wide" id="self-test" data-now="${now}">
${viewer ? '' : html`<nav class="crumbs" aria-label="${t('shared.back')}"><a href="/entrar">${icon('arrow-left')}${t('accounts.enter')}</a></nav>`}<div class="page-head"><div class="page-head__text"><h1>${t('selfTest.title')}</h1><p>${t('selfTest.lead')}</p></div><div class="page-head__actions needs-script"><button class="btn" type="button" data-copy-from="informe" data-copy-say="${t('selfTest.reportCopied')}">${icon('copy')}${t('selfTest.copyReport')}</button></div></div>
<div class="notice notice--info without-script">${icon('info')}<div class="notice__body"><p class="notice__title">${t('selfTest.withoutScript')}</p><p>${t('selfTest.withoutScriptThen')}</p></div></div>
<div role="status">${summary('good', 'circle-check', t('selfTest.allWell'), t('selfTest.restOfHttp'), 'http')}${summary('good', 'circle-check', t('selfTest.allWell'), t('selfTest.withHttps'), 'https')}${summary('warn', 'triangle-alert', t('selfTest.notAll'), t('selfTest.notAllThen'), 'not')}</div>
<section class="section" aria-labelledby="esencial"><h2 class="section__title" id="esencial">${t('selfTest.essentials')}</h2><ul class="list">${essentials(t).map((probe) => line(t, probe))}</ul></section>
<section class="section" aria-labelledby="con-http"><div class="section__head"><h2 class="section__title" id="con-http">${t('selfTest.withHttp')}</h2><p class="mono">${origin}</p></div><ul class="list">${ofHttp(t).map((probe) => line(t, probe))}</ul></section>
<section class="section" aria-labelledby="este-equipo"><h2 class="section__title" id="este-equipo">${t('selfTest.thisDevice')}</h2><dl class="facts"><div><dt>${t('selfTest.browser')}</dt><dd data-fact>${device || t('selfTest.unknownBrowser')}</dd></div><div class="needs-script"><dt>${t('selfTest.screen')}</dt><dd class="num" data-fact data-screen></dd></div><div><dt>${t('selfTest.address')}</dt><dd class="mono" data-fact>${ip}</dd></div><div><dt>PiChat</dt><dd class="num" data-fact>${version} · ${hostName}</dd></div></dl></section>
<details class="section needs-script"><summary class="btn btn--sm">${t('selfTest.showReport')}</summary><pre class="terminal" id="informe"></pre></details>
</div>${viewer ? '' : html`</main>`}`,
  }
}

function summary(tone: 'good' | 'warn', look: string, title: string, text: string, when: string): Html {
  return html`<div class="notice notice--${tone}" data-summary="${when}" hidden>${icon(look)}<div class="notice__body"><p class="notice__title">${title}</p><p>${text}</p></div></div>`
}

function line(t: T, { name, icon: look, title, what, ends }: Probe): Html {
  const words: Record<Verdict, string> = {
    ok: t('selfTest.works'),
    warn: t('selfTest.otherWay'),
    na: t('selfTest.notHere'),
    bad: t('selfTest.notHere'),
  }
  const templates = Object.entries(ends).map(
    ([end, [verdict, sentence, word]]) =>
      html`<template data-end="${end}"><span class="verdict" data-is="${verdict}">${icon(verdictIcons[verdict])}<span>${word ?? words[verdict]}</span></span><p>${sentence}</p></template>`,
  )
  return html`<li class="probe" data-probe="${name}">${icon(look)}<div><div class="probe__head"><h3>${title}</h3><span class="verdict needs-script" data-is="na">${icon('hourglass')}<span>${t('selfTest.checking')}</span></span></div><p>${what}</p></div>${templates}</li>`
}

const verdictIcons: Record<Verdict, string> = { ok: 'circle-check', warn: 'triangle-alert', na: 'circle-minus', bad: 'circle-x' }

function essentials(t: T): Probe[] {
  return [
    {
      name: 'live',
      icon: 'radio',
      title: t('selfTest.live'),
      what: t('selfTest.liveWhat'),
      ends: {
        ok: ['ok', t.say('selfTest.liveOk')],
        old: ['bad', t('selfTest.liveOld')],
        cut: ['bad', t('selfTest.liveCut')],
      },
    },
    {
      name: 'upload',
      icon: 'upload',
      title: t('selfTest.upload'),
      what: t('selfTest.uploadWhat'),
      ends: { ok: ['ok', t('selfTest.uploadOk')], no: ['warn', t('selfTest.uploadNo')] },
    },
    {
      name: 'session',
      icon: 'cookie',
      title: t('selfTest.session'),
      what: t('selfTest.sessionWhat'),
      ends: { ok: ['ok', t('selfTest.sessionOk')], no: ['bad', t('selfTest.sessionNo')] },
    },
    {
      name: 'drafts',
      icon: 'hard-drive',
      title: t('selfTest.drafts'),
      what: t('selfTest.draftsWhat'),
      ends: { ok: ['ok', t('selfTest.draftsOk')], no: ['na', t('selfTest.draftsNo')] },
    },
    {
      name: 'time',
      icon: 'clock',
      title: t('selfTest.time'),
      what: t('selfTest.timeWhat'),
      ends: {
        ok: ['ok', t('selfTest.timeOk')],
        aheadOne: ['warn', t('selfTest.timeAhead'), apart(t, 1)],
        aheadOther: ['warn', t('selfTest.timeAhead'), apart(t)],
        behindOne: ['warn', t('selfTest.timeBehind'), apart(t, 1)],
        behindOther: ['warn', t('selfTest.timeBehind'), apart(t)],
      },
    },
  ]
}

/** Without a number, the place for it: the browser fills it in. */
function apart(t: T, n?: number): string {
  return t.say('selfTest.timeApart' satisfies PhraseKey, n === undefined ? {} : { n })
}

function ofHttp(t: T): Probe[] {
  return [
    {
      name: 'encrypted',
      icon: 'lock-open',
      title: t('selfTest.encrypted'),
      what: t('selfTest.encryptedWhat'),
      ends: { ok: ['ok', t('selfTest.encryptedOk')], no: ['na', t('selfTest.encryptedNo'), t('selfTest.no')] },
    },
    {
      name: 'notifications',
      icon: 'bell-off',
      title: t('selfTest.notifications'),
      what: t('selfTest.notificationsWhat'),
      ends: {
        ok: ['ok', t('selfTest.notificationsOk')],
        ask: ['ok', t('selfTest.notificationsAsk')],
        blocked: ['warn', t('selfTest.notificationsBlocked')],
        no: ['na', t('selfTest.notificationsNo')],
      },
    },
    {
      name: 'sound',
      icon: 'bell',
      title: t('selfTest.sound'),
      what: t('selfTest.soundWhat'),
      ends: { ok: ['ok', t('selfTest.soundOk')], no: ['na', t('selfTest.soundNo')] },
    },
    {
      name: 'clipboard',
      icon: 'copy',
      title: t('selfTest.clipboard'),
      what: t('selfTest.clipboardWhat'),
      ends: {
        ok: ['ok', t('selfTest.clipboardOk')],
        old: ['warn', t('selfTest.clipboardOld')],
        no: ['na', t('selfTest.clipboardNo')],
      },
    },
    {
      name: 'scan',
      icon: 'camera',
      title: t('selfTest.scan'),
      what: t('selfTest.scanOther'),
      ends: { other: ['warn', t('selfTest.scanOther')] },
    },
    {
      name: 'install',
      icon: 'smartphone',
      title: t('selfTest.install'),
      what: t('selfTest.installOther'),
      ends: { other: ['warn', t('selfTest.installOther')] },
    },
  ]
}
