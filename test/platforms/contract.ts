/**
 * The contract of a platform: what every chat network must do, whatever it is made of. A new platform is finished
 * when this is green for it. It runs against the unmodified SDK and a server that speaks the network's wire.
 */
import assert from "node:assert/strict";
import type { Input, Screen } from "../../src/bot/screen.ts";
import type { Address, House, Incoming, Platform, Sent } from "../../src/platforms/platform.ts";

/** What a person sees on their own client, read from the wire. */
export interface Seen {
  /** All text of the last answer, pieces joined by line feeds, as the client would show it (formatting resolved). */
  text: string;
  /** Labels of the buttons, of the options of menus, and of the fields of an opened or drawn form. */
  buttons: string[];
  options: string[];
  fields: string[];
}

/** One person with a client. Each act resolves when the answer has been drawn on the wire. */
export interface Person {
  address: Address;
  command(name: string, rest?: string): Promise<Seen>;
  type(text: string): Promise<Seen>;
  /** Presses the button (or picks the single option) with this label. */
  press(label: string): Promise<Seen>;
  /** Picks several options of a menu and ends the choice. */
  choose(labels: string[]): Promise<Seen>;
  /** Opens the form if it has to be opened, fills it by field names and sends it. */
  fill(values: Record<string, string>): Promise<Seen>;
  attach(files: { name: string; type: string; bytes: Uint8Array }[]): Promise<Seen>;
  /** The last answer again. */
  seen(): Seen;
  /** Delivers the last event once more, as a network does after a lost acknowledgement; absent where it cannot happen. */
  redeliver?(): Promise<Seen>;
}

/** A platform on its wire. */
export interface Wire {
  platform: Platform;
  /** A person in private; the same number is the same account. */
  person(n: number): Person;
  /** The same person acting in a shared place; absent where there are none. */
  inPlace?(n: number): Person;
  /** All text that lies on the wire in a shared place. */
  placeText?(): string;
  /** What a person was sent out of the blue, last. */
  pushed?(n: number): Seen | undefined;
  close(): Promise<void>;
}

const everything: Screen = {
  title: "A heading",
  text: "First paragraph.\n\nSecond paragraph.",
  notice: "Something happened",
  progress: { at: 3, of: 8, text: "3 of 8" },
  quotes: [{ by: "The team", text: "A quoted answer" }],
  fold: { title: "Where from", text: "• First law, article 3\n• Second law" },
  buttons: [
    { value: "yes", label: "Yes", tone: "primary" },
    { value: "no", label: "No", tone: "danger" },
    { value: "web", label: "Web page", url: "https://example.org/" },
  ],
};
const ok = { value: "ok", label: "Okay" };
/** A PNG of one pixel. */
const onePixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
const poisoned =
  "@everyone <@123> <b>bold</b> *star* _under_ `code` [link](https://evil.example) https://evil.example ||spoiler|| \u001b[31mred &amp; </p><script>x</script> # no heading\n> no quote\n- no list";

/**
 * Runs the contract.
 * @param name the platform's name
 * @param start builds the platform on its wire and opens it with the given house
 */
