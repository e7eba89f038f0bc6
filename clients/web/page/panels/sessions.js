// Sessions: dates, places left, SOLD OUT; for who may see it, who waits and who came.
import { bars } from "../chart.js";
import { tag } from "../dom.js";
import { cellText, longDate, number, plural } from "../format.js";
import { table } from "../table.js";

const STATES = {
  STATE_OPEN: null,
  STATE_SOLD_OUT: ["SOLD OUT", "bad"],
  STATE_PAST: ["Past", "quiet"],
  STATE_CANCELLED: ["Cancelled", "quiet"],
};

// The chart has what is to come, and of what is over so many; the table has all.
const PAST_SHOWN = 3;

const stateTag = ({ state }) => STATES[state] && tag(...STATES[state]);
const label = ({ date, start, end }) => `${longDate(date)}, ${start} to ${end}`;

// What anyone may see names places left; how many there are stands in the public statistics, under the date.
async function loadPublic({ api }) {
  const [sessions, { summary }] = await Promise.all([
    api.all("workshops.v1.SessionService/ListPublicSessions", "sessions"),
    api.call("statistics.v1.StatisticsService/GetPublicSummary").catch(() => ({ summary: {} })),
  ]);
  const once = (list, date) => list.filter((one) => one.date === date && !one.cancelled).length === 1;
  return sessions.map(({ date, start, end, placesLeft, state }) => {
    const numbers =
      once(sessions, date) &&
      once(summary.sessions ?? [], date) &&
      summary.sessions.find((one) => one.date === date && !one.cancelled);
    return {
      date,
      start,
      end,
      state,
      left: placesLeft,
      capacity: numbers ? Math.max(numbers.capacity, placesLeft) : undefined,
    };
  });
}

async function loadWhole({ api, position }) {
  const [sessions, summary] = await Promise.all([
    api.all("workshops.v1.SessionService/ListSessions", "sessions", { parent: "workshops/-" }),
    api.counted("statistics.v1.StatisticsService/GetSummary", {}, position).catch(() => ({})),
  ]);
  const numbers = new Map((summary.sessions ?? []).map((one) => [one.session, one]));
  return sessions.map(({ name, date, start, end, state, capacity, placesTaken, waiting }) => ({
    date,
    start,
    end,
    state,
    capacity,
    waiting,
    left: capacity - placesTaken,
    attended: numbers.get(name)?.attended,
  }));
}

function row(session) {
  const { capacity, left, waiting, state } = session;
  const open = state === "STATE_OPEN" || state === "STATE_SOLD_OUT";
  const text = [
    state === "STATE_CANCELLED" ? "does not take place" : open ? `${plural(left, "place")} left` : "",
    capacity !== undefined && open ? `${number(capacity - left)} of ${number(capacity)} taken` : "",
    capacity !== undefined && state === "STATE_PAST"
      ? `${number(capacity - left)} of ${number(capacity)} places were taken`
      : "",
    waiting > 0 ? `${number(waiting)} waiting` : "",
    state === "STATE_PAST" && session.attended ? `${cellText(session.attended)} came` : "",
  ];
  const parts =
    capacity === undefined || state === "STATE_CANCELLED"
      ? []
      : [
          ["main", capacity - left],
          ["rest", left],
          ["late", waiting ?? 0],
        ];
  return { label: label(session), tag: stateTag(session), text: text.filter(Boolean).join(", "), parts };
}

export const sessions = {
  id: "sessions",
  title: "Sessions and places",
  subject: "sessions",
  services: ["workshops"],
  load: (context) => (context.viewer.roles.length > 0 ? loadWhole(context) : loadPublic(context)),
  show(data, { viewer }, before) {
    const whole = viewer.roles.length > 0;
    const coming = data.filter(({ state }) => state === "STATE_OPEN" || state === "STATE_SOLD_OUT");
    const left = coming.reduce((sum, session) => sum + session.left, 0);
    const soldOut = coming.filter(({ state }) => state === "STATE_SOLD_OUT").length;
    const waiting = coming.reduce((sum, session) => sum + (session.waiting ?? 0), 0);
    const over = data
      .filter(({ state }) => state === "STATE_PAST")
      .reverse()
      .slice(0, PAST_SHOWN);
    const charted = [...data.filter(({ state }) => state !== "STATE_PAST"), ...over];
    const known = coming.some(({ capacity }) => capacity !== undefined) || (whole && data.length > 0);
    return {
      tile: { figure: number(left), text: `places left${soldOut > 0 ? `, ${soldOut} sold out` : ""}` },
      tier: "Exact numbers",
      lead:
        coming.length === 0
          ? "No session is to come."
          : `${plural(coming.length, "session")} to come, ${plural(left, "place")} left${whole ? `, ${plural(waiting, "person waits", "people wait")}` : ""}.`,
      chart:
        charted.length > 0 &&
        bars({
          rows: charted.map(row),
          before,
          legend: known ? [["main", "taken"], ["rest", "left"], ...(whole ? [["late", "waiting"]] : [])] : [],
        }),
      table:
        data.length > 0 &&
        table(
          "Sessions in the order in which they start",
          [
            "Session",
            "State",
            { name: "Places left", number: true },
            ...(whole ? ["Places", "Waiting", "Came"].map((name) => ({ name, number: true })) : []),
          ],
          data.map((session) => [
            label(session),
            stateTag(session) ?? "Open",
            number(session.left),
            ...(whole
              ? [
                  number(session.capacity),
                  number(session.waiting),
                  session.attended && session.state === "STATE_PAST" ? cellText(session.attended) : "–",
                ]
              : []),
          ]),
        ),
      csv: { href: whole ? "/v1/workshops/-/sessions?format=csv" : "/v1/public/sessions?format=csv" },
    };
  },
};
