import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { createBot } from "../../src/bot/bot.ts";
import type { Conversation } from "../../src/bot/conversation.ts";
import { createDoor } from "../../src/bot/door.ts";
import { createSessions } from "../../src/bot/sessions.ts";
import { press } from "../../src/bot/steps.ts";
import { createColumns } from "../../src/crypto/columns.ts";
import { createDayKeys } from "../../src/crypto/daykeys.ts";
import type { Desk } from "../../src/desk.ts";
import type { Core } from "../../src/main.ts";
import { consoleCan } from "../../src/platforms/console.ts";
import { choices, enters, files, network } from "../support/caller.ts";
import { type TestHome, testHome } from "../support/house.ts";
import { toyContext, toyShelf } from "../support/toy.ts";

const chat = { ...consoleCan };

const refusedOf = async (core: Core) =>
  Number(/events_tens\{what="refused"\} (\d+)/.exec(await core.figures.registry.metrics())?.[1] ?? 0);
const cases = async (core: Core) => (await core.storage.read("reports").select("code")).map((r) => r.code as string);

describe("one event in, one screen out", () => {
  let t: TestHome;
  let core: Core;
  before(async () => {
    t = testHome();
    core = await t.core();
  });
  after(async () => {
    await core.close();
    t.remove();
  });

  it("answers a redelivered event again, and acts on it once", async () => {
    const net = await network(core, "console", chat);
    const who = net.as("redelivered");
    await who.command("report");
    for (const label of ["go", "selling"]) await who.press(label);
    const text = { kind: "text", text: "Once." } as const;
    await who.does(text, { id: "the same" });
    const first = who.screen;
    const again = await who.does(text, { id: "the same" });
    assert.deepEqual(again.text, first.text);
    assert.match(again.text, /5 characters/);
    await who.press("go");
    while (who.screen.title !== "Read it once more")
      await who.press(choices(who.screen).some((c) => c.value.endsWith("!skip")) ? "Skip" : "Continue");
    await who.press("send");
    const before = (await cases(core)).length;
    const quiet = choices(who.screen).find((c) => c.value.endsWith("quiet"))!;
    const sent = await who.does({ kind: "choice", value: quiet.value }, { id: "send once" });
    const resent = await who.does({ kind: "choice", value: quiet.value }, { id: "send once" });
    assert.ok(sent.secret);
    assert.equal(resent.secret, sent.secret, "the receipt is shown again to who may have missed it");
    assert.equal((await cases(core)).length, before + 1);
  });

  it("asks again for what a redelivered event was to erase, and at another press for all of it once more", async () => {
    const net = await network(core, "telegram", { ...chat, erase: true });
    const who = net.as("traced");
    await who.does({ kind: "command", name: "start", rest: "" }, { traces: ["m1", "m2"] });
    const erase = choices(who.screen).find((c) => c.label === "Erase my traces here")!;
    const press = { kind: "choice", value: erase.value } as const;
    const first = await who.does(press, { id: "erase once", traces: ["m3"] });
    assert.deepEqual(first.erase, ["m1", "m2", "m3"]);
    const again = await who.does(press, { id: "erase once" });
    assert.deepEqual([again.text, again.erase], [first.text, first.erase]);
    const home = await who.press("Home");
    assert.equal(home.erase, undefined);
    await who.does({ kind: "look" });
    assert.equal(who.screen.erase, undefined);
    await who.does({ kind: "command", name: "start", rest: "" }, { traces: ["m4"] });
    assert.deepEqual((await who.press("Erase my traces here")).erase, ["m1", "m2", "m3", "m4"]);
    const typed = { kind: "text", text: (await files(net.as("filed"), "Something.")) as string } as const;
    const refused = await who.does(typed, { id: "typed once", traces: ["m5"] });
    assert.deepEqual(refused.erase, ["m5"]);
    assert.deepEqual((await who.does(typed, { id: "typed once" })).erase, ["m5"]);
  });

  it("keeps no receipt that is typed where it was not asked for", async () => {
    const who = (await network(core, "console", chat)).as("careless");
    const receipt = await files(who, "Something.");
    await who.press("noted");
    await who.command("start");
    await who.press("!leave");
    await who.command("report");
    for (const label of ["go", "selling"]) await who.press(label);
    const screen = await who.says(`Look: ${receipt.toLowerCase()}, is that it?`);
    assert.match(screen.notice ?? "", /looks like a receipt/);
    assert.ok(!choices(who.screen).some((c) => c.label === "Continue"), "the story is still empty");
    await who.says("Without it.");
    assert.match(who.screen.text, /11 characters/);
  });

  it("shows poisoned and endless text harmlessly, to its writer and to reviewers", async () => {
    const net = await network(core, "console", { ...chat, typed: 0 });
    const poison = `\u001b]0;owned\u0007\u202e<script>alert(1)</script> @everyone **x** [a](http://b) \u0000${"長い文".repeat(33_000)}`;
    const who = net.as("poisoner");
    const receipt = await files(who, poison);
    assert.ok(receipt);
    const reviewer = net.as("reviewer");
    await enters(core, reviewer, "Poison reader", "admin");
    const row = await core.storage.read("reports").orderBy("code").select("code");
    const texts: string[] = [];
    for (const { code } of row) {
      await reviewer.does({ kind: "choice", value: `@review.card.${code}.read` });
      await reviewer.press("clear");
      texts.push(...(reviewer.screen.quotes ?? []).map((q) => q.text));
    }
    const shown = texts.find((text) => text.includes("owned"))!;
    assert.equal(shown, `]0;owned<script>alert(1)</script> @everyone **x** [a](http://b) ${"長い文".repeat(33_000)}`);
    for (const text of texts) assert.doesNotMatch(text, /[\u0000-\u0008\u001b\u202a-\u202e\u2066-\u2069]/);
  });

  it("gives a stranger who presses a card nothing but a polite refusal, and counts it", async () => {
    const net = await network(core, "console", chat);
    const stranger = net.as("stranger");
    const before = await refusedOf(core);
    const looks = (await core.audit.verify()).entries;
    for (const code of await cases(core)) {
      for (const action of ["claim", "read", "reply", "close", "release", "reopen", "queue"]) {
        const screen = await stranger.does({ kind: "choice", value: `@review.card.${code}.${action}` });
        assert.deepEqual(screen, {
          text: "This is not open to you. If you are a reviewer, ask for an invitation.",
          hush: true,
          locale: "en",
        });
      }
    }
    await stranger.does(
      { kind: "choice", value: `@review.card.${(await cases(core))[0]}.claim` },
      { place: { platform: "console", id: "group" } },
    );
    assert.ok((await refusedOf(core)) > before);
    assert.equal((await core.audit.verify()).entries, looks);
    assert.equal((await core.storage.read("reports").whereNotNull("owner")).length, 0);
  });

  it("takes no unknown press for an action and breaks on none, from anybody", async () => {
    const net = await network(core, "console", chat);
    const people = [net.as("fuzzer"), net.as("reviewer")];
    const code = (await cases(core))[0]!;
    const state = () => core.storage.read("reports").orderBy("id").select("id", "version", "status", "owner");
    const before = await state();
    const value = fc.oneof(
      fc.string({ unit: "binary", maxLength: 80 }),
      fc
        .constantFrom("@", "~", "!", "~.", "@review", "")
        .chain((head) => fc.string({ maxLength: 40 }).map((tail) => head + tail)),
      fc
        .tuple(
          fc.constantFrom("review", "mailbox", "home", "constructor", "__proto__"),
          fc.constantFrom("card", "notice", "menu", "toString", "queue"),
          fc.string({ maxLength: 12 }),
          fc.string({ maxLength: 8 }),
        )
        .map((p) => `@${p.join(".")}`),
      fc.string({ unit: "binary", maxLength: 8 }).map((key) => `@review.card.${key}.claim`),
      fc
        .string({ maxLength: 8 })
        .filter((action) => !/^(claim|read|release|reopen|queue)$/.test(action))
        .map((action) => `@review.card.${code}.${action}`),
    );
    t.notes.length = 0;
    const input = fc.oneof(
      value.map((v) => ({ kind: "choice" as const, value: v })),
      fc.record({ kind: fc.constant("choices" as const), value, values: fc.array(value, { maxLength: 3 }) }),
      fc.record({
        kind: fc.constant("form" as const),
        value,
        values: fc.dictionary(fc.string({ maxLength: 10 }), fc.string({ maxLength: 10 })),
      }),
      fc.record({
        kind: fc.constant("command" as const),
        name: fc.string({ maxLength: 12 }),
        rest: fc.string({ unit: "binary", maxLength: 20 }),
      }),
    );
    await fc.assert(
      fc.asyncProperty(input, fc.nat(1), async (what, n) => {
        const screen = await people[n]!.does(what);
        assert.ok(screen.text.length > 0 || screen.notice);
      }),
      // a failure is told as it is: to look for a smaller one takes longer than the test has
      { numRuns: 200, endOnFailure: true },
    );
    assert.deepEqual(
      t.notes.filter((n) => n.code === "turn-failed"),
      [],
    );
    assert.deepEqual(await state(), before);
  }).timeout(60_000);
});

