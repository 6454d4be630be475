// SPDX-License-Identifier: GPL-3.0-or-later

/** Ends the build with one sentence that says what to do. */
export class BuildStopped extends Error {}

/** One line about what a step made. */
export function tell(line: string): void {
  console.log(`      ${line}`)
}

/** `1.2 MB`, `34.5 KB`: decimal for what lies on a disk. */
export function showSize(bytes: number): string {
  return bytes >= 1e6 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e3).toFixed(1)} KB`
}

/** What a bundler said, as one sentence. */
export function reason(problem: unknown): string {
  const parts: unknown[] = problem instanceof AggregateError ? problem.errors : [problem]
  return parts.map(sentence).join('; ')
}

function sentence(part: unknown): string {
  if (part instanceof BuildMessage || part instanceof ResolveMessage) {
    const { message, position } = part
    return position ? `${message} (${position.file}:${position.line})` : message
  }
  return part instanceof Error ? part.message : String(part)
}
