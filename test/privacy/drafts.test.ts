/** Drafts outlive a crash of the process, and die with the machine's memory. */
import assert from "node:assert/strict";
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Input, Screen } from "../../src/bot/screen.ts";
import type { Core } from "../../src/main.ts";
import { consoleCan } from "../../src/platforms/console.ts";
import type { House } from "../../src/platforms/platform.ts";
import { type TestHome, testHome } from "../support/house.ts";
import { words } from "./people.ts";

/** Somebody whose messages, with their buttons, outlive the process, as on a chat network. */
async function someone(core: Core): Promise<(input: Input) => Promise<Screen>> {
  let house: House | undefined;
  let events = 0;
  await core.connect({
    name: "telegram",
    can: consoleCan,
    open: async (given) => {
      house = given;
    },
    send: async () => ({ ok: true }),
    close: async () => {},
  });
  return async (input) => {
    const screen = await house!.hear({
      id: `${Math.random()}-${events++}`,
      from: { platform: "telegram", id: "5000000042" },
      locale: "en",
      input,
    });
    return screen ?? assert.fail("nothing is shown");
  };
}

function value(screen: Screen, key: string): string {
  const all = [...(screen.menu?.options ?? []), ...(screen.buttons ?? [])];
  return all.find((choice) => choice.label === words(key))?.value ?? assert.fail(`no ${words(key)}`);
}

describe("a draft", () => {
  let t: TestHome;
  const open: Core[] = [];
  let told: Screen;
  const core = async (): Promise<Core> => {
    const made = await t.core();
    open.push(made);
    return made;
  };
  /** Memory forgets everything. */
  const reboot = () => {
    for (const name of readdirSync(t.dayKeys)) rmSync(join(t.dayKeys, name));
  };

  beforeEach(async () => {
    t = testHome();
    const act = await someone(await core());
    let at = await act({ kind: "command", name: "report", rest: "" });
    at = await act({ kind: "choice", value: value(at, "report:facts.go-here") });
    await act({ kind: "choice", value: value(at, "taxonomy:kind.selling") });
    told = await act({ kind: "text", text: "A clerk sells lists." });
  });
  afterEach(async () => {
    for (const each of open.splice(0)) await each.close();
    t.remove();
  });

  it("goes on after a crash: yesterday's process's button works in the next one", async () => {
    const act = await someone(await core()); // the first one was never closed
    assert.equal((await act({ kind: "look" })).text, told.text);
    const sector = await act({ kind: "choice", value: value(told, "bot:continue") });
    assert.equal(sector.title, words("report:sector.title"));
    assert.equal(sector.notice, undefined);
  });

  it("is gone after a reboot: the person is at the start, with a polite word and no error", async () => {
    reboot();
    const act = await someone(await core());
    const at = await act({ kind: "choice", value: value(told, "bot:continue") });
    assert.equal(at.title, "Quietline");
    assert.equal(at.notice, words("bot:forgotten"));
    // and from there everything works again
    const facts = await act({ kind: "choice", value: value(at, "home:report") });
    assert.equal(facts.title, words("report:facts.title"));
  });

  it("is gone after a reboot also for who types on: what was typed is not kept, and that is said", async function () {
    this.timeout(90_000); // a text without a draft is taken as a question, and the answers are learned at the first one
    reboot();
    const act = await someone(await core());
    const at = await act({ kind: "text", text: "Mr Tan in room 4, blue folder, on Tuesdays." });
    assert.match(at.text, /not kept/);
  });

  it("cannot be opened after a reboot by anything that is left on the disk", async () => {
    const before = await open[0]!.storage.read("sessions").select("slot");
    reboot();
    const next = await core();
    const act = await someone(next);
    await act({ kind: "command", name: "help", rest: "" });
    const slots = (await next.storage.read("sessions").select("slot")).map((row) => row.slot as string);
    assert.equal(slots.length, 2, "the same account has another slot now, and nothing joins the two");
    assert.ok(before.every((row) => slots.includes(row.slot)));
  });
});
