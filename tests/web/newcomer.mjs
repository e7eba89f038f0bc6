// Goes through the page as somebody who sees it for the first time: the public view, a token, a change as it happens.
//
// Usage: node newcomer.mjs URL TOKEN_FILE PARTNER_TOKEN_FILE. equityctl on the PATH speaks to the same server.
import { execFile, execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";
import { checkAccessibility, expect, until, walkByKeyboard, withBrowser } from "./browser.mjs";
import { URGENT, fill } from "./filled.mjs";

const [url, tokenFile, partnerFile] = process.argv.slice(2);
const token = readFileSync(tokenFile, "utf8").trim();
const partner = readFileSync(partnerFile, "utf8").trim();
const equityctl = (...args) => execFileSync("equityctl", args, { encoding: "utf8" });
const LIVE_MS = 2000;

const chartText = (page, panel, label) =>
  page.locator(`#${panel} .bars__row`, { hasText: label }).locator(".bars__text").innerText();
const loaded = (page) =>
  until("the panels are loaded", () =>
    page.evaluate(() => document.querySelectorAll(".panel").length > 2 && !document.querySelector(".panel[aria-busy]")),
  );
const row = (reference) =>
  `external_ref,organisation,given_name,email,session_date,on_full\n${reference},RDE,Sam,${reference}@example.org,2021-08-17,REJECT\n`;

async function register(reference) {
  const running = promisify(execFile)("equityctl", ["register", "-", "--output", "csv"]);
  running.child.stdin.end(row(reference));
  const { stdout } = await running;
  expect(stdout.includes("SEATED"), stdout);
}

// Everything that the page asks for stays on this server, and no token is ever part of an address.
function watchRequests(page) {
  const seen = { requests: 0, authorised: 0 };
  page.on("request", (request) => {
    const address = request.url();
    if (address.startsWith("blob:")) return;
    expect(address.startsWith(url), `the page asks ${address}`);
    for (const secret of [token, partner]) expect(!address.includes(secret.slice(-40)), "a token in an address");
    seen.requests++;
    if (request.headers().authorization) seen.authorised++;
  });
  page.on("pageerror", (error) => {
    throw error;
  });
  return seen;
}

async function saveByKeyboard(page, panel) {
  await page.focus(`#${panel} .panel__file`);
  const [download] = await Promise.all([page.waitForEvent("download"), page.keyboard.press("Enter")]);
  return readFileSync(await download.path(), "utf8");
}

async function publicView(page, seen) {
  await page.goto(url);
  await loaded(page);
  const dates = equityctl("sessions", "list", "--public", "--output", "csv").trim().split("\n").slice(1);
  expect(dates.length === 4, "there should be four sessions");
  expect((await page.locator("#sessions .bars__row").count()) === 4, "not all sessions are shown");
  expect(
    await page.locator("#sessions .bars__row", { hasText: "12 August 2021" }).getByText("SOLD OUT").isVisible(),
    "SOLD OUT is not said",
  );
  expect(
    (await chartText(page, "sessions", "17 August 2021")).startsWith("19 places left"),
    "the places left are wrong",
  );
  expect(
    await page.locator("#breakdown").getByText("hidden: 1 to 7").first().isVisible(),
    "small numbers are not hidden",
  );
  expect((await page.locator("#plans, #questions, #reach").count()) === 0, "more than the public part is shown");
  expect(seen.authorised === 0, "a credential without a token");
  const file = await saveByKeyboard(page, "sessions");
  expect(
    file === equityctl("sessions", "list", "--public", "--output", "csv"),
    "the file differs from the command line's",
  );
  expect(
    (await page.evaluate(() =>
      document.getElementById("sessions").querySelector(".panel__file").getAttribute("href"),
    )) === "/v1/public/sessions?format=csv",
    "the file has no address",
  );
}

// Only keys from here to the end of the function.
async function signInByKeyboard(page) {
  const press = async (...keys) => {
    for (const key of keys) await page.keyboard.press(key);
  };
  const focused = () => page.evaluate(() => document.activeElement.id);
  const tabTo = (id) =>
    until(`Tab reaches ${id}`, async () => {
      if ((await focused()) === id) return true;
      await press("Tab");
      return false;
    });
  await page.reload();
  await loaded(page);
  await press("Tab", "Enter");
  expect((await focused()) === "main", "the skip link leads nowhere");
  await tabTo("open-token");
  await press("Enter");
  expect((await focused()) === "token", "the field has no focus");
  await page.keyboard.insertText("not a token");
  await press("Tab", "Tab", "Enter");
  expect(
    (await page.getAttribute("#token", "aria-invalid")) === "true" && (await focused()) === "token",
    "nonsense is not refused",
  );
  const states = await checkAccessibility(page, "refused");
  await press("Control+A");
  await page.keyboard.insertText(`${token.slice(0, -6)}AAAAAA`);
  await press("Tab", "Tab", "Enter");
  await until("a token of nobody is refused", () =>
    page.locator("#token-error").getByText("does not accept").isVisible(),
  );
  await press("Control+A");
  await page.keyboard.insertText(token);
  await press("Tab", "Tab", "Enter");
  await until("all panels are there", () => page.locator("#questions").count());
  await loaded(page);
  expect(
    (await page.locator("#token-form").isHidden()) && (await page.inputValue("#token")) === "",
    "the token stays on the page",
  );
  const kept = await page.evaluate(() =>
    [location.href, document.cookie, localStorage.length, sessionStorage.length].join(),
  );
  expect(kept === `${url}/#main,,0,1`, `the token is kept in the wrong place: ${kept}`);
  return states;
}

async function wholeView(page) {
  expect(
    (await page.locator("#viewer").innerText()) === "Signed in as the central team.",
    "who is signed in is not said",
  );
  expect((await chartText(page, "funnel", "Registered")) === "235", "the registered are wrong");
  expect(
    (await chartText(page, "sessions", "12 August 2021")) === "0 places left, 40 of 40 taken, 10 waiting",
    "who waits is wrong",
  );
  expect(
    await page.locator("#reach .columns").getByText("<img src=x onerror=alert(1)>").isVisible(),
    "names are not shown as they are",
  );
  expect(
    (await saveByKeyboard(page, "funnel")) === equityctl("stats", "--output", "csv"),
    "the file differs from the command line's",
  );
  const reach = await saveByKeyboard(page, "reach");
  expect(reach.split("\n").length === 35 && reach.includes(",no,0,0,0"), `reach.csv: ${reach.slice(0, 300)}`);
  for (const panel of ["plans", "questions"]) {
    const text = await page.locator(`#${panel}`).innerText();
    expect(
      /This server does not have|There is no plan yet|open plans?,|for (the|its) first answer/.test(text),
      `${panel}: ${text}`,
    );
  }
  await page.selectOption("#breakdown-dimension", "DIMENSION_ORGANISATION");
  await until("the breakdown by organisation", () =>
    page.locator("#breakdown .bars__row", { hasText: "East Suffolk and North Essex" }).count(),
  );
  await page.selectOption("#breakdown-measure", "places.taken");
  await until("a dimension that the number has", () =>
    page.locator("#breakdown .bars__row", { hasText: "12 August 2021" }).count(),
  );
}

// A chart and its table say the same.
async function compareTables(page) {
  await page.evaluate(() => document.querySelectorAll("details").forEach((one) => (one.open = true)));
  const rows = await page
    .locator("#funnel tbody tr")
    .evaluateAll((all) => all.map((one) => [one.cells[0].innerText, one.cells[1].lastChild.innerText]));
  expect(rows.length === 4, "the table is not there");
  for (const [step, people] of rows) expect((await chartText(page, "funnel", step)) === people, `${step} differs`);
}

async function liveChanges(page) {
  await until("the page is live", () => page.locator("#live").getByText("Live").isVisible());
  await page.waitForTimeout(500);
  await page.focus("#sessions .panel__file");
  let slowest = 0;
  for (const [reference, left, registered] of [
    ["live-1", 18, "236"],
    ["live-2", 17, "237"],
    ["live-3", 16, "238"],
  ]) {
    await register(reference);
    slowest = Math.max(
      slowest,
      await until(
        "the change appears",
        async () =>
          (await chartText(page, "sessions", "17 August 2021")).startsWith(`${left} places left`) &&
          (await chartText(page, "funnel", "Registered")) === registered,
        LIVE_MS,
      ),
    );
  }
  expect(
    await page.evaluate(() => document.activeElement.matches("#sessions .panel__file")),
    "a change takes the focus away",
  );
  await page.click("#pause");
  await register("live-4");
  await page.waitForTimeout(1500);
  expect((await chartText(page, "funnel", "Registered")) === "238", "a paused page changes");
  await page.click("#pause");
  await until("the page goes on", async () => (await chartText(page, "funnel", "Registered")) === "239");
  return slowest;
}

async function plansAndQuestions(page) {
  await fill(page);
  await page.reload();
  await loaded(page);
  const urgent = await page.locator("#plans .nhsuk-table >> nth=0").locator("tbody th").allInnerTexts();
  expect(urgent.join() === URGENT.join(), `not the most urgent first: ${urgent}`);
  expect((await chartText(page, "plans", "Day 50 to 74")) === "2 plans, 1 off track, 1 at risk", "the bands are wrong");
  expect(
    (await page.locator("#questions tbody th").first().innerText()) === "Who never answers letters",
    "not the longest waiting first",
  );
  expect(
    (await page.locator("#questions").innerText()).includes("2 questions wait for the first answer, 1 overdue."),
    "the questions are wrong",
  );
  const file = await saveByKeyboard(page, "plans");
  expect(file.split("\n").length === 7 && file.includes("'=1+1 <b>Listening</b> circles,"), `plans.csv: ${file}`);
}

async function partnerView(page) {
  await page.click("#forget-token");
  await until("the public view is back", async () => (await page.locator("#questions").count()) === 0);
  expect((await page.evaluate(() => sessionStorage.length)) === 0, "the token is not forgotten");
  await page.click("#open-token");
  await page.setInputFiles("#token-file", partnerFile);
  await until("the file is read", async () => (await page.inputValue("#token")) === partner);
  await page.getByText("Show everything").click();
  await until("the partner's view", () =>
    page.locator("#viewer").getByText("Signed in as a partner (RDE).").isVisible(),
  );
  await loaded(page);
  expect((await page.locator("#reach").count()) === 0, "a partner cannot know whom others reached");
  const registered = equityctl("--as", "rde", "stats", "--measure", "people.registered", "--output", "csv")
    .trim()
    .split("\n")[1]
    .split(",")[7];
  expect((await chartText(page, "funnel", "Registered")) === registered, "a partner sees other numbers than its own");
}

const figures = await withBrowser(async (context) => {
  const page = context.pages()[0] ?? (await context.newPage());
  const seen = watchRequests(page);
  await publicView(page, seen);
  let states = await checkAccessibility(page, "public");
  const publicStops = await walkByKeyboard(page);
  states += await signInByKeyboard(page);
  await wholeView(page);
  await compareTables(page);
  const slowest = await liveChanges(page);
  states += await checkAccessibility(page, "whole");
  await plansAndQuestions(page);
  states += await checkAccessibility(page, "filled");
  const stops = await walkByKeyboard(page);
  await page.unrouteAll();
  await partnerView(page);
  // Where the NHS components could not be installed.
  await page.route("**/vendor/*.css", (route) => route.fulfill({ contentType: "text/css", body: "" }));
  await page.reload();
  await loaded(page);
  states += await checkAccessibility(page, "plain");
  return { states, publicStops, stops, slowest, requests: seen.requests };
});
console.log(
  `axe 0 violations in ${figures.states} states at 320 and 1280 px; a change appeared after ${figures.slowest} ms at most; ` +
    `${figures.publicStops} and ${figures.stops} stops by keyboard; ${figures.requests} requests, all to this server`,
);
