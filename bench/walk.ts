/** One report from the first page to the receipt, as a person without scripts files it; and the same at the peer. */
import { type Browser, browser } from "./browser.ts";

/** What a report cost its reporter. Milliseconds; `send` is the last button alone. */
export interface Filed {
  receipt: string;
  whole: number;
  send: number;
  requests: number;
}

/** A story of about the length that people write. `mark` makes each one different. */
export function storyOf(mark: string): string {
  return `Case ${mark}. ${"Lists of customers with address and balance are offered in a closed group every week. ".repeat(6)}`;
}

/** Files a report with kind and story, goes straight to the preview, sends it, and reads the receipt's page. */
export async function fileReport(url: string, mark: string): Promise<Filed> {
  return timed(browser(url), async (b, sending) => {
    await b.open("/report");
    await b.press("command", "report");
    await b.press("choice", ".go");
    await b.press("choice", ".selling");
    await b.press("send", ".send", { "f.story": storyOf(mark) });
    await b.press("choice", ".preview");
    await sending(() => b.press("choice", ".send"));
    const receipt = /[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4,5}){4}/.exec(text(b.page))?.[0];
    if (!receipt) throw new Error("no receipt on the last page");
    return receipt;
  });
}

/** Sends the peer as many forms as a report takes, the last with the same JSON. */
export async function filePeer(url: string, mark: string): Promise<Filed> {
  return timed(browser(url), async (b, sending) => {
    await b.open("/report");
    for (let form = 1; form < formsPerReport; form++) await b.press("choice", "go");
    await sending(() => b.press("choice", "go", { told: JSON.stringify({ kind: "selling", story: storyOf(mark) }) }));
    return mark;
  });
}

/** Forms of `fileReport`, so that the peer gets as many. */
const formsPerReport = 6;

/** Does the mailbox of this receipt open, with this very story in it? */
export async function opensStory(url: string, receipt: string, mark: string): Promise<boolean> {
  const b = browser(url);
  try {
    await b.open("/mailbox");
    await b.press("command", "mailbox");
    await b.press("send", ".send", { "f.receipt": receipt });
    await b.press("choice", ".told");
    return text(b.page).includes(`Case ${mark}.`);
  } catch {
    return false; // any page but the expected one: it counts as lost
  } finally {
    b.close();
  }
}

async function timed(
  b: Browser,
  walk: (b: Browser, sending: (act: () => Promise<void>) => Promise<void>) => Promise<string>,
): Promise<Filed> {
  const began = performance.now();
  let send = 0;
  try {
    const receipt = await walk(b, async (act) => {
      const from = performance.now();
      await act();
      send = performance.now() - from;
    });
    return { receipt, whole: performance.now() - began, send, requests: b.requests };
  } finally {
    b.close();
  }
}

function text(page: string): string {
  return page.slice(page.indexOf("<main")).replace(/<[^>]*>/g, "");
}