describe("turns", () => {
  /** A bot over a conversation whose turns wait until they are let through. */
  async function gated() {
    const t = testHome();
    const core = await t.core();
    const inside: string[] = [];
    const gates = new Map<string, () => void>();
    let most = 0;
    const slow: Conversation<{ n: number }, "wait"> = {
      name: "slow",
      commands: ["slow"],
      first: "wait",
      blank: { n: 0 },
      steps: {
        wait: press<{ n: number }, "wait">({
          ask: (draft) => ({ text: `n=${draft.n}` }),
          on: {},
          async other(draft, answer) {
            if (answer.kind !== "text") return { stay: "text please" };
            if (answer.text === "break")
              throw Object.assign(new Error("secret words of a person"), { code: "E_SECRET_ADDRESS" });
            inside.push(answer.text);
            most = Math.max(most, inside.length);
            if (answer.text.startsWith("slow")) await new Promise<void>((go) => gates.set(answer.text, go));
            inside.splice(inside.indexOf(answer.text), 1);
            return { go: "wait", draft: { n: draft.n + 1 } };
          },
        }),
      },
    };
    const dayKeys = createDayKeys(t.home, t.dayKeys);
    const desk: Desk = {
      orders: [],
      actor: async () => ({ kind: "anyone" }),
      refused: () => {},
      for: () => toyContext().desk,
      prepare: async () => ({ writes: [], after: async () => {} }),
      tend: async () => undefined,
      release: async () => undefined,
      takeIn: async () => ({ ok: false, why: "file-broken" }),
    };
    const bot = createBot({
      shelf: toyShelf(slow),
      sessions: createSessions(core.storage, dayKeys),
      door: createDoor(dayKeys, randomBytes(32), createColumns(randomBytes(32))),
      desk,
      words: core.words,
      page: "",
      now: Date.now,
      note: (code, values = {}) => void t.notes.push({ code, values }),
    });
    let events = 0;
    const hear = (person: string, input: Parameters<typeof bot.hear>[1]["input"]) =>
      bot.hear(
        { name: "console", can: chat },
        { id: `event ${++events}`, from: { platform: "console", id: person }, locale: "en", input },
      );
    const say = (person: string, text: string) => hear(person, { kind: "text", text });
    const opened = async (text: string) => {
      while (!gates.has(text)) await new Promise((go) => setImmediate(go));
      gates.get(text)!();
    };
    return {
      t,
      core,
      hear,
      say,
      opened,
      most: () => most,
      end: async () => {
        await core.close();
        t.remove();
      },
    };
  }

  it("of one person never overlap, and come in the order they were made", async () => {
    const g = await gated();
    await g.hear("a", { kind: "command", name: "slow", rest: "" });
    const answers = [g.say("a", "slow 1"), g.say("a", "quick"), g.say("a", "slow 2"), g.say("a", "quick")];
    await g.opened("slow 1");
    await g.opened("slow 2");
    assert.deepEqual(
      (await Promise.all(answers)).map((s) => s!.text),
      ["n=1", "n=2", "n=3", "n=4"],
    );
    assert.equal(g.most(), 1);
    await g.end();
  });

  it("of different people never wait for each other", async () => {
    const g = await gated();
    for (const person of ["a", "b"]) await g.hear(person, { kind: "command", name: "slow", rest: "" });
    const held = g.say("a", "slow 1");
    for (let i = 1; i <= 3; i++) assert.equal((await g.say("b", "quick"))!.text, `n=${i}`);
    await g.opened("slow 1");
    assert.equal((await held)!.text, "n=1");
    await g.end();
  });

  it("that fail are apologised for, and only a code goes to the log", async () => {
    const g = await gated();
    await g.hear("a", { kind: "command", name: "slow", rest: "" });
    const screen = await g.say("a", "break");
    assert.match(screen!.notice ?? "", /did not work, and it is our fault/);
    assert.equal(screen!.text, "n=0", "and the talk stands where it stood");
    assert.deepEqual(g.t.notes, [{ code: "turn-failed", values: { code: "turn-failed", platform: "console" } }]);
    assert.equal((await g.say("a", "quick"))!.text, "n=1");
    await g.end();
  });
});
