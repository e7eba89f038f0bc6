// What the page works out itself, without a browser: events of a stream, which plans need help, waiting times, CSV.
import assert from "node:assert/strict";
import { test } from "node:test";
import { viewerOf } from "../../clients/web/page/credential.js";
import { toCsv } from "../../clients/web/page/csv.js";
import { cellText, mondayOf, words } from "../../clients/web/page/format.js";
import { EventParser } from "../../clients/web/page/live.js";
import { bandsOf, dayOf, dayText, plansInNeed } from "../../clients/web/page/panels/plan_needs.js";
import { waitBands, waitText } from "../../clients/web/page/panels/questions.js";

const plan = (name, day, state, health, more = {}) => ({
  name,
  state: `STATE_${state}`,
  health: `HEALTH_${health}`,
  progress: { day, lengthDays: 100 },
  ...more,
});

test("events come whole, however the stream is cut", () => {
  const text = ':\n\nid: a\ndata: {"changes":[]}\n\nevent: error\ndata: {"code":\ndata: 14}\n\nid: b\ndata: last\n\n';
  for (let cut = 1; cut < text.length; cut++) {
    const parser = new EventParser();
    const events = [...parser.push(text.slice(0, cut)), ...parser.push(text.slice(cut))];
    assert.deepEqual(events, [
      { event: "message", id: "a", data: '{"changes":[]}' },
      { event: "error", data: '{"code":\n14}' },
      { event: "message", id: "b", data: "last" },
    ]);
  }
});

test("plans that need help come by urgency, with every reason", () => {
  const plans = [
    plan("fine", 10, "ACTIVE", "ON_TRACK"),
    plan("soon", 60, "ACTIVE", "ON_TRACK"),
    plan("risk", 40, "ACTIVE", "AT_RISK"),
    plan("late", 98, "CLOSING", "ON_TRACK"),
    plan("left", 20, "ACTIVE", "UNSPECIFIED", { ownerLeft: true }),
    plan("off", 62, "ACTIVE", "OFF_TRACK", { ownerLeft: true }),
    plan("over", 100, "CLOSED", "OFF_TRACK"),
  ];
  const due = [
    { plan: "soon", kind: "KIND_REVIEW", daysLeft: 3 },
    { plan: "late", kind: "KIND_BARRIER", daysLeft: 0 },
    { plan: "off", kind: "KIND_CLOSING", daysLeft: 5 },
    { plan: "off", kind: "KIND_SILENCE", daysLeft: -1 },
    { plan: "left", kind: "KIND_OWNER_LEFT", daysLeft: 0 },
  ];
  const found = plansInNeed(plans, due);
  assert.deepEqual(
    found.map(({ plan: { name } }) => name),
    ["off", "left", "late", "risk", "soon"],
  );
  assert.deepEqual(found[0].reasons, [
    "Off track",
    "The owner left",
    "A check-in is 1 day overdue",
    "Closing is due in 5 days",
  ]);
  assert.deepEqual(found[1].reasons, ["The owner left"]);
  assert.deepEqual(found[2].reasons, ["A promise about a barrier is due today"]);
});

test("every day is in one band", () => {
  for (const length of [100, 90, 101]) {
    const bands = bandsOf(length);
    for (const day of [undefined, ...Array.from({ length: 140 }, (_, index) => index - 10)]) {
      assert.equal(bands.filter((band) => band.holds(day)).length, 1, `${length}: ${day}`);
    }
  }
  assert.deepEqual(
    bandsOf(100).map(({ label }) => label),
    ["Not started", "Day 0 to 24", "Day 25 to 49", "Day 50 to 74", "Day 75 to 100", "After day 100"],
  );
  assert.equal(dayOf(plan("draft", 5, "DRAFT", "UNSPECIFIED")), undefined);
  assert.equal(dayText(plan("a", -1, "ACTIVE", "UNSPECIFIED")), "Starts in 1 day");
  assert.equal(dayText(plan("a", 62, "ACTIVE", "UNSPECIFIED")), "Day 62 of 100");
});

test("questions are counted once, late ones as late", () => {
  const waiting = [0, 479, 480, 2399, 2400, 9999].map((minutes) => ({ waiting: { minutes, overdue: minutes > 2400 } }));
  const counts = (target) => waitBands(waiting, target).map(({ count }) => count);
  assert.deepEqual(counts(5), [2, 1, 0, 0, 2, 1]);
  assert.deepEqual(counts(undefined), [5, 1]);
  assert.equal(waitText(30), "less than an hour");
  assert.equal(waitText(480), "1 working day");
  assert.equal(waitText(1200), "2 working days 4 hours");
});

test("hidden numbers are words, and files are safe for spreadsheets", () => {
  assert.equal(cellText({ status: "STATUS_EXACT", value: 1234 }), "1,234");
  assert.equal(cellText({ status: "STATUS_SUPPRESSED_PRIMARY" }), "hidden: 1 to 7");
  assert.equal(cellText({ status: "STATUS_SUPPRESSED_PRIMARY" }, "fewer than 8"), "hidden: fewer than 8");
  assert.match(cellText({ status: "STATUS_SUPPRESSED_SECONDARY" }), /^hidden/);
  assert.equal(cellText({ status: "STATUS_NOT_REACHED" }), "not known yet");
  assert.equal(cellText({ status: "STATUS_EXACT", number: 12.5, eligible: 80 }), "12.5% of 80");
  assert.equal(cellText({ status: "STATUS_NOT_AVAILABLE", eligible: 0 }), "nothing to count yet");
  assert.equal(toCsv([["=1+1", 'say "x", y', -3, undefined]]), '\'=1+1,"say ""x"", y",-3,\n');
});

test("codes and weeks as people read them", () => {
  assert.equal(words("SECTOR_NHS_TRUST", "SECTOR_"), "NHS trust");
  assert.equal(words("IPSWICH_AND_EAST_SUFFOLK"), "Ipswich and East Suffolk");
  assert.equal(mondayOf("2021-W30"), "2021-07-26");
  assert.equal(mondayOf("2020-W53"), "2020-12-28");
});

test("what is no token is nobody's", () => {
  assert.deepEqual(viewerOf(null).roles, []);
  for (const text of ["x", "a.b.c", "a..c"]) assert.equal(viewerOf(text), null);
});
