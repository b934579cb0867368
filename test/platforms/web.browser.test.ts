/** What only a browser can tell: with scripts off, in light and dark, narrow and wide, by keyboard and to axe. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import i18next from "i18next";
import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import type { Screen } from "../../src/bot/screen.ts";
import type { Incoming, Platform } from "../../src/platforms/platform.ts";
import { web } from "../../src/platforms/web.tsx";
import { broken, judging, launchBrowser, noBrowser, picture, sideways } from "../support/browser.ts";
import { skipFor } from "../support/missing.ts";
import { galleries } from "./web/gallery.ts";

const locales = ["en", "zh-CN"];
const rightToLeft = "he";

describe("web in a browser, with scripts off", function () {
  this.timeout(120_000);
  let browser: Browser | undefined;
  let platform: Platform & { readonly url: string };
  let heard: Incoming[] = [];
  let answer: (incoming: Incoming) => Screen | undefined = () => undefined;

  before(async function () {
    browser = await launchBrowser();
    if (!browser) skipFor(this, noBrowser);
    const words = i18next.createInstance();
    const read = (locale: string, ns: string) =>
      JSON.parse(readFileSync(new URL(`../../locales/${locale}/${ns}.json`, import.meta.url), "utf8")) as object;
    const resources = Object.fromEntries(
      locales.map((l) => [l, { web: read(l, "web"), commands: read(l, "commands") }]),
    );
    await words.init({ resources, lng: "en", fallbackLng: "en", interpolation: { escapeValue: false } });
    platform = web({ listen: "127.0.0.1:0" });
    await platform.open({
      hear: async (incoming) => {
        heard.push(incoming);
        return answer(incoming);
      },
      say: (lng, key, values) => words.t(key, { lng, ...values }),
      commands: ["start", "report", "mailbox", "language", "help", "join"].map((name) => ({
        name,
        where: "private" as const,
      })),
      locales: [...locales, rightToLeft],
      note: () => {},
    });
  });
  after(async () => {
    await platform?.close();
    await browser?.close();
  });
  beforeEach(() => {
    heard = [];
  });

  async function within<T>(
    options: BrowserContextOptions,
    act: (page: Page, context: BrowserContext) => Promise<T>,
  ): Promise<T> {
    const context = await browser!.newContext({ javaScriptEnabled: false, locale: "en", ...options });
    try {
      return await act(await context.newPage(), context);
    } finally {
      await context.close();
    }
  }

  /** Shows a talk that stands at this screen, of a visit that begins where there is none yet. */
  async function show(page: Page, screen: Screen): Promise<void> {
    answer = () => screen;
    const talk = `${platform.url}/talk`;
    if (page.url() === talk) return void (await page.goto(talk));
    await page.goto(`${platform.url}/report`);
    await page.locator("main button[name=command]").click();
    await page.waitForURL(talk);
  }

  /** Every page there is, each shown once in this page. */
  async function eachPage(page: Page, locale: string, act: (name: string) => Promise<void>): Promise<void> {
    const gallery = galleries[locale] ?? {};
    answer = () => gallery.home;
    for (const [name, path] of [
      ["home", "/"],
      ["begin", "/report"],
      ["join", "/join/abc"],
      ["missing", "/nowhere"],
    ] as const) {
      await page.goto(platform.url + path);
      await act(name);
    }
    for (const [name, screen] of Object.entries(gallery)) {
      if (name === "home") continue;
      await show(page, screen);
      await act(name);
    }
  }

  for (const locale of locales)
    for (const colorScheme of ["light", "dark"] as const)
      it(`satisfies axe and fits 1280 and 320 px on every page: ${locale}, ${colorScheme}`, async () => {
        await within({ locale, colorScheme }, async (page) => {
          const judge = await judging(browser!, { locale, colorScheme });
          await eachPage(page, locale, async (name) => {
            assert.deepEqual(await broken(page, judge), [], name);
            for (const width of [1280, 320]) {
              await page.setViewportSize({ width, height: 800 });
              const over = await sideways(page);
              assert.ok(over <= 0, `${name} scrolls sideways by ${over} px at ${width} px`);
              await picture(page, `${name}-${locale}-${width}-${colorScheme}`);
            }
          });
          await judge.context().close();
        });
      });

  it("runs from right to left where the language does", async () => {
    await within({ locale: rightToLeft, viewport: { width: 640, height: 800 } }, async (page) => {
      await show(page, galleries.en!.many!);
      assert.equal(await page.locator("html").getAttribute("dir"), "rtl");
      const mark = await page.locator(".wordmark").boundingBox();
      const exit = await page.locator(".exit").boundingBox();
      assert.ok(mark!.x > exit!.x);
      assert.ok((await sideways(page)) <= 0);
      await picture(page, "many-rtl-640-light");
    });
  });

  it("has targets of at least 44 px", async () => {
    await within({ viewport: { width: 320, height: 800 } }, async (page) => {
      await eachPage(page, "en", async (name) => {
        const targets = await page
          .locator("header a, header button, main .button, main .tick, input[type=text], select")
          .evaluateAll(measured);
        for (const { height, width, html } of targets)
          assert.ok(height >= 43.5 && width >= 43.5, `${name}: ${width} × ${height} px ${html}`);
      });
    });
  });

  it("is reached whole by keyboard, in the order of reading, with the focus in sight", async () => {
    await within({}, async (page) => {
      for (const name of ["form", "many", "evidence", "mailbox"]) {
        await show(page, galleries.en![name]!);
        const selector = "a[href], button, input:not([type=hidden]), textarea, select, summary";
        const expected: string[] = await page.evaluate(reachable, selector);
        const reached: string[] = [];
        for (let i = 0; i < expected.length; i++) {
          await page.keyboard.press("Tab");
          const at = await page.evaluate(focused, selector);
          assert.ok(at.outlined, `${name}: no visible focus on ${at.html}`);
          assert.ok(!at.hidden, `${name}: focus is out of sight or behind the header on ${at.html}`);
          reached.push(at.at);
        }
        assert.deepEqual(reached, expected, name);
      }
    });
  });

  it("skips to the words, opens the list of languages and leaves by the quick exit", async () => {
    await within({}, async (page, context) => {
      await show(page, galleries.en!.mailbox!);
      await page.keyboard.press("Tab");
      await page.keyboard.press("Enter");
      await page.waitForURL(/#main$/);
      await page.locator("button[value=language]").click();
      assert.deepEqual(heard.filter((i) => i.input.kind !== "look").at(-1)!.input, {
        kind: "command",
        name: "language",
        rest: "",
      });
      assert.equal((await context.cookies()).length, 1);
      // Nothing outside can be reached from here: that it was asked for is enough.
      const left = page.waitForEvent("requestfailed", (request) => request.url() === "https://www.wikipedia.org/");
      await page.locator(".exit").click({ noWaitAfter: true });
      assert.equal((await left).headers().referer, undefined);
      assert.deepEqual(await context.cookies(), []);
    });
  });

  it("carries a whole talk: a choice, several, a form with a file, the code", async () => {
    await within({}, async (page) => {
      const g = galleries.en!;
      await show(page, g.rows!);
      answer = () => g.list;
      await page.getByRole("button", { name: "I was offered money" }).click();
      answer = () => g.many;
      await page.getByLabel("Hospitals").check();
      await page.getByRole("button", { name: "Continue" }).click();
      answer = () => g.form;
      await page.getByLabel("Bank records").check();
      await page.getByRole("button", { name: "Continue" }).click();
      answer = () => g.evidence;
      await page.getByLabel("What happened?").fill("line one\nline two");
      await page.getByLabel("It has ended").check();
      await page.getByRole("button", { name: "Continue" }).click();
      answer = (i) => (i.input.kind === "files" ? g.evidence : g.receipt);
      await page
        .getByLabel("Choose files")
        .setInputFiles([{ name: "a.txt", mimeType: "text/plain", buffer: Buffer.from("hello") }]);
      await page.getByRole("button", { name: "Continue" }).click();
      assert.equal(await page.locator("output").textContent(), "7QX4-M2VK-P9DT-3HNW-BR6S-C");
      const acts = heard.map((i) => i.input).filter((i) => i.kind !== "look");
      assert.deepEqual(acts.slice(1, 4), [
        { kind: "choice", value: "c" },
        { kind: "choice", value: "s3" },
        { kind: "choices", value: "done", values: ["a", "b"] },
      ]);
      assert.deepEqual(acts[4], {
        kind: "form",
        value: "send",
        values: { story: "line one\nline two", org: "Harbour Bank", when: "b", chan: "y", region: "" },
      });
      assert.deepEqual(
        acts.slice(5).map((i) => i.kind),
        ["files", "choice"],
      );
    });
  });

  it("never holds up a way back with an empty required field", async () => {
    await within({}, async (page) => {
      await show(page, galleries.en!.code!);
      await page.getByRole("button", { name: "Open", exact: true }).click();
      assert.equal(heard.at(-1)!.input.kind, "command");
      await page.getByRole("button", { name: "To the first page" }).click();
      assert.deepEqual(heard.at(-1)!.input, { kind: "choice", value: "home", values: { code: "" } });
    });
  });

  it("asks for nothing but its own pages, and breaks no rule of its own policy", async () => {
    await within({}, async (page) => {
      const asked: string[] = [];
      const complaints: string[] = [];
      page.on("request", (r) => asked.push(r.url()));
      page.on("console", (m) => complaints.push(m.text()));
      await eachPage(page, "en", async () => {});
      const paths = [...new Set(asked.map((u) => u.replace(platform.url, "")))];
      const known = ["/", "/report", "/talk", "/join/abc", "/nowhere", "/favicon.ico"];
      assert.deepEqual(
        paths.filter((p) => !known.includes(p)),
        [],
      );
      assert.deepEqual(
        complaints.filter((c) => !/404/.test(c)),
        [],
      );
    });
  });
});

