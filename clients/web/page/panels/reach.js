// Which organisations the challenge has reached: those with somebody registered.
import { bars } from "../chart.js";
import { h } from "../dom.js";
import { cellText, number, tierText, words } from "../format.js";
import { table } from "../table.js";

const NOTHING = { value: 0, status: "STATUS_EXACT" };
const COLUMNS = { "people.registered": "Registered", "people.seated": "With a place", "people.attended": "Attended" };

// A hidden number is small, and not 0.
const some = (cell) => cell.value === undefined || cell.value > 0;

export const reach = {
  id: "reach",
  title: "Organisations reached",
  subject: "organisations",
  services: ["participants", "workshops"],
  async load({ api, position }) {
    const byOrganisation = async (measure) => {
      const request = { measure, dimensions: ["DIMENSION_ORGANISATION"] };
      const { table: answer } = await api.counted("statistics.v1.StatisticsService/QueryTable", request, position);
      return { tier: answer.tier, cells: new Map(answer.cells.map((cell) => [cell.category, cell])) };
    };
    const [organisations, ...tables] = await Promise.all([
      api.all("participants.v1.OrganisationService/ListOrganisations", "organisations"),
      ...Object.keys(COLUMNS).map(byOrganisation),
    ]);
    return {
      tier: tables[0].tier,
      // People without an employer are kept by an organisation that nobody has to reach.
      organisations: organisations
        .filter(({ sector }) => sector !== "SECTOR_INDEPENDENT")
        .map(({ name, displayName, sector }) => ({
          name: displayName,
          sector: words(sector, "SECTOR_"),
          cells: tables.map(({ cells }) => cells.get(name) ?? NOTHING),
        }))
        .sort((a, b) => a.name.localeCompare(b.name)),
    };
  },
  show({ tier, organisations }, _, before) {
    const reached = organisations.filter(({ cells }) => some(cells[0]));
    const missing = organisations.filter(({ cells }) => !some(cells[0]));
    const sectors = [...new Set(organisations.map(({ sector }) => sector))].sort();
    const of = (list, sector) => list.filter((one) => one.sector === sector).length;
    const heads = ["Organisation", "Sector", "Reached", ...Object.values(COLUMNS)];
    return {
      tile: { figure: `${number(reached.length)} of ${number(organisations.length)}`, text: "organisations reached" },
      tier: tierText(tier),
      lead: `${number(reached.length)} of ${number(organisations.length)} organisations have somebody registered.`,
      chart:
        organisations.length > 0 &&
        bars({
          legend: [
            ["main", "reached"],
            ["rest", "not reached"],
          ],
          rows: sectors.map((sector) => ({
            label: sector,
            text: `${number(of(reached, sector))} of ${number(of(organisations, sector))}`,
            parts: [
              ["main", of(reached, sector)],
              ["rest", of(missing, sector)],
            ],
          })),
          before,
        }),
      more: missing.length > 0 && [
        h("h3", { class: "nhsuk-heading-s" }, "Not reached yet"),
        h(
          "ul",
          { class: "nhsuk-list nhsuk-list--bullet columns" },
          missing.map(({ name }) => h("li", {}, name)),
        ),
      ],
      table: table(
        "Organisations",
        ["Organisation", ...Object.values(COLUMNS).map((name) => ({ name, number: true }))],
        organisations.map((one) => [one.name, ...one.cells.map(cellText)]),
      ),
      csv: {
        rows: () => [
          heads,
          ...organisations.map((one) => [
            one.name,
            one.sector,
            some(one.cells[0]) ? "yes" : "no",
            ...one.cells.map(({ value }) => value),
          ]),
        ],
      },
    };
  },
};
