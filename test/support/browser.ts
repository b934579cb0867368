/** The system's Chromium, for tests that look at pages; absent where there is none, and then those tests are skipped. */
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";

const places = [process.env.CHROMIUM_PATH, "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** Why a browser test is skipped. */
export const noBrowser = "no Chromium found: install it (Debian: chromium, fonts-noto-cjk) or set CHROMIUM_PATH";

/** The path of a Chromium, if there is one. */
export function findChromium(): string | undefined {
  return places.find((path) => path !== undefined && path !== "" && existsSync(path));
}

/**
 * Starts a browser with a fresh profile that talks to nobody by itself and reaches nothing beyond this machine;
 * `undefined` where none is installed.
 */
export async function launchBrowser(): Promise<Browser | undefined> {
  const executablePath = findChromium();
  if (!executablePath) return undefined;
  return chromium.launch({
    executablePath,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
    ],
  });
}

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** A page in which copies of others are judged: it runs scripts, past the policy that forbids any. */
export async function judging(browser: Browser, options: BrowserContextOptions = {}): Promise<Page> {
  return (await browser.newContext({ ...options, javaScriptEnabled: true, bypassCSP: true })).newPage();
}

/** What axe finds wrong with what a page shows, each rule with where it is broken. Axe is a script: it looks at a copy in `judge`. */
export async function broken(page: Page, judge: Page): Promise<string[]> {
  await judge.setContent(await page.content());
  if (!(await judge.evaluate("'axe' in window"))) await judge.evaluate(axe);
  return judge.evaluate(
    "axe.run(document, { resultTypes: ['violations'] }).then(r => r.violations.map(v => v.id + ': ' + v.nodes.map(n => n.html + '\\n' + n.failureSummary).join('\\n')))",
  );
}

/** By how much a page is wider than its window (pixels). */
export function sideways(page: Page): Promise<number> {
  return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth");
}

/** A picture of the whole page for people to look at, where `QUIETLINE_SCREENSHOTS` names a folder for them. */
export async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env.QUIETLINE_SCREENSHOTS;
  if (!folder) return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
}
