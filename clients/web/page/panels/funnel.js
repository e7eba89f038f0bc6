// The way of people from registration to the session.
import { bars } from "../chart.js";
import { cellText, tierText } from "../format.js";
import { table } from "../table.js";

const STEPS = {
  "people.registered": "Registered",
  "people.seated": "Have a place",
  "people.waiting": "Wait for a place",
  "people.attended": "Attended",
};

export const funnel = {
  id: "funnel",
  title: "Registration",
  subject: "registrations",
  services: ["participants", "workshops"],
  async load({ api, viewer, position }) {
    const summary =
      viewer.roles.length > 0
        ? await api.counted("statistics.v1.StatisticsService/GetSummary", {}, position)
        : (await api.call("statistics.v1.StatisticsService/GetPublicSummary")).summary;
    return { tier: summary.tier, cells: summary.funnel.filter(({ category }) => STEPS[category]) };
  },
  show({ tier, cells }, { viewer }, before) {
    const whole = viewer.roles.length > 0;
    const seated = cells.find(({ category }) => category === "people.seated");
    return {
      tile: seated && { figure: seated.value === undefined ? "–" : cellText(seated), text: "people have a place" },
      tier: tierText(tier),
      lead: "From registration to the session. Who has a place may wait for another one too.",
      chart: bars({
        rows: cells.map((cell) => ({
          label: STEPS[cell.category],
          text: cellText(cell),
          parts: [[cell.category === "people.waiting" ? "late" : "main", cell.value ?? 0]],
        })),
        before,
      }),
      table: table(
        "People, each counted once",
        ["Step", { name: "People", number: true }],
        cells.map((cell) => [STEPS[cell.category], cellText(cell)]),
      ),
      csv: { href: whole ? "/v1/statistics?format=csv" : "/v1/public/statistics?format=csv" },
    };
  },
};
