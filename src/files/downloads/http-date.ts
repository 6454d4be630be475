// SPDX-License-Identifier: GPL-3.0-or-later

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** RFC 9110 §5.6.7: the form that is sent today, that of RFC 850, and what C's asctime() writes. */
const forms = [
  /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), (?<day>\d\d) (?<month>[A-Z][a-z]{2}) (?<year>\d{4}) (?<time>\d\d:\d\d:\d\d) GMT$/,
  /^(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, (?<day>\d\d)-(?<month>[A-Z][a-z]{2})-(?<year>\d\d) (?<time>\d\d:\d\d:\d\d) GMT$/,
  /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) (?<month>[A-Z][a-z]{2}) (?<day>[ \d]\d) (?<time>\d\d:\d\d:\d\d) (?<year>\d{4})$/,
]

/** Years ahead that two digits may mean; what is further was the century before. */
const yearsAhead = 50

/**
 * Epoch ms of an HTTP date; null for anything else, and for a day or an hour that there is not. `near`: about when it should be, epoch ms,
 * for a year of two digits.
 */
export function dateOf(header: string | null, near: number): number | null {
  if (header === null) return null
  for (const form of forms) {
    const { day = '', month = '', year = '', time = '' } = form.exec(header)?.groups ?? {}
    const number = String(months.indexOf(month) + 1).padStart(2, '0')
    const written = `${wholeYear(year, near)}-${number}-${day.trim().padStart(2, '0')}T${time}.000Z`
    const at = Date.parse(written)
    if (!Number.isNaN(at) && new Date(at).toISOString() === written) return at
  }
  return null
}

function wholeYear(digits: string, near: number): number {
  if (digits.length !== 2) return Number(digits)
  const present = new Date(near).getUTCFullYear()
  const year = present - (present % 100) + Number(digits)
  if (year > present + yearsAhead) return year - 100
  return year <= present - yearsAhead ? year + 100 : year
}
