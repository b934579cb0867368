import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import type { Context } from "../../src/bot/conversation.ts";
import { secretNames } from "../../src/bot/covered.ts";
import { blankTalk, type Outcome } from "../../src/bot/moves.ts";
import type { Talk } from "../../src/bot/sessions.ts";
import { createShelf } from "../../src/bot/shelf.ts";
import { type Heard, tag, take } from "../../src/bot/turns.ts";
import { showReceipt } from "../../src/reports/receipt.ts";
import { marked, toy, toyContext, toyHome, toyShelf } from "../support/toy.ts";

const shelf = toyShelf();
const anyone = toyContext();
const reviewer = toyContext({}, { kind: "reviewer", alias: "Heron", role: "reviewer" });

/** Takes one turn after another: a string is a press, an object is what it is. */
async function walk(ctx: Context, ...inputs: (string | Heard)[]): Promise<Outcome> {
  let outcome: Outcome = { talk: blankTalk(), commands: [] };
  for (const input of inputs)
    outcome = await take(shelf, outcome.talk, typeof input === "string" ? press(outcome.talk, input) : input, ctx);
  return outcome;
}

const press = (talk: Talk, value: string): Heard => ({ kind: "choice", value: marked(talk, value) });
const say = (text: string): Heard => ({ kind: "text", text });
const command = (name: string, rest = ""): Heard => ({ kind: "command", name, rest });
const at = ({ talk }: Outcome) => [talk.conversation, talk.step, talk.filling?.at ?? 0];

