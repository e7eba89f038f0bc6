// Tables that become cards on a narrow screen. Roles are said anew, as browsers drop them with `display`.
import { h } from "./dom.js";

// `columns` are names, or { name, number: true }; cells are text or nodes, the first of a row its heading.
export function table(caption, columns, rows) {
  const heads = columns.map((column) => (typeof column === "string" ? { name: column } : column));
  const kind = (index) => (heads[index].number ? " nhsuk-table__cell--numeric" : "");
  return h(
    "table",
    { class: "nhsuk-table stacking", role: "table" },
    h("caption", { class: "nhsuk-table__caption" }, caption),
    h(
      "thead",
      { class: "nhsuk-table__head", role: "rowgroup" },
      h(
        "tr",
        { role: "row" },
        heads.map(({ name }, index) =>
          h("th", { role: "columnheader", scope: "col", class: `nhsuk-table__header${kind(index)}` }, name),
        ),
      ),
    ),
    h(
      "tbody",
      { class: "nhsuk-table__body", role: "rowgroup" },
      rows.map((cells) =>
        h(
          "tr",
          { class: "nhsuk-table__row", role: "row" },
          cells.map((cell, index) =>
            index === 0
              ? h("th", { role: "rowheader", scope: "row", class: "nhsuk-table__header" }, cell)
              : h(
                  "td",
                  { role: "cell", class: `nhsuk-table__cell${kind(index)}` },
                  h("span", { class: "stacking__name", "aria-hidden": "true" }, heads[index].name),
                  h("span", {}, cell),
                ),
          ),
        ),
      ),
    ),
  );
}
