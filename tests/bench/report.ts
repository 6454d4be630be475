// SPDX-License-Identifier: GPL-3.0-or-later
import { cpus, totalmem } from 'node:os'
import type { Figure, Row } from './figure'

const columns = ['', 'PiChat', 'reference', 'ratio', 'bar', 'holds'] as const

/** The figure as a table for the console. */
export function table({ title, rows, notes }: Figure): string {
  const lines = [columns, ...rows.map(cells)]
  const widths = columns.map((_, column) => Math.max(...lines.map((line) => line[column]!.length)))
  const drawn = lines.map((line) => `  ${line.map((cell, column) => cell.padEnd(widths[column]!)).join('  ')}`.trimEnd())
  return [`\n${title}`, ...drawn, ...notes.map((note) => `  · ${note}`)].join('\n')
}

/** Every figure as it goes into the README: the ratio first, the two numbers behind it after. */
export function markdown(figures: readonly Figure[], seconds: number): string {
  const rows = figures.flatMap((figure) => figure.rows)
  const [processor] = cpus()
  return [
    '## Figures',
    '',
    `\`bun run bench\` measures PiChat beside bare references (\`tests/bench/references\`) in one run; medians of several runs each. ${sentence(rows)}`,
    '',
    `Here: ${cpus().length} × ${processor?.model ?? 'unknown processor'}, ${Math.round(totalmem() / 2 ** 30)} GiB, Bun ${Bun.version}, ${Math.round(seconds)} s for everything.`,
    ...figures.flatMap(({ title, rows, notes }) => [
      '',
      `**${title}**`,
      '',
      '| | ratio | bar | PiChat | reference | holds |',
      '|---|---|---|---|---|---|',
      ...rows.map(({ what, ratio, bar, pichat, reference, holds }) =>
        line([what, ratio, bar, pichat, reference, holds === undefined ? '' : holds ? 'yes' : '**no**']),
      ),
      '',
      ...notes.map((note) => `- ${note}`),
    ]),
  ].join('\n')
}

/** What missed its bar, plainly; or that nothing did. */
export function sentence(rows: readonly Row[]): string {
  const judged = rows.filter(({ holds }) => holds !== undefined)
  const missed = judged.filter(({ holds }) => !holds)
  if (missed.length === 0) return `All ${judged.length} bars hold.`
  return `${judged.length - missed.length} of ${judged.length} bars hold; missed: ${missed.map(({ what, ratio, pichat, bar }) => `${what} (${ratio || pichat}, bar ${bar})`).join('; ')}.`
}

function cells({ what, pichat, reference, ratio, bar, holds }: Row): string[] {
  return [what, pichat, reference, ratio, bar, holds === undefined ? '' : holds ? 'yes' : 'NO']
}

function line(parts: readonly string[]): string {
  return `| ${parts.map((part) => part.replaceAll('|', '\\|')).join(' | ')} |`
}