describe("a talk", () => {
  it("goes on step by step, and what was answered is kept", async () => {
    const end = await walk(anyone, "toy", "red", say("Ann"), say("because"));
    assert.deepEqual(at(end), ["toy", "sure", 0]);
    assert.deepEqual(end.talk.draft, { colour: "red", name: "Ann", why: "because" });
  });

  it("goes back question by question and step by step, and loses nothing by it", async () => {
    const asked = await walk(anyone, "toy", "red", say("Ann"));
    assert.deepEqual(at(asked), ["toy", "words", 1]);
    assert.deepEqual(at(await walk(anyone, "toy", "red", say("Ann"), "!back")), ["toy", "words", 0]);
    const home = await walk(anyone, "toy", "red", say("Ann"), "!back", "!back");
    assert.deepEqual(at(home), ["toy", "colour", 0]);
    assert.deepEqual(home.talk.draft, { colour: "red" });
    assert.deepEqual(at(await walk(anyone, "toy", "red", say("Ann"), "!back", "!back", "!back")), ["toy", "colour", 0]);
  });

  it("lets a question be skipped, or the rest of them", async () => {
    assert.deepEqual((await walk(anyone, "toy", "!skip")).talk.draft, { colour: "none" });
    assert.deepEqual(at(await walk(anyone, "toy", "red", "!skip")), ["toy", "words", 1]);
    const skipped = await walk(anyone, "toy", "red", "!skip", say("because"));
    assert.deepEqual(skipped.talk.draft, { colour: "red", name: "", why: "because" });
    assert.deepEqual(at(await walk(anyone, "toy", "red", "!rest")), ["toy", "sure", 0]);
  });

  it("does not let a question be skipped that needs its answer", async () => {
    const end = await walk(anyone, "toy", "red", "!rest", "!skip");
    assert.deepEqual(at(end), ["toy", "sure", 0]);
    assert.equal(end.notice, "bot:press-one");
  });

  it("asks before something is lost, and only then", async () => {
    assert.deepEqual(at(await walk(anyone, "toy", "!home")), ["home", "menu", 0]);
    for (const leave of ["!home", command("cancel"), command("start"), command("toy")]) {
      const asked = await walk(anyone, "toy", "red", leave);
      assert.ok(asked.talk.leaving, "the question stands");
      const stayed = await take(shelf, asked.talk, press(asked.talk, "!stay"), anyone);
      assert.deepEqual([...at(stayed), stayed.talk.draft], ["toy", "words", 0, { colour: "red" }]);
      const left = await take(shelf, asked.talk, press(asked.talk, "!leave"), anyone);
      assert.deepEqual(left.talk.draft, {});
      assert.equal(left.notice, "left");
    }
  });

  it("takes nothing typed into the question for an answer", async () => {
    const asked = await walk(anyone, "toy", "red", "!home", say("whatever"));
    assert.ok(asked.talk.leaving);
    assert.equal(asked.notice, "bot:press-one");
  });

  it("answers a button of yesterday politely and does nothing", async () => {
    const before = { talk: { ...(await walk(anyone, "toy")).talk, events: ["an event"] } };
    const old = press(before.talk, "red");
    const now = await take(shelf, before.talk, press(before.talk, "green"), anyone);
    const late = await take(shelf, now.talk, old, anyone);
    assert.deepEqual(late.talk, now.talk);
    assert.equal(late.notice, "bot:stale");
    const anew = await walk(anyone, "toy");
    assert.equal(
      (await take(shelf, anew.talk, old, anyone)).notice,
      "bot:forgotten",
      "nor after all was forgotten: then it says so",
    );
    assert.deepEqual(anew.talk.draft, {});
  });

  it("gives back what was typed into a form that cannot be taken, but no code, passphrase or receipt", async () => {
    const values = {
      name: "Ann",
      why: "I saw how the lists were sold.",
      passphrase: "quiet water under reeds",
      receipt: "not quite a receipt here",
      more: `it is ${showReceipt("0123456789ABCDEFGHJKE")} ok`,
      sector: "telecom-operator,bank",
    };
    const { talk } = await walk(anyone, "toy", "red");
    const old = `~old.${"send"}`;
    const late = await take(shelf, talk, { kind: "form", value: old, values }, anyone);
    assert.deepEqual([late.notice, late.typed], ["bot:forgotten", [values.why]]);
    const beside = await take(shelf, talk, { kind: "choice", value: old, values: { why: values.why } }, anyone);
    assert.deepEqual(beside.typed, [values.why], "also beside a button");
    const inside = (await walk(reviewer, command("secret"))).talk;
    const heard: Heard = {
      kind: "form",
      value: marked(inside, "send"),
      values: { text: "A long answer to a reporter." },
    };
    const out = await take(shelf, inside, heard, anyone);
    assert.deepEqual([out.notice, out.typed], ["bot:signed-out", ["A long answer to a reporter."]]);
  });

  it("knows every field that is secret by its name", () => {
    const found = (readdirSync("src/conversations", { recursive: true }) as string[]).flatMap((file) => {
      if (!file.endsWith(".ts")) return [];
      const text = readFileSync(`src/conversations/${file}`, "utf8");
      return [...text.matchAll(/kind: "(?:secret|passphrase)"/g)].flatMap(({ index }) => {
        const named = text.slice(text.lastIndexOf("name:", index), index).split(/\n|, /)[0]!;
        return Array.from(named.matchAll(/"(\w+)"/g), (m) => m[1]!);
      });
    });
    assert.deepEqual([...new Set(found)].sort(), [...secretNames].sort());
  });

  it("shows the last word until the next input, and the orders come with it once", async () => {
    const end = await walk(anyone, "toy", "red", "!rest", "yes");
    assert.deepEqual(end.talk.over, { text: "thanks" });
    assert.equal(end.commands.length, 1);
    const looked = await take(shelf, end.talk, { kind: "look" }, anyone);
    assert.deepEqual(looked.talk.over, { text: "thanks" });
    const next = await take(shelf, end.talk, press(end.talk, "toy"), anyone);
    assert.deepEqual([...at(next), next.talk.over], ["toy", "colour", 0, undefined]);
  });

  it("does not change the talk that it was given: a lost race takes the turn again", async () => {
    const { talk } = await walk(anyone, "toy", "red");
    const before = structuredClone(talk);
    for (const heard of [say("Ann"), press(talk, "!back"), press(talk, "!home"), command("start")])
      await take(shelf, talk, heard, anyone);
    assert.deepEqual(talk, before);
  });

  it("begins again at home when its conversation is no longer there", async () => {
    const talk = { ...blankTalk(), conversation: "gone", step: "nowhere", events: ["e"] };
    assert.deepEqual(at(await take(shelf, talk, press(talk, "anything"), anyone)), ["home", "menu", 0]);
  });
});

