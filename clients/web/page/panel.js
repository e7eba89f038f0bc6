// What all panels have in common: a heading, a sentence, a chart, the same as a table and as a file, and saying so when
// there is nothing to show. The frame is made once; only what is in it changes, so that focus and open details stay.
import { save, toCsv } from "./csv.js";
import { h } from "./dom.js";

const PROBLEMS = {
  missing: (panel) => `This server does not have ${panel.subject}.`,
  forbidden: (panel) => `Your token does not let you see ${panel.subject}.`,
  unreachable: () => "The server does not answer at the moment. This page tries again by itself.",
  token: () => "The server does not accept your token.",
};

export class Panel {
  // `definition` has: id, title, subject (words for messages), services (whose changes matter), load(context) -> data,
  // show(data, context) -> { tile, tier, lead, chart, more, table, csv }, and optionally controls(onChange) -> element.
  constructor(definition, context) {
    Object.assign(this, definition);
    this.context = context;
    this.slots = {
      tier: h("span", { class: "panel__tier" }),
      lead: h("p", { class: "nhsuk-body panel__lead" }),
      problem: h("div", { class: "nhsuk-inset-text panel__problem", hidden: true }),
      chart: h("div", {}),
      more: h("div", {}),
      table: h("div", {}),
    };
    this.details = h(
      "details",
      { class: "nhsuk-details", hidden: true },
      h(
        "summary",
        { class: "nhsuk-details__summary" },
        h(
          "span",
          { class: "nhsuk-details__summary-text" },
          "Show as a table",
          h("span", { class: "nhsuk-u-visually-hidden" }, `: ${this.title}`),
        ),
      ),
      h("div", { class: "nhsuk-details__text" }, this.slots.table),
    );
    this.file = h(
      "a",
      { class: "panel__file", href: "#", hidden: true, onclick: (event) => this.#save(event) },
      "Download CSV",
      h("span", { class: "nhsuk-u-visually-hidden" }, `: ${this.title}`),
    );
    this.element = h(
      "section",
      { class: `panel panel--${this.id}`, id: this.id, "aria-labelledby": `${this.id}-title`, "aria-busy": "true" },
      h(
        "div",
        { class: "panel__head" },
        h("h2", { class: "nhsuk-heading-m panel__title", id: `${this.id}-title` }, this.title),
        this.slots.tier,
      ),
      this.controls?.(() => this.refresh()),
      this.slots.lead,
      this.slots.problem,
      this.slots.chart,
      this.slots.more,
      (this.foot = h("div", { class: "panel__foot", hidden: true }, this.details, this.file)),
    );
    this.slots.lead.textContent = "Loading…";
  }

  // Loads and shows. Called again while it loads, it loads once more afterwards.
  async refresh(position) {
    this.position = position;
    if (this.loading) {
      this.again = true;
      return;
    }
    this.loading = true;
    do {
      this.again = false;
      await this.#refreshOnce();
    } while (this.again && this.element.isConnected);
    this.loading = false;
  }

  async #refreshOnce() {
    try {
      const data = await this.load({ ...this.context, position: this.position });
      this.#tell(null);
      const text = JSON.stringify(data);
      if (text !== this.shown) this.#render(data);
      this.shown = text;
    } catch (error) {
      if (error.kind === "token") this.context.onRefused();
      this.#tell(error);
    }
    this.element.removeAttribute("aria-busy");
  }

  #render(data) {
    const { tile, tier, lead, chart, more, table, csv } = this.show(data, this.context, this.slots.chart);
    this.slots.tier.textContent = tier ?? "";
    this.slots.lead.replaceChildren(lead ?? "");
    this.slots.lead.hidden = !lead;
    for (const [slot, content] of Object.entries({ chart, more, table }))
      this.slots[slot].replaceChildren(...[content || []].flat());
    this.details.hidden = !table;
    this.csv = csv;
    this.file.hidden = !csv;
    this.foot.hidden = !table && !csv;
    if (csv) this.file.href = csv.href ?? `#${this.id}`;
    this.context.onTile(this.id, tile);
  }

  // What was shown stays where there is nothing newer, with a word about that.
  #tell(error) {
    const { problem, lead } = this.slots;
    problem.hidden = error === null;
    if (error === null) return;
    problem.replaceChildren(h("p", {}, (PROBLEMS[error.kind] ?? (() => error.message))(this)));
    if (this.shown === undefined) lead.hidden = true;
  }

  // An address of the server needs the credential, which a plain link cannot send.
  async #save(event) {
    event.preventDefault();
    const name = `${this.id}.csv`;
    if (this.csv.rows) return save(name, new Blob([toCsv(this.csv.rows())], { type: "text/csv" }));
    try {
      const response = await this.context.api.open(this.csv.href, { headers: { Accept: "text/csv" } });
      save(name, await response.blob());
    } catch (error) {
      this.#tell(error);
    }
  }
}
