import assert from "node:assert/strict";
import fc from "fast-check";
import type { Conversation } from "../../src/bot/conversation.ts";
import { spell } from "../../src/bot/forms.ts";
import { blankTalk } from "../../src/bot/moves.ts";
import type { Choice, Field, Screen } from "../../src/bot/screen.ts";
import type { Talk } from "../../src/bot/sessions.ts";
import { createShelf } from "../../src/bot/shelf.ts";
import { fillIn, pick } from "../../src/bot/steps.ts";
import { type Heard, take } from "../../src/bot/turns.ts";
import type { Can } from "../../src/platforms/platform.ts";
import { newReceipt, showReceipt } from "../../src/reports/receipt.ts";
import { marked, toyContext, toyHome } from "../support/toy.ts";

type Values = Record<string, string>;

/** A conversation of this one form (or menu); what reached it is in its draft. */
function asking(step: Conversation<{ got?: unknown }, "ask">["steps"]["ask"]): Conversation<{ got?: unknown }, "ask"> {
  return { name: "asking", commands: ["ask"], first: "ask", blank: {}, steps: { ask: step } };
}
const formOf = (fields: Field[]) =>
  asking(
    fillIn({
      ask: () => ({ text: "please" }),
      title: () => "title",
      send: () => "send",
      fields: () => fields,
      skip: true,
      on: (_draft, values) => ({ go: "ask", draft: { got: values } }),
    }),
  );
const menuOf = (options: Choice[], many: boolean) =>
  asking(
    pick({
      ask: () => ({ text: "please" }),
      hint: () => "choose",
      options: () => options,
      ...(many ? { many: true } : {}),
      on: (_draft, values) => ({ go: "ask", draft: { got: values } }),
    }),
  );

/** Somebody in front of a screen, on a platform that can do this. */
async function person(conversation: Conversation<{ got?: unknown }, "ask">, can: Partial<Can>) {
  const ctx = toyContext(can);
  const shelf = createShelf([toyHome, conversation]);
  let talk: Talk = (await take(shelf, blankTalk(), { kind: "command", name: "ask", rest: "" }, ctx)).talk;
  const screen = async (): Promise<Screen> =>
    spell(talk, await conversation.steps.ask.show(talk.draft as { got?: unknown }, ctx), ctx);
  const does = async (heard: Heard): Promise<string | undefined> => {
    const outcome = await take(shelf, talk, heard, ctx);
    talk = outcome.talk;
    return outcome.notice;
  };
  return {
    screen,
    does,
    press: (value: string) => does({ kind: "choice", value: marked(talk, value) }),
    mark: (value: string) => marked(talk, value),
    got: () => (talk.draft as { got?: unknown }).got,
    talk: () => talk,
  };
}
type Person = Awaited<ReturnType<typeof person>>;

const options = (count: number): Choice[] =>
  Array.from({ length: count }, (_, i) => ({ value: `o${i}`, label: `Option ${i}` }));

/** Ticks on a menu of many until exactly these are ticked, page by page, and says done. */
async function tick(who: Person, wanted: string[], page: number): Promise<void> {
  for (;;) {
    for (const option of (await who.screen()).menu!.options) {
      const on = ((await who.screen()).menu!.options.find((o) => o.value === option.value)?.on ?? false) === true;
      if (on !== wanted.includes(option.value.replace("!t:", ""))) await who.press(option.value);
    }
    const { buttons = [] } = await who.screen();
    if (!buttons.some((b) => b.value === "!more")) break;
    await who.press("!more");
    assert.ok((await who.screen()).menu!.options.length <= page);
  }
  await who.press("done");
}

const text = fc
  .string({ unit: "grapheme", minLength: 1, maxLength: 60 })
  .filter((t) => t.trim() !== "" && !t.includes("\ufeff"));
/** A field and what is answered to it; nothing means that the question is skipped. */
const asked = fc.oneof(
  fc.record({
    kind: fc.constantFrom("line" as const, "paragraph" as const),
    value: fc.option(fc.constant("before"), { nil: undefined }),
    answer: fc.option(text, { nil: undefined }),
  }),
  fc.record({
    kind: fc.constant("choice" as const),
    value: fc.constantFrom(undefined, "o1"),
    answer: fc.option(
      fc.nat(6).map((n) => `o${n}`),
      { nil: undefined },
    ),
  }),
  fc.record({
    kind: fc.constant("choices" as const),
    value: fc.constantFrom(undefined, "o1,o4"),
    answer: fc.option(
      fc.subarray(options(7).map((o) => o.value)).map((s) => s.join(",")),
      { nil: undefined },
    ),
  }),
);

async function oneByOne(who: Person, fields: Field[], answers: (string | undefined)[]): Promise<void> {
  for (const [i, field] of fields.entries()) {
    const answer = answers[i];
    if (i < fields.length - 1 && answers.slice(i).every((a) => a === undefined)) return void (await who.press("!rest"));
    if (answer === undefined) await who.press("!skip");
    else if (field.kind === "choices") await tick(who, answer.split(",").filter(Boolean), 3);
    else if (field.kind === "choice") {
      while (!(await who.screen()).menu!.options.some((o) => o.value === answer)) await who.press("!more");
      await who.press(answer);
    } else assert.equal(await who.does({ kind: "text", text: answer }), undefined);
  }
}