export function platformContract(name: string, start: (house: House) => Promise<Wire>): void {
  describe(`${name}: the platform contract`, () => {
    let wire: Wire;
    let heard: Incoming[] = [];
    let answer: (incoming: Incoming) => Screen | undefined | Promise<Screen | undefined>;
    const inputs = (): Input[] => heard.map((i) => i.input).filter((i) => i.kind !== "look");
    const last = (): Incoming => heard.filter((i) => i.input.kind !== "look").at(-1)!;

    before(async () => {
      wire = await start({
        hear: async (incoming) => {
          if (incoming.input.kind === "files") for (const f of incoming.input.files) taken.push(await read(f));
          heard.push(incoming);
          return answer(incoming);
        },
        say: (_locale, key) => `[${key}]`,
        commands: [
          { name: "start", where: "private" },
          { name: "report", where: "private" },
          { name: "board", where: "place" },
        ],
        locales: ["en", "zh-CN"],
        note: () => {},
      });
    });
    after(async () => wire.close());
    const taken: { name: string; bytes: number }[] = [];
    const read = async (f: { name: string; open(): Promise<ReadableStream<Uint8Array>> }) => {
      let bytes = 0;
      for await (const piece of (await f.open()) as unknown as AsyncIterable<Uint8Array>) bytes += piece.length;
      return { name: f.name, bytes };
    };
    beforeEach(() => {
      heard = [];
      taken.length = 0;
      answer = () => everything;
    });

    it("opens with a command and shows every part of a screen", async () => {
      const seen = await wire.person(1).command("report");
      assert.deepEqual(inputs().at(-1), { kind: "command", name: "report", rest: "" });
      for (const part of [
        "A heading",
        "First paragraph.",
        "Second paragraph.",
        "Something happened",
        "3 of 8",
        "The team",
        "A quoted answer",
        "Where from",
        "• First law, article 3",
        "• Second law",
      ])
        assert.ok(seen.text.includes(part), `does not show: ${part}\n${seen.text}`);
      assert.deepEqual(
        seen.buttons.filter((b) => ["Yes", "No", "Web page"].includes(b)),
        ["Yes", "No", "Web page"],
      );
    });

    it("hands a pressed button over with its value, under the account's address", async () => {
      const p = wire.person(1);
      await p.command("report");
      await p.press("No");
      assert.deepEqual(last().input, { kind: "choice", value: "no" });
      assert.equal(last().from.platform, wire.platform.name);
      assert.equal(last().from.id, p.address.id);
      assert.ok(!last().place);
      assert.ok(last().id.length > 0);
    });

    it("tells two people apart, and two events of one", async () => {
      await wire.person(1).command("report");
      const a = last();
      await wire.person(2).command("report");
      const b = last();
      await wire.person(1).command("report");
      const c = last();
      assert.notEqual(a.from.id, b.from.id);
      assert.equal(a.from.id, c.from.id);
      assert.notEqual(a.id, c.id);
    });

    it("asks for one out of many", async () => {
      answer = () => ({
        text: "A list",
        menu: {
          hint: "Pick one",
          options: Array.from({ length: Math.min(12, wire.platform.can.menuOptions) }, (_, i) => ({
            value: `o${i}`,
            label: `Option ${i}`,
          })),
        },
      });
      const p = wire.person(1);
      const seen = await p.command("report");
      assert.ok(seen.options.includes("Option 7"), seen.options.join());
      assert.ok(seen.text.includes("Pick one"), seen.text);
      await p.press("Option 7");
      assert.deepEqual(last().input, { kind: "choice", value: "o7" });
    });

    it("asks for several out of many, where it can", async function () {
      if (!wire.platform.can.menuMany) return this.skip();
      answer = () => ({
        text: "Which?",
        menu: {
          hint: "Pick several",
          many: true,
          done: { value: "done", label: "Continue" },
          options: Array.from({ length: 6 }, (_, i) => ({ value: `o${i}`, label: `Option ${i}`, on: i === 5 })),
        },
      });
      const p = wire.person(1);
      await p.command("report");
      await p.choose(["Option 1", "Option 3"]);
      assert.deepEqual(last().input, { kind: "choices", value: "done", values: ["o1", "o3"] });
    });

    it("asks several questions in one form, where it can", async function () {
      if (wire.platform.can.formFields === 0) return this.skip();
      answer = (i) =>
        i.input.kind === "form"
          ? { text: "Thanks" }
          : {
              text: "Tell us",
              form: {
                title: "A form",
                send: { value: "send", label: "Send it" },
                fields: [
                  { name: "story", label: "Story", kind: "paragraph", required: true, max: 4000 },
                  { name: "org", label: "Organisation", kind: "line", value: "was here" },
                  {
                    name: "role",
                    label: "Role",
                    kind: "choice",
                    options: [
                      { value: "a", label: "Role A" },
                      { value: "b", label: "Role B" },
                    ],
                  },
                  {
                    name: "many",
                    label: "Several",
                    kind: "choices",
                    options: [
                      { value: "x", label: "X" },
                      { value: "y", label: "Y" },
                      { value: "z", label: "Z" },
                    ],
                  },
                ],
              },
            };
      const p = wire.person(1);
      await p.command("report");
      const seen = await p.fill({ story: "line one\nline two", org: "Bank & Söhne 银行", role: "b", many: "x,z" });
      assert.deepEqual(last().input, {
        kind: "form",
        value: "send",
        values: { story: "line one\nline two", org: "Bank & Söhne 银行", role: "b", many: "x,z" },
      });
      assert.ok(seen.text.includes("Thanks"));
    });

    it("takes a free text, where one can be typed", async function () {
      if (!wire.platform.can.freeText) return this.skip();
      const p = wire.person(1);
      await p.command("start");
      await p.type("我想举报\nsecond line");
      assert.deepEqual(last().input, { kind: "text", text: "我想举报\nsecond line" });
    });

    it("takes files, streams them, and keeps several together", async function () {
      if (wire.platform.can.fileBytes === 0) return this.skip();
      answer = () => ({
        text: "Files, please",
        files: { max: 5, bytes: 1_000_000, pick: "Choose files" },
        buttons: [{ value: "go", label: "Continue" }],
      });
      const p = wire.person(1);
      await p.command("report");
      await p.attach([
        { name: "a.txt", type: "text/plain", bytes: new TextEncoder().encode("hello") },
        { name: "b.png", type: "image/png", bytes: new Uint8Array(70_000).fill(7) },
      ]);
      assert.equal(last().input.kind, "files");
      assert.deepEqual(
        taken.map((t) => t.bytes).sort((x, y) => x - y),
        [5, 70_000],
      );
    });

    it("shows a stranger's text as it is: no mention, no markup, no escape", async () => {
      answer = () => ({
        text: poisoned,
        quotes: [{ by: "x", text: poisoned }],
        fold: { title: poisoned, text: poisoned },
      });
      const seen = await wire.person(1).command("report");
      for (const literal of [
        "@everyone",
        "<b>bold</b>",
        "*star*",
        "_under_",
        "`code`",
        "[link]",
        "||spoiler||",
        "&amp;",
        "</p><script>x</script>",
      ])
        assert.equal(seen.text.split(literal).length - 1, 4, `lost or formatted: ${literal}\n${seen.text}`);
      assert.ok(!seen.text.includes("\u001b[31m"), "a terminal escape got through");
    });

    it("shows a very long text whole", async () => {
      const long = Array.from({ length: 1500 }, (_, i) => `word${i}`).join(" ");
      answer = () => ({ text: long, buttons: [{ value: "yes", label: "Yes" }] });
      const seen = await wire.person(1).command("report");
      assert.equal(seen.text.replace(/\s+/g, " ").includes("word0 "), true);
      for (const w of ["word400", "word800", "word1499"]) assert.ok(seen.text.includes(w), `missing ${w}`);
      assert.ok(seen.buttons.includes("Yes"));
    });

    it("shows a picture with its words, and draws it once", async () => {
      let drawn = 0;
      const alt = `Chain: 3 sellers & "2" <buyers> ${"很长".repeat(700)}`;
      const png = async () => {
        drawn += 1;
        return Buffer.from(onePixel, "base64");
      };
      answer = () => ({ text: "Below the picture", picture: { name: "chain.png", alt, png }, buttons: [ok] });
      const seen = await wire.person(1).command("report");
      assert.ok(seen.text.includes(alt.slice(0, 1000)), "its words");
      assert.ok(seen.text.includes("Below the picture"));
      assert.ok(drawn <= 1, "drawn for this one answer only");
      answer = () => ({ text: "Then" });
      assert.ok((await wire.person(1).press("Okay")).text.includes("Then"));
    });

    it("shows a code to note down", async () => {
      answer = () => ({ text: "Your receipt", secret: "ABCD-EFGH-JKMN" });
      const seen = await wire.person(1).command("report");
      assert.ok(seen.text.includes("ABCD-EFGH-JKMN"));
    });

    it("does not let one person's slow turn hold up another", async () => {
      let release = (): void => {};
      const gate = new Promise<void>((r) => (release = r));
      let slowHeard = (): void => {};
      const arrived = new Promise<void>((r) => (slowHeard = r));
      answer = async (i) => {
        if (i.from.id === wire.person(1).address.id) {
          slowHeard();
          await gate;
        }
        return { text: `for ${i.from.id === wire.person(1).address.id ? "slow" : "quick"}` };
      };
      const slow = wire.person(1).command("report");
      await arrived;
      const quick = await wire.person(2).command("report");
      assert.ok(quick.text.includes("for quick"));
      release();
      assert.ok((await slow).text.includes("for slow"));
    });

    it("delivers a repeated event under the same id", async function () {
      const p = wire.person(1);
      if (!p.redeliver) return this.skip();
      await p.command("report");
      const first = last().id;
      await p.redeliver();
      assert.equal(last().id, first);
    });

    it("sends out of the blue and can redraw, where it can", async function () {
      if (!wire.platform.can.push || !wire.pushed) return this.skip();
      const p = wire.person(3);
      await p.command("start");
      const sent: Sent = await wire.platform.send(
        p.address,
        { text: "There is news", buttons: [{ value: "yes", label: "Yes" }] },
        { locale: "en", nonce: "n1" },
      );
      assert.ok(sent.ok, JSON.stringify(sent));
      assert.ok(wire.pushed(3)!.text.includes("There is news"));
      if (!wire.platform.can.edit) return;
      const again = await wire.platform.send(p.address, { text: "Old news" }, { locale: "en", ref: sent.ref! });
      assert.ok(again.ok, JSON.stringify(again));
      assert.ok(wire.pushed(3)!.text.includes("Old news"));
    });

    it("in a shared place tells where it happened, and answers only the person", async function () {
      if (!wire.inPlace || !wire.placeText) return this.skip();
      answer = () => ({ text: "only for you", hush: true });
      const place = wire.inPlace(1);
      await place.command("board");
      assert.ok(last().place, "no place");
      assert.notEqual(last().place!.id, last().from.id);
      assert.ok(!wire.placeText().includes("only for you"), "a private answer lies in the shared place");
    });

    it("answers nothing where the house answers nothing", async () => {
      answer = () => undefined;
      await wire.person(4).command("report");
      assert.equal(heard.length > 0, true);
    });
  });
}
