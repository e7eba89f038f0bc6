// The dashboard: which panels there are, for whom, and when they are loaded again.
import { Api } from "./api.js";
import * as credential from "./credential.js";
import { h } from "./dom.js";
import { clock } from "./format.js";
import { Live } from "./live.js";
import { Panel } from "./panel.js";
import { breakdown } from "./panels/breakdown.js";
import { funnel } from "./panels/funnel.js";
import { plans } from "./panels/plans.js";
import { questions } from "./panels/questions.js";
import { reach } from "./panels/reach.js";
import { sessions } from "./panels/sessions.js";

// Without an event stream everything is asked for again so often; with one, once a minute for what time alone changes.
const POLL_MS = 15_000;
const LIVE_POLL_MS = 60_000;
const GATHER_MS = 100;

const at = (id) => document.getElementById(id);
const ROLES = {
  central_team: "the central team",
  partner: "a partner",
  facilitator: "a facilitator",
  reference_group: "the reference group",
  analyst: "an analyst",
  service: "a service",
};

// Everything that belongs to one viewer; another token makes another one.
class Dashboard {
  constructor(token, onRefused) {
    this.viewer = credential.viewerOf(token);
    this.api = new Api(token);
    this.tiles = new Map();
    const context = { api: this.api, viewer: this.viewer, onRefused, onTile: (id, tile) => this.#showTile(id, tile) };
    this.panels = this.#definitions(token).map((definition) => new Panel(definition, context));
    for (const { id } of this.panels) {
      const tile = h("li", { class: "tile", hidden: true });
      this.tiles.set(id, tile);
    }
    at("tiles").replaceChildren(...this.tiles.values());
    at("panels").replaceChildren(...this.panels.map(({ element }) => element));
    at("viewer").textContent = this.#describe(token);
    this.resume();
  }

  // A partner sees its own organisation: which others are reached, it cannot know.
  #definitions(token) {
    if (!token) return [sessions, funnel, breakdown()];
    const own = this.viewer.organisation !== "" && !credential.may(this.viewer, "central_team");
    return [sessions, funnel, ...(own ? [] : [reach]), breakdown(), plans, questions];
  }

  #describe(token) {
    if (!token) return "What anyone may see.";
    const roles = this.viewer.roles.map((role) => ROLES[role] ?? role).join(", ");
    return `Signed in as ${roles}${this.viewer.organisation ? ` (${this.viewer.organisation.toUpperCase()})` : ""}.`;
  }

  resume() {
    this.paused = this.stopped = false;
    this.#watch();
    this.refreshAll();
  }

  pause() {
    this.paused = true;
    this.stop();
    this.#say("Paused");
  }

  stop() {
    this.stopped = true;
    clearTimeout(this.timer);
    clearTimeout(this.gathering);
    this.gathering = null;
    this.live?.stop();
    this.live = null;
  }

  // A page that nobody looks at holds no connection.
  look(visible) {
    if (this.paused) return;
    this.stop();
    if (visible) this.resume();
  }

  async refreshAll() {
    clearTimeout(this.timer);
    await Promise.all([this.#showClock(), ...this.panels.map((panel) => panel.refresh())]);
    if (this.stopped) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.refreshAll(), this.isLive ? LIVE_POLL_MS : POLL_MS);
  }

  #watch() {
    this.isLive = false;
    if (!credential.may(this.viewer, "central_team", "partner", "service")) {
      return this.#say(`Updated every ${POLL_MS / 1000} seconds`);
    }
    const changed = new Set();
    this.live = new Live(this.api, {
      onChanges: (services) => {
        services.forEach((service) => changed.add(service));
        this.gathering ??= setTimeout(() => {
          this.gathering = null;
          this.#refreshFor(new Set(changed));
          changed.clear();
        }, GATHER_MS);
      },
      onState: (state) => {
        this.isLive = state === "live";
        this.#say(
          state === "live" ? "Live" : state === "refused" ? `Updated every ${POLL_MS / 1000} seconds` : "Connecting…",
        );
        // What happened before the stream stood is in nobody's events.
        if (this.isLive) this.refreshAll();
      },
    });
  }

  async #refreshFor(changed) {
    const { position } = await this.api.call("changes.v1.ChangesService/GetFeedPosition").catch(() => ({}));
    for (const panel of this.panels) {
      if (panel.services.some((service) => changed.has(service))) panel.refresh(position);
    }
  }

  async #showClock() {
    const { time, demonstration } = await this.api
      .call("operations.v1.OperationsService/GetBusinessTime")
      .catch(() => ({}));
    if (time) at("clock").textContent = `${clock(time)}${demonstration ? " (demonstration)" : ""}`;
  }

  #say(text) {
    if (at("live").textContent !== text) at("live").textContent = text;
    at("live").dataset.live = String(this.isLive && !this.paused);
  }

  #showTile(id, tile) {
    const place = this.tiles.get(id);
    place.hidden = !tile;
    if (tile)
      place.replaceChildren(
        h(
          "a",
          { class: "tile__link", href: `#${id}` },
          h("span", { class: "tile__figure" }, tile.figure),
          " ",
          tile.text,
        ),
      );
  }
}

let dashboard = null;

function open(token) {
  dashboard?.stop();
  at("open-token").hidden = Boolean(token);
  at("forget-token").hidden = !token;
  at("pause").hidden = false;
  at("pause").textContent = "Pause updates";
  const mine = new Dashboard(token, () => {
    if (dashboard !== mine || !token) return;
    credential.forget();
    open(null);
    showForm(true);
    refuse("The server does not accept this token, or not any more. Ask for a new one.");
  });
  dashboard = mine;
}

function showForm(visible) {
  at("token-form").hidden = !visible;
  at("open-token").setAttribute("aria-expanded", String(visible));
  if (visible) at("token").focus();
}

function refuse(message) {
  const bad = message !== null;
  at("token-group").classList.toggle("nhsuk-form-group--error", bad);
  at("token").classList.toggle("nhsuk-textarea--error", bad);
  at("token").setAttribute("aria-invalid", String(bad));
  at("token").setAttribute("aria-describedby", bad ? "token-hint token-error" : "token-hint");
  at("token-error").hidden = !bad;
  at("token-error").textContent = message ?? "";
  if (bad) at("token").focus();
}

at("open-token").addEventListener("click", () => showForm(at("token-form").hidden));
at("token-file").addEventListener("change", async () => {
  const [file] = at("token-file").files;
  if (file && file.size < 100_000) at("token").value = (await file.text()).trim();
});
at("token-form").addEventListener("submit", (event) => {
  event.preventDefault();
  const token = at("token")
    .value.replace(/^Bearer /, "")
    .trim();
  if (!credential.viewerOf(token)?.roles.length)
    return refuse("This is no token. Paste all of it: three parts with points between them.");
  refuse(null);
  at("token-form").reset();
  showForm(false);
  credential.keep(token);
  open(token);
  at("main").focus();
});
at("forget-token").addEventListener("click", () => {
  credential.forget();
  open(null);
  at("open-token").focus();
});
at("pause").addEventListener("click", () => {
  if (dashboard.paused) dashboard.resume();
  else dashboard.pause();
  at("pause").textContent = dashboard.paused ? "Resume updates" : "Pause updates";
});
document.addEventListener("visibilitychange", () => dashboard.look(!document.hidden));

open(credential.viewerOf(credential.load())?.roles.length ? credential.load() : null);