async function inParts(who: Person, filled: Values): Promise<void> {
  for (;;) {
    const { form } = await who.screen();
    if (!form || who.got() !== undefined) return;
    assert.ok(form.fields.length <= 5);
    const values = Object.fromEntries(form.fields.map((f) => [f.name, filled[f.name]!]));
    assert.equal(await who.does({ kind: "form", value: who.mark(form.send.value), values }), undefined);
  }
}

describe("a form", () => {
  it("gives the same answers question by question, in parts, and as one page", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(asked, { minLength: 2, maxLength: 9 }), async (list) => {
        const fields: Field[] = list.map(({ kind, value }, i) => ({
          name: `f${i}`,
          label: `Field ${i}`,
          kind,
          ...(value ? { value } : {}),
          ...(kind === "choice" || kind === "choices" ? { options: options(7) } : {}),
        }));
        const answers = list.map((l) => l.answer);
        const filled = Object.fromEntries(fields.map((f, i) => [f.name, answers[i] ?? f.value ?? ""]));
        const chat = await person(formOf(fields), { formFields: 0, menuOptions: 3, menuMany: false });
        await oneByOne(chat, fields, answers);
        const modal = await person(formOf(fields), { formFields: 5 });
        await inParts(modal, filled);
        const page = await person(formOf(fields), { formFields: 20 });
        await atOnce(page, filled);
        assert.ok(chat.got(), "the form reached its step");
        assert.deepEqual(chat.got(), page.got());
        assert.deepEqual(modal.got(), page.got());
      }),
      { numRuns: 120 },
    );
  });

  const three: Field[] = [
    { name: "a", label: "A", kind: "line", required: true, max: 10 },
    { name: "b", label: "B", kind: "line" },
    { name: "c", label: "C", kind: "passphrase" },
  ];

  it("says what is missing or too long, and gives back what was typed", async () => {
    const page = await person(formOf(three), { formFields: 5 });
    const send = async (values: Values) => page.does({ kind: "form", value: page.mark("send"), values });
    assert.equal(await send({ a: " ", b: "kept", c: "hidden" }), "bot:required A");
    assert.deepEqual(
      (await page.screen()).form!.fields.map((f) => f.value),
      [" ", "kept", undefined],
    );
    assert.ok(!JSON.stringify(page.talk()).includes("hidden"), "a passphrase is not remembered");
    assert.equal(await send({ a: "elevenchars" }), "bot:too-long A 1 10");
    assert.equal(page.got(), undefined);
    const chat = await person(formOf(three), { formFields: 0 });
    assert.equal(await chat.press("!skip"), "bot:required A");
    assert.equal(await chat.does({ kind: "text", text: "elevenchars" }), "bot:too-long A 1 10");
  });

  it("gives back what was typed also where it comes in parts", async () => {
    const long: Field[] = [
      ...three,
      ...["d", "e", "f"].map((name) => ({ name, label: name.toUpperCase(), kind: "line" as const })),
    ];
    const modal = await person(formOf(long), { formFields: 5 });
    assert.equal(
      await modal.does({
        kind: "form",
        value: modal.mark("send"),
        values: { a: "", b: "typed with care", c: "hidden" },
      }),
      "bot:required A",
    );
    assert.equal((await modal.screen()).form!.fields[1]!.value, "typed with care");
    await modal.does({ kind: "form", value: modal.mark("send"), values: { a: "x", b: "typed with care" } });
    assert.equal((await modal.screen()).form!.fields[0]!.value, undefined, "and not in the next part");
  });

  it("takes no code that is not among its options", async () => {
    const page = await person(formOf([{ name: "a", label: "A", kind: "choice", options: options(2) }, three[1]!]), {
      formFields: 5,
    });
    assert.equal(await page.does({ kind: "form", value: page.mark("send"), values: { a: "o7" } }), "bot:press-one");
  });

  it("turns whatever is typed into harmless text", async () => {
    const page = await person(formOf([{ name: "a", label: "A", kind: "paragraph", max: 100_000 }]), { formFields: 1 });
    await page.does({
      kind: "form",
      value: page.mark("send"),
      values: { a: "\u001b[2Jred\u202e\u0000\r\n<b>@everyone</b> *x*\u2066\u200d" },
    });
    assert.deepEqual(page.got(), { a: "[2Jred\n<b>@everyone</b> *x*\u200d" });
    const long = "字".repeat(100_000);
    await page.does({ kind: "text", text: long });
    assert.deepEqual(page.got(), { a: long });
    assert.equal(await page.does({ kind: "text", text: `${long}x` }), "bot:too-long A 1 100000");
  });
});

