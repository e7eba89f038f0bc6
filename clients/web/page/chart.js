// Bar charts as lists: every bar stands beside its label and its numbers as text, so that nothing is told by length or
// colour alone, and the text wraps on a narrow screen. The bars themselves are SVG without styles of their own.
import { h, svg } from "./dom.js";

const percent = (part, whole) => `${whole > 0 ? (100 * part) / whole : 0}%`;

// What a bar of these parts looks like; `parts` are [kind, number] in order. Kinds are the classes of style.css.
function bar(parts, longest) {
  const picture = svg("svg", { class: "bar", "aria-hidden": "true", focusable: "false" });
  picture.append(svg("rect", { class: "bar__ground", width: "100%", height: "100%" }));
  let from = 0;
  for (const [kind, size] of parts) {
    if (size <= 0) continue;
    picture.append(
      svg("rect", {
        class: `bar__part bar__part--${kind}`,
        x: percent(from, longest),
        width: percent(size, longest),
        height: "100%",
      }),
    );
    from += size;
  }
  return picture;
}

// A chart: `rows` are { label, text, tag, parts, length }, where `length` is what a whole bar stands for, the longest
// row where it is left out; `legend` is [kind, word] for each part. A row whose text changed since `before`, the chart
// that this one replaces, is marked.
export function bars({ rows, legend = [], before }) {
  const former = new Map(
    [...(before?.querySelectorAll("li[data-label]") ?? [])].map((row) => [row.dataset.label, row.dataset.text]),
  );
  const longest = Math.max(1, ...rows.map((row) => row.parts.reduce((sum, [, size]) => sum + size, 0)));
  const items = rows.map(({ label, text, tag, parts, length }) => {
    const changed = former.has(label) && former.get(label) !== text;
    return h(
      "li",
      { class: changed ? "bars__row bars__row--changed" : "bars__row", "data-label": label, "data-text": text },
      h("span", { class: "bars__label" }, label, tag && " ", tag),
      h("span", { class: "bars__text" }, text),
      bar(parts, length ?? longest),
    );
  });
  return h(
    "div",
    { class: "chart" },
    legend.length > 0 &&
      h(
        "ul",
        { class: "legend", "aria-label": "Legend" },
        legend.map(([kind, word]) => h("li", { class: "legend__item" }, bar([[kind, 1]], 1), word)),
      ),
    h("ul", { class: "bars" }, items),
  );
}
