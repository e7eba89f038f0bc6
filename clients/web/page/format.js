// Dates, numbers and codes as people read them.

const dateFormat = (options, timeZone = "UTC") => new Intl.DateTimeFormat("en-GB", { ...options, timeZone });
const LONG = dateFormat({ weekday: "long", day: "numeric", month: "long", year: "numeric" });
const SHORT = dateFormat({ day: "numeric", month: "short", year: "numeric" });
const CLOCK = dateFormat(
  { weekday: "long", day: "numeric", month: "long", year: "numeric", hour: "2-digit", minute: "2-digit" },
  "Europe/London",
);
const LONDON_DAY = dateFormat({ day: "numeric", month: "short", year: "numeric" }, "Europe/London");
const NUMBER = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 1 });

const civil = (date) => new Date(`${date}T00:00:00Z`);

// A civil date, YYYY-MM-DD.
export const longDate = (date) => LONG.format(civil(date));
export const shortDate = (date) => SHORT.format(civil(date));
// An instant, by the clock in London.
export const clock = (instant) => CLOCK.format(new Date(instant));
export const dayOf = (instant) => LONDON_DAY.format(new Date(instant));

export const number = (value) => NUMBER.format(value ?? 0);

// plural(3, "place"): "3 places".
export const plural = (count, one, many = `${one}s`) => `${number(count)} ${count === 1 ? one : many}`;

const WORDS = {
  ICS: "Integrated Care System",
  NHS_TRUST: "NHS trust",
  VCSE: "Voluntary, community and social enterprise",
};
const NAMES = ["IPSWICH", "EAST", "WEST", "NORTH", "SUFFOLK", "ESSEX"];

// A code of an enumeration as words: NHS_TRUST, or SECTOR_NHS_TRUST with its prefix.
export function words(code, prefix = "") {
  const bare = code.startsWith(prefix) ? code.slice(prefix.length) : code;
  if (WORDS[bare]) return WORDS[bare];
  const text = bare
    .split("_")
    .map((word) => (NAMES.includes(word) ? word[0] + word.slice(1).toLowerCase() : word.toLowerCase()))
    .join(" ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}

// The Monday of an ISO 8601 week, such as 2021-W30.
export function mondayOf(week) {
  const [, year, number] = /^(\d{4})-W(\d{2})$/.exec(week);
  const fourth = new Date(Date.UTC(Number(year), 0, 4));
  const monday = fourth.getTime() - ((fourth.getUTCDay() + 6) % 7) * 86_400_000;
  return new Date(monday + (Number(number) - 1) * 7 * 86_400_000).toISOString().slice(0, 10);
}

// A cell of the statistics: hidden numbers say so, and are never 0. Some are hidden to protect another one.
export function cellText(cell, few = "1 to 7") {
  if (cell.status === "STATUS_SUPPRESSED_PRIMARY") return `hidden: ${few}`;
  if (cell.status === "STATUS_SUPPRESSED_SECONDARY") return "hidden";
  if (cell.status === "STATUS_NOT_REACHED") return "not known yet";
  if (cell.status === "STATUS_NOT_AVAILABLE") return "nothing to count yet";
  if (cell.eligible !== undefined) return `${number(cell.number)}% of ${number(cell.eligible)}`;
  return number(cell.number ?? cell.value);
}

export const tierText = (tier) => (tier === "TIER_OPERATIONAL" ? "Exact numbers" : "Publishable numbers");
