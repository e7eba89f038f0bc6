// Which plans need help, and why: from the plans and what the server says is due. Pure, so that it is tested alone.
import { number, plural } from "../format.js";

const OPEN = ["STATE_DRAFT", "STATE_ACTIVE", "STATE_PAUSED", "STATE_CLOSING", "STATE_LAPSED"];

export const isOpen = ({ state }) => OPEN.includes(state);

// Bands of a quarter of the days each, before them and after them.
export function bandsOf(length) {
  const edge = (quarter) => Math.round((quarter * length) / 4);
  return [
    { label: "Not started", holds: (day) => day === undefined || day < 0 },
    ...[0, 1, 2, 3].map((quarter) => {
      const last = quarter === 3 ? length : edge(quarter + 1) - 1;
      return { label: `Day ${edge(quarter)} to ${last}`, holds: (day) => day >= edge(quarter) && day <= last };
    }),
    { label: `After day ${length}`, holds: (day) => day > length },
  ];
}

// A draft may have a start date that has passed: its clock has not begun.
export const dayOf = ({ state, progress }) => (state === "STATE_DRAFT" ? undefined : progress?.day);

export const HEALTH = {
  HEALTH_OFF_TRACK: ["bad", "off track"],
  HEALTH_AT_RISK: ["late", "at risk"],
  HEALTH_ON_TRACK: ["main", "on track"],
  HEALTH_UNSPECIFIED: ["rest", "not said yet"],
};
export const healthOf = ({ health }) => (HEALTH[health] ? health : "HEALTH_UNSPECIFIED");

const DUE = {
  KIND_REVIEW: "A review",
  KIND_CLOSING: "Closing",
  KIND_BARRIER: "A promise about a barrier",
  KIND_SILENCE: "A check-in",
};

function dueText({ kind, daysLeft = 0 }) {
  const when =
    daysLeft < 0
      ? `is ${plural(-daysLeft, "day")} overdue`
      : daysLeft === 0
        ? "is due today"
        : `is due in ${plural(daysLeft, "day")}`;
  return `${DUE[kind] ?? "Something"} ${when}`;
}

// The plans that need somebody, most urgent first: off track, owner left, something overdue, at risk, due soon.
export function plansInNeed(plans, due) {
  const items = groupBy(due);
  const found = [];
  for (const plan of plans.filter(isOpen)) {
    const own = (items.get(plan.name) ?? []).filter(({ kind }) => kind !== "KIND_OWNER_LEFT");
    const overdue = own.filter(({ daysLeft = 0 }) => daysLeft <= 0);
    const rank = [
      healthOf(plan) === "HEALTH_OFF_TRACK",
      plan.ownerLeft === true,
      overdue.length > 0,
      healthOf(plan) === "HEALTH_AT_RISK",
      own.length > 0,
    ];
    const first = rank.indexOf(true);
    if (first < 0) continue;
    const reasons = [];
    if (rank[0]) reasons.push("Off track");
    if (rank[1]) reasons.push("The owner left");
    if (rank[3]) reasons.push("At risk");
    own.sort((a, b) => (a.daysLeft ?? 0) - (b.daysLeft ?? 0));
    reasons.push(...own.map(dueText));
    found.push({ plan, rank: first, reasons, soonest: own[0]?.daysLeft ?? Infinity });
  }
  const day = ({ plan }) => dayOf(plan) ?? -1;
  return found.sort(
    (a, b) => a.rank - b.rank || (a.soonest < b.soonest ? -1 : a.soonest > b.soonest ? 1 : day(b) - day(a)),
  );
}

function groupBy(due) {
  const groups = new Map();
  for (const item of due) groups.set(item.plan, [...(groups.get(item.plan) ?? []), item]);
  return groups;
}

export function dayText(plan) {
  const day = dayOf(plan);
  if (day === undefined) return "Not started";
  return day < 0 ? `Starts in ${plural(-day, "day")}` : `Day ${number(day)} of ${number(plan.progress.lengthDays)}`;
}
