// A real Chromium with an empty profile, and what the walk asks of it.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";

const require = createRequire(`${process.env.PAGE_TOOLS}/`);
const { chromium } = require("playwright-core");
const AXE = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
export const WIDTHS = [1280, 320];

export function expect(condition, what) {
  if (!condition) throw new Error(what);
}

// Waits until `ask` gives something true, and says how long that took in milliseconds.
export async function until(what, ask, patience = 10_000) {
  const started = performance.now();
  for (;;) {
    if (await ask()) return Math.round(performance.now() - started);
    expect(performance.now() - started < patience, `not within ${patience} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

export async function withBrowser(walk) {
  const profile = mkdtempSync(join(tmpdir(), "equity-page-"));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.CHROMIUM,
    headless: true,
    acceptDownloads: true,
    viewport: { width: 1280, height: 900 },
    env: { ...process.env, HOME: profile, XDG_CONFIG_HOME: profile, XDG_CACHE_HOME: profile },
    args: [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
  try {
    return await walk(context);
  } finally {
    await context.close();
    rmSync(profile, { recursive: true, force: true });
  }
}

// Checks the page as it stands, at both widths, with all tables shown and not. Returns how many states were checked.
export async function checkAccessibility(page, name) {
  let states = 0;
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 900 });
    for (const open of [true, false]) {
      await page.evaluate((shown) => document.querySelectorAll("details").forEach((one) => (one.open = shown)), open);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      expect(wide <= width, `${name}: ${wide} pixels wide at ${width}`);
      const found = await page.evaluate(
        async ([source, rules]) => {
          if (!window.axe) new Function(source)();
          const { violations, passes } = await window.axe.run(document, { runOnly: rules, preload: false });
          return {
            violations: violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`),
            passes: passes.length,
          };
        },
        [AXE, RULES],
      );
      expect(found.violations.length === 0, `${name}, ${width} pixels: ${found.violations.join("\n")}`);
      expect(found.passes > 20, `${name}: axe looked at nothing`);
      states++;
    }
    if (process.env.SCREENSHOTS)
      await page.screenshot({ path: `${process.env.SCREENSHOTS}/${name}-${width}.png`, fullPage: true });
  }
  await page.setViewportSize({ width: 1280, height: 900 });
  return states;
}

// Goes through the page by Tab from its beginning: everything that can be reached must be, in the order of the page,
// and be seen to have the focus. Returns how many stops there were.
export async function walkByKeyboard(page) {
  const wanted = await page.evaluate(() => {
    const all = [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex='0']")];
    const stops = all.filter((one) => one.checkVisibility() && !one.disabled);
    stops.forEach((one, index) => (one.dataset.stop = index));
    document.activeElement.blur();
    window.getSelection().removeAllRanges();
    return stops.length;
  });
  await page.evaluate(() =>
    document.body.prepend(Object.assign(document.createElement("span"), { id: "begin", tabIndex: -1 })),
  );
  await page.focus("#begin");
  for (let stop = 0; stop < wanted; stop++) {
    await page.keyboard.press("Tab");
    const at = await page.evaluate(() => {
      const one = document.activeElement;
      const style = getComputedStyle(one);
      const box = one.getBoundingClientRect();
      return {
        stop: one.dataset.stop,
        html: one.outerHTML.slice(0, 80),
        seen: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
        inside: box.bottom > 0 && box.top < innerHeight,
      };
    });
    expect(Number(at.stop) === stop, `stop ${stop} by keyboard is ${at.html}`);
    expect(at.seen && at.inside, `the focus cannot be seen on ${at.html}`);
  }
  await page.evaluate(() => document.getElementById("begin").remove());
  return wanted;
}
