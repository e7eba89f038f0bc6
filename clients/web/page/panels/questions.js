// Questions to the reference group that wait for their first answer, and for how long.
import { bars } from "../chart.js";
import { tag } from "../dom.js";
import { dayOf, number, plural, words } from "../format.js";
import { table } from "../table.js";

// The clock of working days: 09:00 to 17:00.
const DAY_MINUTES = 480;
const LONGEST_SHOWN = 20;

export function waitText(minutes = 0) {
  const days = Math.floor(minutes / DAY_MINUTES);
  const hours = Math.floor((minutes % DAY_MINUTES) / 60);
  if (days === 0) return hours === 0 ? "less than an hour" : plural(hours, "hour");
  return hours === 0 ? plural(days, "working day") : `${plural(days, "working day")} ${plural(hours, "hour")}`;
}

// By the working day that they are in, up to the target, and beyond it; without a target, whether they are late.
export function waitBands(questions, targetDays) {
  const late = (question) => question.waiting?.overdue === true;
  const day = (question) => Math.floor((question.waiting?.minutes ?? 0) / DAY_MINUTES);
  const bands = targetDays
    ? Array.from({ length: targetDays }, (_, index) => ({
        label: `Working day ${index + 1}`,
        count: questions.filter((question) => !late(question) && Math.min(day(question), targetDays - 1) === index)
          .length,
      }))
    : [{ label: "In time", count: questions.filter((question) => !late(question)).length }];
  const lateLabel = targetDays ? `Longer than ${plural(targetDays, "working day")}` : "Overdue";
  return [...bands, { label: lateLabel, late: true, count: questions.filter(late).length }];
}

const asked = ({ createTime }) => (createTime ? dayOf(createTime) : "");

export const questions = {
  id: "questions",
  title: "Questions waiting for advice",
  subject: "questions to the reference group",
  services: ["reference_group"],
  async load({ api }) {
    const [waiting, times] = await Promise.all([
      api.all("referencegroup.v1.AdviceService/ListRequests", "requests", { onlyWaiting: true }),
      // Not for every role.
      api.call("referencegroup.v1.AdviceService/GetWaitingTimes").catch((error) => {
        if (error.kind === "forbidden") return {};
        throw error;
      }),
    ]);
    waiting.sort(
      (a, b) =>
        Number(b.waiting?.overdue ?? false) - Number(a.waiting?.overdue ?? false) ||
        (b.waiting?.minutes ?? 0) - (a.waiting?.minutes ?? 0),
    );
    return { waiting, times };
  },
  show({ waiting, times }, _, before) {
    const bands = waitBands(waiting, times.targetDays);
    const late = bands.at(-1).count;
    const median =
      times.medianDays === undefined
        ? ""
        : ` Half of all questions are answered within ${plural(times.medianDays, "working day")}, open ones counted.`;
    return {
      tile: {
        figure: number(waiting.length),
        text: `${waiting.length === 1 ? "question waits" : "questions wait"}${late > 0 ? `, ${late} overdue` : ""}`,
      },
      tier: "Exact numbers",
      lead:
        (waiting.length === 0
          ? "No question waits for its first answer."
          : `${plural(waiting.length, "question waits", "questions wait")} for the first answer, ${number(late)} overdue.`) +
        median,
      chart:
        waiting.length > 0 &&
        bars({
          rows: bands.map(({ label, count, late: isLate }) => ({
            label,
            text: plural(count, "question"),
            parts: [[isLate ? "bad" : "main", count]],
          })),
          before,
        }),
      more:
        waiting.length > 0 &&
        table(
          waiting.length > LONGEST_SHOWN
            ? `The ${LONGEST_SHOWN} most urgent of ${number(waiting.length)}`
            : "Overdue ones first, then by how long they wait",
          ["Question", "Asked", "Waits for", "State"],
          waiting
            .slice(0, LONGEST_SHOWN)
            .map((question) => [
              question.title || "(not shown)",
              asked(question),
              waitText(question.waiting?.minutes),
              question.waiting?.overdue
                ? tag("Overdue", "bad")
                : question.state === "STATE_NEEDS_INFO"
                  ? "Asker was asked for more"
                  : words(question.state, "STATE_"),
            ]),
        ),
      table:
        waiting.length > 0 &&
        table(
          "Questions by how long they wait",
          ["Waiting", { name: "Questions", number: true }],
          bands.map(({ label, count }) => [label, number(count)]),
        ),
      csv: waiting.length > 0 && {
        rows: () => [
          ["asked", "state", "waiting_minutes", "overdue", "needed_by"],
          ...waiting.map((one) => [
            asked(one),
            one.state.replace("STATE_", ""),
            one.waiting?.minutes ?? 0,
            one.waiting?.overdue ? "yes" : "no",
            one.neededBy,
          ]),
        ],
      },
    };
  },
};
