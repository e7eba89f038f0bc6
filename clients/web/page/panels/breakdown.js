// One number, broken down as the reader chooses: what is counted and by what comes from the server's list of measures.
import { bars } from "../chart.js";
import { may } from "../credential.js";
import { h } from "../dom.js";
import { cellText, longDate, mondayOf, tierText, words } from "../format.js";
import { table } from "../table.js";

const DIMENSIONS = {
  DIMENSION_SECTOR: "sector",
  DIMENSION_PLACE: "alliance",
  DIMENSION_ORGANISATION: "organisation",
  DIMENSION_SESSION: "session",
  DIMENSION_ISO_WEEK: "week",
  DIMENSION_DAY_BAND: "day",
  DIMENSION_STATE: "state",
  DIMENSION_PROGRAMME: "programme",
};

function category(dimension, code, organisations) {
  switch (dimension) {
    case "DIMENSION_ORGANISATION":
      return organisations.get(code) ?? code.replace("organisations/", "").toUpperCase();
    case "DIMENSION_SESSION": {
      const [, date, hour, minute] = /(\d{4}-\d{2}-\d{2})-(\d{2})(\d{2})/.exec(code) ?? [];
      return date ? `${longDate(date)}, ${hour}:${minute}` : code;
    }
    case "DIMENSION_ISO_WEEK":
      return /^\d{4}-W\d{2}$/.test(code) ? `Week of ${longDate(mondayOf(code)).replace("Monday ", "")}` : words(code);
    default:
      return words(code);
  }
}

const option = (value, text, chosen) => h("option", { value, selected: value === chosen }, text);

// Made anew for each page, as it keeps what was chosen.
export function breakdown() {
  let measures = [];
  let measure = "people.seated";
  let dimension = "DIMENSION_SECTOR";
  const measureSelect = h("select", { class: "nhsuk-select", id: "breakdown-measure" });
  const dimensionSelect = h("select", { class: "nhsuk-select", id: "breakdown-dimension" });

  function offer() {
    measureSelect.replaceChildren(...measures.map(({ id, displayName }) => option(id, displayName, measure)));
    const { dimensions } = measures.find(({ id }) => id === measure);
    if (!dimensions.includes(dimension)) [dimension] = dimensions;
    dimensionSelect.replaceChildren(
      ...dimensions.filter((one) => DIMENSIONS[one]).map((one) => option(one, DIMENSIONS[one], dimension)),
    );
  }

  return {
    id: "breakdown",
    title: "Breakdown",
    subject: "these numbers",
    services: ["participants", "workshops", "benefit_plans", "reference_group"],
    controls(onChange) {
      const choose = (apply) => () => {
        apply();
        offer();
        onChange();
      };
      measureSelect.addEventListener(
        "change",
        choose(() => (measure = measureSelect.value)),
      );
      dimensionSelect.addEventListener(
        "change",
        choose(() => (dimension = dimensionSelect.value)),
      );
      return h(
        "div",
        { class: "controls" },
        h(
          "div",
          { class: "controls__one" },
          h("label", { class: "nhsuk-label", for: "breakdown-measure" }, "Number"),
          measureSelect,
        ),
        h(
          "div",
          { class: "controls__one" },
          h("label", { class: "nhsuk-label", for: "breakdown-dimension" }, "By"),
          dimensionSelect,
        ),
      );
    },
    async load({ api, viewer, position }) {
      if (measures.length === 0) {
        ({ measures } = await api.call("statistics.v1.StatisticsService/ListMeasures"));
        // What is not published at all, which is feedback, is for those who may read it.
        const reads = may(viewer, "central_team", "facilitator", "analyst");
        measures = measures.filter(
          ({ dimensions, publishable }) => dimensions.length > 0 && (reads || publishable.length > 0),
        );
        offer();
      }
      const request = { measure, dimensions: [dimension] };
      const { table: answer } =
        viewer.roles.length > 0
          ? await api.counted("statistics.v1.StatisticsService/QueryTable", request, position)
          : await api.call("statistics.v1.StatisticsService/QueryPublicTable", request);
      const named = dimension === "DIMENSION_ORGANISATION" && viewer.roles.length > 0;
      const organisations = named
        ? await api.all("participants.v1.OrganisationService/ListOrganisations", "organisations")
        : [];
      return {
        measure,
        dimension,
        tier: answer.tier,
        cells: answer.cells,
        names: organisations.map((one) => [one.name, one.displayName]),
      };
    },
    show({ tier, cells, names, ...chosen }, { viewer }, before) {
      const { displayName, definition, unit, publishable } = measures.find(({ id }) => id === chosen.measure);
      const organisations = new Map(names);
      // What is published says 0; feedback from nobody looks the same as from a few.
      const textOf = (cell) => (publishable.length > 0 ? cellText(cell) : cellText(cell, "fewer than 8"));
      const by = DIMENSIONS[chosen.dimension];
      const rows = cells.map((cell) => [category(chosen.dimension, cell.category, organisations), cell]);
      const address = viewer.roles.length > 0 ? "/v1/statistics" : "/v1/public/statistics";
      return {
        tier: tierText(tier),
        lead: cells.length === 0 ? "There is nothing to count yet." : `${displayName}, by ${by}.`,
        chart:
          rows.length > 0 &&
          bars({
            rows: rows.map(([label, cell]) => ({ label, text: textOf(cell), parts: [["main", cell.number ?? cell.value ?? 0]] })),
            before,
          }),
        table: rows.length > 0 && [
          h("p", { class: "panel__note" }, definition),
          table(
            `${displayName}, by ${by}`,
            [
              by.charAt(0).toUpperCase() + by.slice(1),
              { name: unit.charAt(0).toUpperCase() + unit.slice(1), number: true },
            ],
            rows.map(([label, cell]) => [label, textOf(cell)]),
          ),
        ],
        csv: { href: `${address}/${chosen.measure}?dimensions=${chosen.dimension}&format=csv` },
      };
    },
  };
}
