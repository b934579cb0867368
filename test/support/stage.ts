/** A house with its web page and a browser, for the tests of one suite, and visits to it. */
import assert from "node:assert/strict";
import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import type { CoreOptions } from "../../src/main.ts";
import type { Service } from "../../src/service.ts";
import { broken, judging, launchBrowser, noBrowser, picture, sideways } from "./browser.ts";
import { type TestHome, testHome } from "./house.ts";
import { skipFor } from "./missing.ts";

/** Somebody's visit to the web page, in a browser profile of its own. */
export interface Visit {
  context: BrowserContext;
  page: Page;
  t(key: string, values?: Record<string, string | number>): string;
  press(label: string): Promise<void>;
  /** Opens a command's page and begins it. */
  begin(path: string): Promise<void>;
  /** What stands on the page. */
  text(): Promise<string>;
  /** Looks at the page as it is: a picture for who wants one, axe, no sideways scrolling. */
  look(name: string): Promise<void>;
  leave(): Promise<void>;
}

export interface Stage {
  readonly browser: Browser;
  readonly home: TestHome;
  readonly service: Service;
  /** @param as begins the names of pictures; scripts are off unless told, a narrow window is dark, and pages are judged at its width unless told */
  visit(
    as: string,
    options?: { locale?: string; width?: number; judged?: number[]; scripts?: boolean },
  ): Promise<Visit>;
}

/** There while the tests of this suite run; they are skipped where there is no browser. */
export function onStage(env: Record<string, string> = {}, options: Partial<CoreOptions> = {}): Stage {
  let browser: Browser | undefined;
  let home: TestHome | undefined;
  let service: Service | undefined;
  // a page of its own costs the browser a process, and reading axe: visits that look alike are judged in one
  const judges = new Map<string, Promise<Page>>();
  const judgeOf = (seen: BrowserContextOptions): Promise<Page> => {
    const key = JSON.stringify(seen);
    const judge = judges.get(key) ?? judging(browser!, seen);
    judges.set(key, judge);
    return judge;
  };
  before(async function () {
    browser = await launchBrowser();
    if (!browser) skipFor(this, noBrowser);
    home = testHome(env);
    service = await home.service(options);
  });
  after(async () => {
    await browser?.close();
    await service?.close();
    home?.remove();
  });
  return {
    get browser() {
      return browser!;
    },
    get home() {
      return home!;
    },
    get service() {
      return service!;
    },
    async visit(as, { locale = "en", width = 1100, judged = [width], scripts = false } = {}) {
      const seen = { locale, viewport: { width, height: 900 }, colorScheme: width < 400 ? "dark" : "light" } as const;
      const context = await browser!.newContext({ ...seen, javaScriptEnabled: scripts });
      const page = await context.newPage();
      let count = 0;
      return {
        context,
        page,
        t: (key, values) => service!.core.words.say(locale, key, values),
        press: (label) => page.getByRole("button", { name: label, exact: true }).first().click(),
        async begin(path) {
          await page.goto(`${service!.page}${path}`);
          await page.locator("main button[name=command]").click();
        },
        text: () => page.locator("main").innerText(),
        async look(name) {
          count += 1;
          await picture(page, `${as}-${locale}-${width}-${String(count).padStart(2, "0")}-${name}`);
          const judge = await judgeOf(seen);
          for (const at of judged) {
            await judge.setViewportSize({ width: at, height: 900 });
            assert.deepEqual(await broken(page, judge), [], `axe on ${name}, ${at} px`);
            assert.equal(await sideways(judge), 0, `${name} scrolls sideways at ${at} px`);
          }
        },
        leave: () => context.close(),
      };
    },
  };
}