// Run inside the page, by its debugger: page scripts stay off.
type Node = {
  matches(s: string): boolean;
  outerHTML: string;
  getBoundingClientRect(): { top: number; bottom: number; width: number; height: number };
};
type Doc = {
  activeElement: Node;
  querySelectorAll(s: string): Iterable<Node & { type?: string; name?: string; checked?: boolean }>;
};

/** How large things are; what is not shown is nothing. */
function measured(nodes: unknown[]): { width: number; height: number; html: string }[] {
  return (nodes as Node[]).map((node) => {
    const { width, height } = node.getBoundingClientRect();
    return { width, height, html: node.outerHTML.slice(0, 120) };
  });
}

/** The places that Tab stops at: of a group of radios one, the chosen or the first. */
function reachable(selector: string): string[] {
  const all = [...(globalThis as unknown as { document: Doc }).document.querySelectorAll(selector)];
  return all
    .map((node, at) => ({ node, at }))
    .filter(({ node }) => {
      if (node.type !== "radio") return true;
      const group = all.filter((n) => n.type === "radio" && n.name === node.name);
      return node === (group.find((n) => n.checked) ?? group[0]);
    })
    .map(({ at }) => String(at));
}

function focused(selector: string): { at: string; outlined: boolean; hidden: boolean; html: string } {
  const page = globalThis as unknown as {
    document: Doc & { querySelector(s: string): Node };
    innerHeight: number;
    getComputedStyle(n: unknown): { outlineStyle: string; outlineWidth: string };
  };
  const node = page.document.activeElement as Node & { closest(s: string): Node | null };
  const shown = node.closest(".tick") ?? node;
  const style = page.getComputedStyle(shown);
  const box = node.getBoundingClientRect();
  const header = page.document.querySelector("header").getBoundingClientRect();
  const inHeader = node.closest("header, .skip") !== null;
  return {
    at: String([...page.document.querySelectorAll(selector)].indexOf(node)),
    outlined: style.outlineStyle !== "none" && Number.parseFloat(style.outlineWidth) >= 2,
    hidden: box.bottom > page.innerHeight + 1 || (!inHeader && box.top < header.bottom - 1),
    html: node.outerHTML.slice(0, 120),
  };
}