describe("a typed receipt", () => {
  it("is refused and not kept, whatever is asked, and the message is erased", async () => {
    const receipt = "0123456789ABCDEFGHJKE";
    for (const text of [`it is ${showReceipt(receipt)} ok`, `${receipt.toLowerCase()}.`]) {
      const { talk } = await walk(anyone, "toy", "red");
      const outcome = await take(shelf, { ...talk, traces: ["first", "last"] }, say(text), anyone);
      assert.equal(outcome.notice, "bot:receipt-typed");
      assert.deepEqual(outcome.erase, ["last"]);
      assert.ok(!JSON.stringify(outcome.talk).includes(receipt.slice(0, 4)));
    }
  });
});

describe("a long text with something like a receipt in it", () => {
  const receipt = showReceipt("0123456789ABCDEFGHJKE");
  const text = `They told me ${receipt} and sold the list.`;
  const left = "They told me ████ and sold the list.";

  it("comes back with that covered, for the message itself is erased", async () => {
    const { talk } = await walk(anyone, "toy", "red");
    for (const heard of [say(text), command("toy", text)]) {
      const outcome = await take(shelf, { ...talk, traces: ["last"] }, heard, anyone);
      assert.deepEqual([outcome.notice, outcome.typed, outcome.erase], ["bot:receipt-covered", [left], ["last"]]);
    }
    const alone = await take(shelf, talk, say(`it is ${receipt}`), anyone);
    assert.deepEqual([alone.notice, alone.typed], ["bot:receipt-typed", []]);
  });

  it("is filled in again in a form, with that covered, and no secret", async () => {
    const { talk } = await walk(anyone, "toy", "red");
    const key = "AGE-SECRET-KEY-PQ-1MADEUP";
    const values = { story: text, other: "Harbour Bank", passphrase: "hidden", receipt, key };
    const outcome = await take(shelf, talk, { kind: "form", value: `~${tag(talk)}.send`, values }, anyone);
    assert.equal(outcome.notice, "bot:receipt-covered");
    assert.deepEqual(outcome.talk.kept, { story: left, other: "Harbour Bank" });
  });
});

describe("what exists only for reviewers", () => {
  const card: Heard = { kind: "choice", value: "@secret.card.K7.in" };

  it("is neither opened nor told of to anybody else", async () => {
    assert.equal((await walk(anyone, card)).refused, true);
    const unknown = await walk(anyone, command("secret"));
    assert.deepEqual(
      [unknown.refused, unknown.notice, unknown.talk.conversation],
      [true, "bot:unknown-command", "home"],
    );
    assert.equal((await walk(anyone, command("no-such"))).notice, "bot:unknown-command");
  });

  it("opens from a card for a reviewer, and asks first where a draft would be lost", async () => {
    assert.deepEqual(at(await walk(reviewer, card)), ["secret", "inside", 0]);
    const asked = await walk(reviewer, "toy", "red", card);
    assert.ok(asked.talk.leaving);
    const left = await take(shelf, asked.talk, press(asked.talk, "!leave"), reviewer);
    assert.deepEqual([...at(left), left.talk.draft], ["secret", "inside", 0, { key: "K7" }]);
  });

  it("leaves a reviewer's own talk alone where a card stays a card", async () => {
    const { talk } = await walk(reviewer, "toy", "red");
    const outcome = await take(shelf, talk, { kind: "choice", value: "@secret.card.K7.stay" }, reviewer);
    assert.deepEqual(outcome.talk, talk);
    assert.deepEqual([outcome.aside?.draft, outcome.notice], [{ key: "K7" }, "no"]);
  });

  it("is shut at once for somebody who is no reviewer any more", async () => {
    const { talk } = await walk(reviewer, command("secret"));
    const outcome = await take(shelf, talk, press(talk, "anything"), anyone);
    assert.equal(outcome.talk.conversation, "home");
    assert.ok(outcome.notice, "and is told why");
  });

  it("where others are present, a card is all that can be pressed", async () => {
    const shared = toyContext({}, { kind: "anyone" }, true);
    const { talk } = await walk(anyone, "toy");
    for (const heard of [press(talk, "red"), say("hello"), command("toy")])
      assert.equal((await take(shelf, talk, heard, shared)).refused, true);
  });
});

describe("a shelf", () => {
  it("takes no two conversations of one name or command", () => {
    assert.throws(() => createShelf([toyHome, toy, toy]), /two conversations are named toy/);
    assert.throws(() => createShelf([toyHome, toy, { ...toy, name: "other" }]), /two conversations answer to \/toy/);
  });
});
