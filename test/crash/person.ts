/** Somebody who files reports with a browser while the other side dies, and does not give up. */
import { readFileSync } from "node:fs";
import { Visitor } from "../platforms/web/visitor.ts";

const words = (name: string) => JSON.parse(readFileSync(`locales/en/${name}.json`, "utf8"));
export const [bot, report, home, web, desk] = ["bot", "report", "home", "web", "review"].map(words);
export const receiptShape = /[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}-[0-9A-Z]{5}/;

const kindLabel = JSON.parse(readFileSync("locales/en/taxonomy.json", "utf8")).kind.selling as string;

/** What people saw, and what must not have happened. */
export interface Seen {
  receipts: { receipt: string; story: string }[];
  wrong: string[];
  retried: number;
}

/** Somebody with a browser who does not give up. */
export class Person {
  private readonly visitor: Visitor;
  private readonly server: { up: Promise<void> };
  /** @param server who is waited for after a line broke */
  constructor(base: string, server: { up: Promise<void> }) {
    this.visitor = new Visitor(base, { "sec-fetch-site": "same-origin", "accept-language": "en" });
    this.server = server;
  }

  /** How many things had to be tried again. */
  retried = 0;
  /** Told when a page has arrived, and when a report is being sent. */
  arrived = (): void => {};
  sending = (): void => {};

  get page() {
    return this.visitor.page!;
  }

  /** Opens an address; again until it arrives whole. */
  async open(path: string, fresh = false): Promise<void> {
    if (fresh) this.visitor.cookies.clear();
    await this.insist(() => this.visitor.get(path));
  }

  /** Does something with the page; when the line breaks, sends the same form again or reloads, as chance has it. */
  async act(what: () => Promise<unknown>): Promise<void> {
    try {
      await what();
      this.arrived();
    } catch (error) {
      if (!broken(error)) throw error;
      this.retried += 1;
      await this.insist(() => (Math.random() < 0.5 ? this.visitor.again() : this.visitor.get("/talk")));
    }
  }

  press(label: string): Promise<void> {
    return this.act(() => this.visitor.press(label));
  }

  /** Presses twice at once. */
  pressTwice(label: string): Promise<void> {
    return this.act(() => {
      const first = this.visitor.press(label);
      return Promise.all([first, this.visitor.again()]);
    });
  }

  send(values: Record<string, string>): Promise<void> {
    const { form, button } = this.visitor.formWith("send");
    const named = Object.entries(values).map(([name, value]) => [`f.${name}`, [value]]);
    return this.act(() => this.visitor.submit(form, button, { values: Object.fromEntries(named) }));
  }

  has(label: string): boolean {
    return this.page.forms.some((f) => f.controls.some((c) => c.label === label || c.name === label));
  }

  private async insist(what: () => Promise<unknown>): Promise<void> {
    for (;;) {
      await this.server.up;
      try {
        await what();
        return this.arrived();
      } catch (error) {
        if (!broken(error)) throw error;
      }
      this.retried += 1;
      await new Promise(setImmediate);
    }
  }
}

/** Did the line break (and not the test)? */
export function broken(error: unknown): boolean {
  return error instanceof TypeError && /fetch failed|terminated/.test(error.message);
}

let stories = 1;

/** Files one report and takes its receipt along; gives up only when it is over before anything was told, or (`forgetful`) when drafts were lost. */
export async function fileOne(
  person: Person,
  name: string,
  over: () => boolean,
  seen: Seen,
  forgetful = false,
): Promise<void> {
  const story = `Story ${stories++} of ${name}: a clerk sells lists.`;
  const twice = Math.random() < 0.5;
  let noted: string | undefined;
  let told = false;
  await person.open("/report", true);
  for (let turns = 0; turns < 60; turns++) {
    const shown = receiptShape.exec(person.page.text)?.[0];
    if (shown && noted && shown !== noted) seen.wrong.push("a second receipt for one report");
    if (shown && !noted) seen.receipts.push({ receipt: shown, story });
    noted ??= shown;
    if ((noted && !shown) || (over() && !told)) return;
    if (shown) await person.press(report.receipt.noted);
    else if (person.has(web.begin.go)) await person.press(web.begin.go);
    else if (person.has(report.facts.go)) await person.press(report.facts.go);
    else if (person.has(kindLabel)) await person.press(kindLabel);
    else if (person.has("f.story")) {
      told = true;
      await person.send({ story });
    } else if (person.has(report.preview.send)) {
      person.sending();
      await (twice ? person.pressTwice(report.preview.send) : person.press(report.preview.send));
    } else if (person.has(bot.skip)) await person.press(bot.skip);
    else if (person.has(bot.continue)) await person.press(bot.continue);
    // the answer that brought the cookie was lost: this visit has not begun
    else if (person.has(home.report) && !told) await person.open("/report");
    // the memory of drafts was lost, and the person is told
    else if (forgetful) return;
    else break;
  }
  if (forgetful) return;
  seen.wrong.push(`where is the draft? ${person.page.status} ${person.page.text.slice(0, 200)}`);
}