describe("a button beside a form", () => {
  const fields: Field[] = [
    { name: "a", label: "A", kind: "line", required: true, max: 10 },
    { name: "b", label: "B", kind: "line" },
    { name: "c", label: "C", kind: "passphrase" },
  ];
  const beside = asking(
    fillIn({
      ask: () => ({ text: "please", buttons: [{ value: "on", label: "on" }] }),
      title: () => "title",
      send: () => "send",
      fields: () => fields,
      skip: true,
      on: (_draft, values) => ({ go: "ask", draft: { got: { sent: values } } }),
      press: (_draft, value, _ctx, values) => ({ go: "ask", draft: { got: { value, values } } }),
    }),
  );
  const pressing = async (can: Partial<Can>, value: string, values?: Values) => {
    const who = await person(beside, can);
    const notice = await who.does({ kind: "choice", value: who.mark(value), ...(values ? { values } : {}) });
    return { who, notice, got: who.got() };
  };

  it("gets what was typed, cleaned, without what is hidden, and requires nothing", async () => {
    const { got } = await pressing({ formFields: 5 }, "on", { a: "", b: " typed\u202e ", c: "hidden", d: "no field" });
    assert.deepEqual(got, { value: "on", values: { a: "", b: "typed" } });
  });

  it("gets nothing where nothing was typed or the form is not whole", async () => {
    const nothing = { value: "on", values: undefined };
    assert.deepEqual((await pressing({ formFields: 5 }, "on")).got, nothing);
    assert.deepEqual((await pressing({ formFields: 2 }, "on", { b: "typed" })).got, nothing);
  });

  it("stays, with what was typed, where that does not pass", async () => {
    const { who, notice, got } = await pressing({ formFields: 5 }, "on", { a: "elevenchars", b: "kept", c: "hidden" });
    assert.equal(notice, "bot:too-long A 1 10");
    assert.equal(got, undefined);
    assert.deepEqual(
      (await who.screen()).form!.fields.map((f) => f.value),
      ["elevenchars", "kept", undefined],
    );
    assert.ok(!JSON.stringify(who.talk()).includes("hidden"));
  });

  it("takes no receipt, and does not keep it", async () => {
    const receipt = showReceipt(newReceipt());
    const { who, notice, got } = await pressing({ formFields: 5 }, "on", { b: `mine is ${receipt}` });
    assert.equal(notice, "bot:receipt-typed");
    assert.equal(got, undefined);
    assert.ok(!JSON.stringify(who.talk()).includes(receipt));
    const long = await pressing({ formFields: 5 }, "on", { b: `They sold it, and ${receipt} too.` });
    assert.equal(long.notice, "bot:receipt-covered");
    assert.equal((await long.who.screen()).form!.fields[1]!.value, "They sold it, and ████ too.");
  });

  it("is a skipped question where it says so, whatever was typed", async () => {
    assert.deepEqual((await pressing({ formFields: 5 }, "!skip", { b: "typed" })).got, { sent: {} });
  });
});

describe("a long menu", () => {
  it("is shown in pages, and every option can be reached and pressed", async () => {
    for (let n = 0; n < 8; n++) {
      const who = await person(menuOf(options(8), false), { menuOptions: 3 });
      let turned = 0;
      for (; !(await who.screen()).menu!.options.some((o) => o.value === `o${n}`); turned++) await who.press("!more");
      assert.equal(turned, Math.floor(n / 3));
      assert.equal((await who.screen()).menu!.hint, `bot:page choose ${turned + 1} 3`);
      await who.press(`o${n}`);
      assert.deepEqual(who.got(), [`o${n}`]);
    }
  });

  it("of many keeps its ticks from page to page, in the order of the menu", async () => {
    const who = await person(menuOf(options(8), true), { menuOptions: 3, menuMany: false });
    await tick(who, ["o7", "o0", "o4"], 3);
    assert.deepEqual(who.got(), ["o0", "o4", "o7"]);
  });

  it("of many keeps what was chosen natively on other pages", async () => {
    const who = await person(menuOf(options(8), true), { menuOptions: 3, menuMany: true });
    const choose = (...values: string[]) =>
      who.does({ kind: "choices", value: who.mark("done"), values: values.map((v) => who.mark(v)) });
    await choose("o1", "o2");
    await who.press("!more");
    await choose("o5");
    await who.press("!less");
    await choose("o2");
    await who.press("done");
    assert.deepEqual(who.got(), ["o2", "o5"]);
  });

  it("of one can be answered by typing the option, and by nothing else", async () => {
    const who = await person(menuOf(options(3), false), {});
    assert.equal(await who.does({ kind: "text", text: "something" }), "bot:press-one");
    assert.equal(await who.does({ kind: "choices", value: who.mark("done"), values: [] }), "bot:press-one");
    assert.equal(await who.press("o9"), "bot:press-one");
    await who.does({ kind: "text", text: " option 2 " });
    assert.deepEqual(who.got(), ["o2"]);
  });
});

/** The whole form at once. */
async function atOnce(who: Person, values: Values): Promise<void> {
  assert.equal(await who.does({ kind: "form", value: who.mark("send"), values }), undefined);
}
