// Times in the zone and the language of the reader.

const CLOCK = new Intl.DateTimeFormat(undefined, { timeStyle: "short" });
const EXACT = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "short" });
const DAY = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long" });
const DAY_OF_YEAR = new Intl.DateTimeFormat(undefined, { dateStyle: "long" });
const RELATIVE = new Intl.RelativeTimeFormat(undefined, { numeric: "auto" });
const DAY_MS = 24 * 60 * 60 * 1000;

export const dateOf = (epochSeconds) => new Date(epochSeconds * 1000);
export const clock = (date) => CLOCK.format(date);
export const exact = (date) => EXACT.format(date);
export const isSameDay = (one, other) => one.toDateString() === other.toDateString();

/** "Today", "Yesterday", or the date. */
export function day(date, now = new Date()) {
  const midnight = (of) => new Date(of.getFullYear(), of.getMonth(), of.getDate());
  const days = Math.round((midnight(date) - midnight(now)) / DAY_MS); // a day may have 23 or 25 hours
  if (days === 0 || days === -1) return capitalised(RELATIVE.format(days, "day"));
  return (date.getFullYear() === now.getFullYear() ? DAY : DAY_OF_YEAR).format(date);
}

const capitalised = (text) => text.charAt(0).toLocaleUpperCase() + text.slice(1);
