import assert from "node:assert/strict";
import { EventEmitter, once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { inspect } from "node:util";
import type { Form, Screen } from "../../src/bot/screen.ts";
import { type DiscordOptions, discord } from "../../src/platforms/discord/index.ts";
import { openLine } from "../../src/platforms/discord/line.ts";
import { asTyped } from "../../src/platforms/discord/text.ts";
import type { House, Incoming, NoteCode, Platform, Sent } from "../../src/platforms/platform.ts";
import { createDiscordServer, type DiscordServer } from "../standins/discord.ts";
import type { Account } from "../standins/discord-client.ts";
import { show } from "../standins/discord-rules.ts";
import { type Person, platformContract } from "./contract.ts";

const quick = { pause: () => 1 };

platformContract("discord", async (house) => {
  const server = await createDiscordServer();
  const platform = discord({ token: server.token, apiRoot: server.apiRoot, turned: server.turned, ...quick });
  await platform.open(house);
  await server.ready();
  const place = server.place();
  const person = (account: Account): Person => ({
    address: { platform: "discord", id: account.id },
    command: (name) => account.command(name),
    type: () => assert.fail("no free text"),
    press: (label) => account.press(label),
    choose: (labels) => account.choose(labels),
    fill: (values) => account.fill(values),
    attach: (files) => account.attach(files),
    seen: () => account.seen(),
    redeliver: () => account.redeliver(),
  });
  return {
    platform,
    person: (n) => person(server.account(n)),
    inPlace: (n) => person(server.account(n).in(place)),
    placeText: () => server.placeText(place.id),
    pushed: (n) => server.account(n).pushed(),
    close: async () => {
      await platform.close();
      await server.stop();
    },
  };
});

describe("discord", () => {
  let server: DiscordServer;
  let platform: Platform;
  let heard: Incoming[];
  let notes: [NoteCode, Record<string, string | number> | undefined][];
  let answer: (incoming: Incoming) => Screen | undefined | Promise<Screen | undefined>;

  const house = (): House => ({
    hear: async (incoming) => {
      heard.push(incoming);
      return answer(incoming);
    },
    say: (locale, key) => `${locale}/${key}`,
    commands: [
      { name: "report", where: "private" },
      { name: "mailbox", where: "private" },
      { name: "board", where: "place" },
    ],
    locales: ["en", "zh-CN"],
    note: (code, values) => {
      notes.push([code, values]);
      told.emit("note");
    },
  });
  const begin = async (options: Partial<DiscordOptions> = {}): Promise<void> => {
    platform = discord({ token: server.token, apiRoot: server.apiRoot, turned: server.turned, ...quick, ...options });
    await platform.open(house());
  };
  const codes = (): NoteCode[] => notes.map(([code]) => code);
  let told = new EventEmitter();
  const noted = async (code: NoteCode): Promise<void> => {
    while (!codes().includes(code)) await once(told, "note");
  };
  const form: Form = {
    title: "About the organisation",
    send: { value: "org-form", label: "Continue" },
    fields: [{ name: "org", label: "Organisation", kind: "line" }],
  };

  beforeEach(async () => {
    heard = [];
    notes = [];
    told = new EventEmitter();
    answer = () => ({ text: "An answer", buttons: [{ value: "go", label: "Go" }] });
    server = await createDiscordServer();
  });
  afterEach(async () => {
    await platform.close();
    await server.stop();
    assert.deepEqual(server.pings, [], "something could mention a person or fetch a preview");
  });

  describe("commands", () => {
    beforeEach(async () => {
      await begin();
      await server.ready();
    });

    it("are announced with contexts, installs and Chinese, and take no option", () => {
      const report = server.commands.find((c) => c.name === "report")!;
      assert.equal(report.description, "en/commands:report");
      assert.deepEqual(report.description_localizations, { "zh-CN": "zh-CN/commands:report" });
      assert.deepEqual(report.contexts, [0, 1]);
      assert.deepEqual(report.integration_types, [0, 1]);
      const board = server.commands.find((c) => c.name === "board")!;
      assert.deepEqual(board.contexts, [0]);
      assert.deepEqual(board.integration_types, [0]);
      assert.ok(server.commands.every((c) => !c.options?.length));
    });

    it("asks the gateway for no intent", () => {
      assert.equal(server.identifies[0]!.intents, 0);
    });

    it("in a server only offers to continue in private", async () => {
      const place = server.place();
      const seen = await server.account(1, "zh-CN").in(place).command("report");
      assert.equal(heard.length, 0);
      assert.equal(seen.text, "zh-CN/discord:continueInPrivate");
      assert.deepEqual(seen.links, [`https://discord.com/users/${server.applicationId}`]);
      assert.equal(server.placeText(place.id), "");
    });

    it("of a place is passed on with the channel it came from", async () => {
      const place = server.place();
      await server.account(1).in(place).command("board");
      assert.deepEqual(heard[0]!.place, { platform: "discord", id: `c:${place.id}` });
      assert.equal(heard[0]!.from.id, server.account(1).id);
      assert.equal(heard[0]!.locale, "en-US");
    });

    it("are announced later where the first try failed", async () => {
      await platform.close();
      server.commands = [];
      server.misbehave({ on: /^PUT .*commands/, how: { status: 503 }, times: 2 });
      await begin();
      await server.ready();
      assert.equal(server.commands.length, 3);
    });
  });

  describe("an answer", () => {
    beforeEach(async () => {
      await begin();
      await server.ready();
    });

    it("is seen by the person alone, and redrawn in place", async () => {
      const p = server.account(1);
      await p.command("report");
      answer = () => ({ text: "The next question" });
      await p.press("Go");
      assert.deepEqual(
        p.messages().map((m) => [m.content, m.only, m.flags & 64]),
        [["The next question", p.id, 64]],
      );
    });

    it("takes the place of all pieces of a long one before it", async () => {
      const p = server.account(1);
      answer = () => ({ text: "a long story. ".repeat(400), buttons: [{ value: "go", label: "Go" }] });
      await p.command("report");
      assert.ok(p.messages().length > 2);
      answer = () => ({ text: "Short" });
      await p.press("Go");
      assert.deepEqual(
        p.messages().map((m) => m.content),
        ["Short"],
      );
    });

    it("puts what is too long for the follow-ups that are allowed into a file, with the buttons still there", async () => {
      server.account(1).installed = true;
      answer = () => ({ text: `${"*long* ".repeat(3000)}the end`, buttons: [{ value: "go", label: "Go" }] });
      const seen = await server.account(1).command("report");
      assert.equal(server.account(1).messages().length, 6);
      assert.deepEqual(seen.files, ["text.txt"]);
      assert.ok(server.calls.some((c) => c.files.some((f) => f.text.endsWith("*long* the end"))));
      assert.ok(seen.text.endsWith("en/discord:restInFile"));
      assert.deepEqual(seen.buttons, ["Go"]);
    });

    it("hands files over, and takes them away again", async () => {
      const p = server.account(1);
      const open = async () => new Response("the file").body!;
      answer = () => ({
        text: "Keep this",
        attachments: [{ name: "k.txt", type: "text/plain", bytes: 8, open }],
        buttons: [{ value: "go", label: "Go" }],
      });
      assert.deepEqual((await p.command("report")).files, ["k.txt"]);
      assert.equal(server.calls.at(-1)!.files[0]!.text, "the file");
      answer = () => ({ text: "Gone" });
      assert.deepEqual((await p.press("Go")).files, []);
    });

    it("prints small what can be skipped, every line of it", async () => {
      answer = () => ({ text: "Text", fold: { title: "From", text: "• *a* law\n\n- b" } });
      await server.account(1).command("report");
      assert.match(
        JSON.stringify(server.calls.at(-1)!.body),
        /Text\\n\\n-# From\\n-# • \\\\\*a\\\\\* law\\n-# \\\\- b/,
      );
    });

    it("formats nothing that was typed", async () => {
      const typed = [
        "# h",
        "## h",
        "-# small",
        "> q",
        ">>> q",
        "- l",
        "* l",
        "+ l",
        "1. one",
        "2) two",
        "**b** __u__ _i_ *i* ~~s~~ ||x||",
        "`c` ```c```",
        "[t](https://a.example)",
        "<https://a.example> https://b.example",
        "@everyone @here <@1> <@&1> <#1>",
        "<:e:1> <t:1> </report:1>",
        "discord.gg/abc discord.com/invite/abc discordapp.com/invite/x",
        "back\\slash \\*",
        "a_b_c 10:30 a-b 1.5 (x) #1",
      ];
      assert.equal(show(asTyped("a\u202eb\u001b[31m")).text, "ab[31m");
      for (const line of typed) {
        const shown = show(asTyped(line));
        assert.equal(shown.text, line);
        assert.deepEqual(shown.formats, [], line);
      }
      answer = () => ({
        title: typed[10]!,
        text: typed.join("\n"),
        quotes: [{ by: "**x**", text: typed.join("\n") }],
        secret: "AB-CD",
      });
      const seen = await server.account(1).command("report");
      for (const line of typed) assert.equal(seen.text.split(line).length - 1 >= 2, true, line);
      assert.deepEqual([...new Set(seen.formats)].sort(), ["bold", "code", "quote"]);
    });

    it("is not drawn over a card or a sent message", async () => {
      const p = server.account(1);
      const place = server.place();
      const card = { title: "Case K7", text: "new", buttons: [{ value: "claim", label: "Claim" }] };
      await platform.send({ platform: "discord", id: `c:${place.id}` }, card, { locale: "en" });
      answer = () => ({ text: "Only for you", buttons: [{ value: "more", label: "More" }] });
      await p.in(place).press("Claim");
      assert.deepEqual(heard.at(-1)!.input, { kind: "choice", value: "claim" });
      assert.equal(heard.at(-1)!.place!.id, `c:${place.id}`);
      assert.ok(server.placeText(place.id).includes("Case K7"));
      assert.ok(!server.placeText(place.id).includes("Only for you"));

      await platform.send(
        { platform: "discord", id: p.id },
        { text: "News", buttons: [{ value: "read", label: "Read" }] },
        { locale: "en" },
      );
      await p.press("Read");
      assert.deepEqual(
        p.messages().map((m) => [m.content, Boolean(m.only)]),
        [
          ["News", false],
          ["Only for you", true],
        ],
      );
    });

    it("of nothing leaves nothing waiting", async () => {
      const p = server.account(1);
      answer = () => undefined;
      await p.command("report");
      assert.deepEqual(p.messages(), []);
      answer = () => ({ text: "Here", buttons: [{ value: "go", label: "Go" }] });
      await p.command("report");
      answer = () => undefined;
      await p.press("Go");
      assert.deepEqual(
        p.messages().map((m) => m.content),
        ["Here"],
      );
    });

    it("says so where the house failed, and tells the log a code only", async () => {
      answer = () => Promise.reject(new Error("a secret text"));
      assert.equal((await server.account(1).command("report")).text, "en/discord:failed");
      assert.deepEqual(notes.at(-1), ["platform-turn-failed", { code: "hear" }]);
    });
  });

  describe("a slow turn", () => {
    it("is acknowledged, privately, and answered when it is ready", async () => {
      await begin({ patience: 1 });
      await server.ready();
      const p = server.account(1);
      for (const act of [() => p.command("report"), () => p.press("Go")]) {
        const before = server.calls.length;
        answer = async () => {
          await server.until(() => server.calls.slice(before).some((c) => c.call.endsWith("/callback")));
          return { text: "At last", buttons: [{ value: "go", label: "Go" }] };
        };
        const seen = await act();
        assert.equal(seen.text, "At last");
        assert.equal(p.messages().length, 1);
        assert.equal(p.messages()[0]!.only, p.id);
      }
      const types = server.calls.filter((c) => c.call.endsWith("/callback")).map((c) => c.body.type);
      assert.deepEqual(types, [5, 6]);
    });

    it("is acknowledged before its files are read, however quick it was", async () => {
      await begin();
      await server.ready();
      const p = server.account(1);
      for (const what of ["attachments", "picture"] as const) {
        const before = server.calls.length;
        const large = async (): Promise<Uint8Array> => {
          await server.until(() => server.calls.slice(before).some((c) => c.call.endsWith("/callback")));
          return new TextEncoder().encode("large");
        };
        const open = async () => new Response((await large()) as Uint8Array<ArrayBuffer>).body!;
        const chart = { name: "chart.png", alt: "A chart", png: large };
        const file = { name: "k.bin", type: "application/octet-stream", bytes: 10 * 1024 * 1024, open };
        const shown = what === "picture" ? { picture: chart } : { attachments: [file] };
        answer = () => ({ text: "Keep this", ...shown, buttons: [{ value: "go", label: "Go" }] });
        const seen = what === "picture" ? await p.press("Go") : await p.command("report");
        assert.equal(seen.files?.length, 1);
        assert.deepEqual(
          p.messages().map((m) => [m.content, m.only]),
          [["Keep this", p.id]],
        );
      }
      const types = server.calls.filter((c) => c.call.endsWith("/callback")).map((c) => c.body.type);
      assert.deepEqual(types, [5, 6]);
    });

    it("whose file cannot be read is told, not left waiting", async () => {
      await begin();
      await server.ready();
      const open = () => Promise.reject(new Error("a name of a file"));
      answer = () => ({ text: "Keep this", attachments: [{ name: "k.bin", type: "text/plain", bytes: 1, open }] });
      assert.equal((await server.account(1).command("report")).text, "en/discord:failed");
      assert.deepEqual(notes.at(-1), ["platform-turn-failed", { code: "files" }]);
    });

    it("that answers nothing leaves nothing behind", async () => {
      await begin({ patience: 1 });
      await server.ready();
      answer = async () => {
        await server.until(() => server.calls.some((c) => c.call.endsWith("/callback")));
        return undefined;
      };
      await server.account(1).command("report");
      assert.deepEqual(server.account(1).messages(), []);
    });

    it("that outlives the token is noted as a code", async () => {
      await begin();
      await server.ready();
      server.deadline = -1;
      await server.account(1).command("report");
      assert.deepEqual(notes.at(-1), ["platform-turn-failed", { code: 10062 }]);
    });
  });

  describe("a menu", () => {
    beforeEach(async () => {
      await begin();
      await server.ready();
      const option = (n: number) => ({ value: `v${n}`, label: `Option ${n}`, hint: "h".repeat(200), on: n < 2 });
      const options = Array.from({ length: 25 }, (_, n) => option(n));
      answer = () => ({
        text: "Which?",
        menu: { hint: "x".repeat(200), many: true, done: { value: "done", label: "Continue" }, options },
      });
    });

    it("of many shows what is on, and hands it over where it is left as it is", async () => {
      const p = server.account(1);
      await p.command("report");
      await p.press("Continue");
      assert.deepEqual(heard.at(-1)!.input, { kind: "choices", value: "done", values: ["v0", "v1"] });
    });

    it("of many can be emptied", async () => {
      const p = server.account(1);
      await p.command("report");
      await p.choose([]);
      assert.deepEqual(heard.at(-1)!.input, { kind: "choices", value: "done", values: [] });
    });

    it("keeps to Discord's limits with the longest labels and values", async () => {
      const long = (n: number) => ({ value: `${n}${"v".repeat(88)}`, label: `${n}${"好".repeat(150)}` });
      answer = () => ({
        text: "",
        menu: { hint: "", options: Array.from({ length: 25 }, (_, n) => long(n + 10)) },
        buttons: Array.from({ length: 9 }, (_, n) => long(n)),
      });
      const seen = await server.account(1).command("report");
      assert.equal(seen.options.length, 25);
      assert.equal(seen.buttons.length, 9);
      await server.account(1).press(seen.buttons[8]!);
      assert.deepEqual(heard.at(-1)!.input, { kind: "choice", value: `8${"v".repeat(88)}` });
    });
  });

  describe("a form", () => {
    const open = async (): Promise<Account> => {
      const p = server.account(1);
      await p.command("report");
      await p.openForm();
      return p;
    };
    beforeEach(async () => {
      answer = (i) =>
        i.input.kind === "form"
          ? { text: "Thanks" }
          : { text: "Tell us", form, buttons: [{ value: "back", label: "Back" }] };
      await begin();
      await server.ready();
    });

    it("opens at once, without asking the house, under a fresh id each time", async () => {
      const p = await open();
      assert.equal(heard.length, 1);
      const first = p.modal!.custom_id;
      await p.openForm();
      assert.notEqual(p.modal!.custom_id, first);
      assert.ok(first.endsWith(":org-form"));
    });

    it("is redrawn in place when it is sent", async () => {
      const p = await open();
      const seen = await p.fill({ org: "银行" });
      assert.deepEqual(heard.at(-1)!.input, { kind: "form", value: "org-form", values: { org: "银行" } });
      assert.equal(seen.text, "Thanks");
      assert.equal(p.messages().length, 1);
    });

    it("that was drawn before a restart is asked for again and opens all the same", async () => {
      const p = server.account(1);
      await p.command("report");
      await platform.close();
      await begin();
      await server.until(() => server.connected);
      await p.openForm();
      assert.deepEqual(heard.at(-1)!.input, { kind: "look" });
      assert.equal(p.modal!.title, "About the organisation");
    });

    it("that is no longer asked shows where the talk stands instead", async () => {
      const p = server.account(1);
      await p.command("report");
      await platform.close();
      await begin();
      await server.until(() => server.connected);
      answer = () => ({ text: "We are elsewhere now" });
      assert.equal((await p.openForm()).text, "We are elsewhere now");
      assert.equal(p.modal, undefined);
    });

    it("draws every kind of field within the limits, and keeps what was answered", async () => {
      const many = (count: number) =>
        Array.from({ length: count }, (_, n) => ({ value: `o${n}`, label: `Option ${n} ${"x".repeat(100)}` }));
      const label = "A question that is far too long to fit above a field of a modal";
      answer = () => ({
        text: "Tell us",
        form: {
          title: "t".repeat(60),
          send: { value: "v".repeat(90), label: "Send" },
          fields: [
            { name: "story", label, hint: "why ".repeat(50), kind: "paragraph", max: 100_000, value: "s".repeat(5000) },
            { name: "code", label: "Receipt", kind: "secret", required: true, max: 40 },
            { name: "few", label: "Few", kind: "choice", options: many(10), value: "o3" },
            { name: "lots", label: "Lots", kind: "choice", options: many(11), value: "o4" },
            { name: "tags", label: "Tags", kind: "choices", options: many(12), value: "o1,o2" },
          ],
        },
      });
      const p = await open();
      const parts = p.modal!.components.map((c: { component: { type: number } }) => c.component.type);
      assert.deepEqual(parts, [4, 4, 21, 3, 3]);
      assert.ok(p.modal!.components[0].description.startsWith(label));
      await p.fill({ code: "AB CD" });
      assert.deepEqual(heard.at(-1)!.input, {
        kind: "form",
        value: "v".repeat(90),
        values: { story: "s".repeat(4000), code: "AB CD", few: "o3", lots: "o4", tags: "o1,o2" },
      });
    });

    it("leaves unanswered questions empty", async () => {
      answer = () => ({
        text: "Tell us",
        form: {
          ...form,
          fields: [
            ...form.fields,
            {
              name: "one",
              label: "One",
              kind: "choice",
              options: [
                { value: "a", label: "A" },
                { value: "b", label: "B" },
              ],
            },
            { name: "only", label: "Only", kind: "choice", options: [{ value: "a", label: "A" }] },
            { name: "some", label: "Some", kind: "choices", options: [{ value: "a", label: "A" }] },
          ],
        },
      });
      const p = await open();
      await p.fill({});
      assert.deepEqual(heard.at(-1)!.input, {
        kind: "form",
        value: "org-form",
        values: { org: "", one: "", only: "", some: "" },
      });
    });
  });

  describe("files", () => {
    it("say nothing of their address when they cannot be fetched", async () => {
      answer = () => ({
        text: "Files, please",
        files: { max: 20, bytes: 9, pick: "Choose up to twenty pictures or documents that show it" },
      });
      await begin();
      await server.ready();
      const p = server.account(1);
      await p.command("report");
      await p.openForm();
      assert.equal(p.modal!.components[0].component.max_values, 10);
      assert.ok(p.modal!.components[0].label.length <= 45);
      let failure: unknown;
      answer = async ({ input }) => {
        assert.equal(input.kind, "files");
        if (input.kind !== "files") return undefined;
        assert.deepEqual(
          [input.files[0]!.name, input.files[0]!.bytes, input.files[0]!.type],
          ["me.txt", 2, "text/plain"],
        );
        server.expireFiles();
        failure = await input.files[0]!.open().catch((error: unknown) => error);
        return { text: "Sorry" };
      };
      await p.attach([{ name: "me.txt", type: "text/plain", bytes: new Uint8Array(2) }]);
      assert.ok(failure instanceof Error);
      assert.ok(!/http|me\.txt|127\.0/.test(inspect(failure)), inspect(failure));
    });
  });

  describe("a network that misbehaves", () => {
    beforeEach(async () => {
      await begin();
      await server.ready();
    });
    const p = () => server.account(1);

    it("loses a confirmation: the person still sees one answer", async () => {
      server.misbehave({ on: /\/callback$/, how: "lost" });
      assert.equal((await p().command("report")).text, "An answer");
      assert.equal(p().messages().length, 1);
      assert.deepEqual(codes(), ["platform-ready"]);
    });

    it("fails once: it is tried again", async () => {
      server.misbehave({ on: /\/callback$/, how: { status: 502 } });
      assert.equal((await p().command("report")).text, "An answer");
    });

    it("fails for good: the log gets a status, no text and no token", async () => {
      server.misbehave({ on: /\/callback$/, how: { status: 500 }, times: 9 });
      await p().command("report");
      assert.deepEqual(notes.at(-1), ["platform-turn-failed", { code: 500 }]);
      for (const secret of ["An answer", server.token, p().id])
        assert.ok(!inspect(notes, { depth: 9 }).includes(secret));
    });

    it("delivers a press twice: both are answered in the same message", async () => {
      await p().command("report");
      answer = () => ({ text: "Once" });
      await p().press("Go");
      assert.equal((await p().redeliver()).text, "Once");
      assert.equal(p().messages().length, 1);
      assert.equal(heard.at(-1)!.id, heard.at(-2)!.id);
    });

    it("delivers the press on a form twice: the form opens once", async () => {
      answer = () => ({ text: "Tell us", form });
      await p().command("report");
      await p().openForm();
      await p().redeliver();
      assert.deepEqual(codes(), ["platform-ready"]);
    });

    it("drops the connection: the session is resumed and what was missed arrives", async () => {
      server.dropConnection();
      const seen = await p().command("report");
      assert.equal(seen.text, "An answer");
      assert.equal(server.resumes, 1);
      assert.equal(server.identifies.length, 1);
    });

    it("asks to reconnect: nobody is told", async () => {
      server.askToReconnect();
      await server.until(() => server.resumes === 1);
      await p().command("report");
      assert.deepEqual(codes(), ["platform-ready"]);
    });

    it("ends the session: a new one is opened", async () => {
      server.invalidateSession();
      await server.until(() => server.connected);
      assert.equal(server.identifies.length, 2);
      assert.equal((await p().command("report")).text, "An answer");
    });

    it("is away for a while: it is noted once, and again when it is back", async () => {
      await server.stop();
      await noted("platform-unreachable");
      await server.start();
      await server.until(() => server.connected);
      await p().command("report");
      assert.deepEqual(codes(), ["platform-ready", "platform-unreachable", "platform-recovered"]);
    });
  });

  describe("at the start", () => {
    it("opens with no network, keeps trying, and begins when there is one", async () => {
      await server.stop();
      await begin();
      await noted("platform-unreachable");
      await server.start();
      await server.ready();
      assert.equal((await server.account(1).command("report")).text, "An answer");
      assert.deepEqual(codes(), ["platform-unreachable", "platform-ready"]);
    });

    it("notes a refused token once, without the token, and begins when it is good", async () => {
      server.refuseToken = true;
      await begin();
      await server.until(() => server.calls.filter((c) => c.call === "GET /gateway/bot").length > 2);
      server.refuseToken = false;
      await server.ready();
      await noted("platform-ready");
      assert.deepEqual(codes(), ["platform-token-refused", "platform-ready"]);
      assert.ok(!inspect(notes, { depth: 9 }).includes(server.token));
    });

    it("notes a token that only the gateway refuses, and tries again", async () => {
      server.refuseIdentify = true;
      await begin();
      await server.until(() => server.identifies.length > 0);
      await noted("platform-token-refused");
      server.refuseIdentify = false;
      // The library waits five seconds between two identifications.
      await server.ready();
      assert.deepEqual(codes(), ["platform-token-refused", "platform-ready"]);
    });

    it("opens one session, and hears everything once, where the gateway stumbled first", async () => {
      server.refuseUpgrades = 2;
      await begin();
      await server.ready();
      await server.account(1).command("report");
      assert.equal(server.identifies.length, 1);
      assert.equal(heard.length, 1);
      assert.deepEqual(codes(), ["platform-unreachable", "platform-ready"]);
      // A second connection would come after the pause that this reconnect takes as well.
      server.askToReconnect();
      await server.until(() => server.resumes === 1);
      assert.equal(server.connections, 2);
      await platform.close();
      await server.until(() => !server.connected);
    });

    it("does not come back after it was closed in the middle of trying", async () => {
      await begin();
      await server.ready();
      await server.stop();
      await noted("platform-unreachable");
      await platform.close();
      await server.start();
      // Another client passes the time: it reconnects only after the pause that every shard takes.
      notes = [];
      await begin();
      await noted("platform-ready");
      server.askToReconnect();
      await server.until(() => server.resumes === 1);
      assert.equal(server.connections, 3);
    });

    it("remembers nobody", async () => {
      await begin();
      await server.ready();
      await platform.close();
      let line: ReturnType<typeof openLine>;
      await new Promise<void>((up) => {
        line = openLine(
          { token: server.token, apiRoot: server.apiRoot, pause: () => 1 },
          () => {},
          () => up(),
          () => {},
        );
      });
      const met = new Promise((done) => line.client.once("interactionCreate", done));
      // Nobody answers this one; what counts is what the library keeps of it.
      void server.account(7).in(server.place()).command("board");
      await met;
      const { users, channels, guilds } = line!.client;
      assert.equal(users.cache.size, 0);
      assert.equal(channels.cache.size, 0);
      for (const guild of guilds.cache.values()) assert.equal(guild.members.cache.size, 0);
      await line!.close();
    });
  });

  describe("sending out of the blue", () => {
    beforeEach(async () => {
      await begin();
      await server.ready();
    });
    const card: Screen = { title: "Case K7-42", text: "new", buttons: [{ value: "claim", label: "Claim" }] };
    const to = (id: string) => ({ platform: "discord", id });
    const posts = () => server.calls.filter((c) => c.call.startsWith("POST /channels/"));

    it("sends one message where the same nonce comes twice", async () => {
      const place = server.place();
      const nonce = "a nonce that is much longer than twenty-five characters";
      const first = await platform.send(to(`c:${place.id}`), card, { locale: "en", nonce });
      const second = await platform.send(to(`c:${place.id}`), card, { locale: "en", nonce });
      assert.deepEqual(first, second);
      assert.equal(place.messages.size, 1);
      assert.equal(posts()[0]!.body.enforce_nonce, true);
    });

    it("after a lost answer says maybe, and does not try again by itself", async () => {
      const place = server.place();
      server.misbehave({ on: /^POST \/channels/, how: "lost" });
      const sent = await platform.send(to(`c:${place.id}`), card, { locale: "en", nonce: "n" });
      assert.deepEqual(sent, { ok: false, retry: true, maybe: true, code: "discord-unreachable" });
      assert.equal(posts().length, 1);
      assert.ok((await platform.send(to(`c:${place.id}`), card, { locale: "en", nonce: "n" })).ok);
      assert.equal(place.messages.size, 1);
    });

    it("opens a post in a forum, named by the case alone, with a tag where one is required, and redraws it", async () => {
      const forum = server.place(15, { flags: 16, available_tags: [{ id: "1", name: "new" }] });
      const sent = await platform.send(to(`c:${forum.id}`), card, { locale: "en", nonce: "n" });
      assert.ok(sent.ok);
      const thread = [...server.channels.values()].find((c) => c.parent_id === forum.id)!;
      assert.deepEqual([thread.name, thread.applied_tags], ["Case K7-42", ["1"]]);
      thread.archived = true;
      assert.deepEqual(
        await platform.send(to(`c:${forum.id}`), { ...card, text: "taken" }, { locale: "en", ref: sent.ref! }),
        sent,
      );
      assert.ok(server.placeText(forum.id).includes("taken"));
      await platform.send(to(`c:${forum.id}`), card, { locale: "en" });
      assert.equal(server.calls.filter((c) => c.call === `GET /channels/${forum.id}`).length, 1);
    });

    it("sends a deleted message anew", async () => {
      const place = server.place();
      const sent = await platform.send(to(`c:${place.id}`), card, { locale: "en" });
      assert.ok(sent.ok);
      place.messages.clear();
      const again = await platform.send(to(`c:${place.id}`), card, { locale: "en", ref: sent.ref! });
      assert.ok(again.ok && again.ref !== sent.ref);
      assert.equal(place.messages.size, 1);
    });

    it("writes to a thread by its id", async () => {
      const thread = server.place(11, { parent_id: server.place().id });
      assert.ok((await platform.send(to(`c:${thread.id}`), card, { locale: "en" })).ok);
      assert.equal(thread.messages.size, 1);
    });

    const refusals: [string, { status: number; code?: number; retryAfter?: number }, Sent][] = [
      ["too many", { status: 429, retryAfter: 7 }, { ok: false, retry: true, after: 8, code: "discord-429" }],
      ["a failing server", { status: 502 }, { ok: false, retry: true, maybe: true, code: "discord-502" }],
      ["closed messages", { status: 403, code: 50007 }, { ok: false, retry: false, gone: true, code: "discord-50007" }],
      [
        "no server in common",
        { status: 403, code: 50278 },
        { ok: false, retry: false, gone: true, code: "discord-50278" },
      ],
      ["no access", { status: 403, code: 50001 }, { ok: false, retry: false, gone: true, code: "discord-50001" }],
      [
        "no permission",
        { status: 403, code: 50013 },
        { ok: false, retry: true, after: 600, shut: true, code: "discord-50013" },
      ],
      [
        "too many new talks",
        { status: 403, code: 40003 },
        { ok: false, retry: true, after: 600, code: "discord-40003" },
      ],
      [
        "a wrong message",
        { status: 400, code: 50035 },
        { ok: false, retry: false, gone: false, code: "discord-50035" },
      ],
      ["a revoked token", { status: 401 }, { ok: false, retry: true, after: 60, wide: true, code: "discord-401" }],
    ];
    for (const [name, how, expected] of refusals)
      it(`answers ${name} with a code and no more`, async () => {
        server.misbehave({ on: /^POST \/channels/, how: { ...how, message: "quotes the text" } });
        assert.deepEqual(await platform.send(to(server.account(5).id), card, { locale: "en", nonce: "n" }), expected);
        if (expected.ok || !expected.retry) return;
        // The library forgets its token after a 401 and remembers a 429; another place is not held up by either.
        assert.ok((await platform.send(to(`c:${server.place().id}`), card, { locale: "en" })).ok);
      });

    it("knows a place that is gone", async () => {
      const sent = await platform.send(to("c:999999999999999999"), card, { locale: "en" });
      assert.deepEqual(sent, { ok: false, retry: false, gone: true, code: "discord-10003" });
    });

    it("does not throw with no network, nor before it is open", async () => {
      await server.stop();
      const sent = await platform.send(to("5"), card, { locale: "en" });
      assert.ok(!sent.ok && sent.retry && sent.code === "discord-unreachable");
      await server.start();
      const unopened = discord({ token: "t" });
      assert.deepEqual(await unopened.send(to("5"), card, { locale: "en" }), {
        ok: false,
        retry: true,
        code: "discord-closed",
      });
    });
  });

  it("never asks for members or users, and keeps no log of its own", async () => {
    await begin();
    await server.ready();
    const folder = new URL("../../src/platforms/discord/", import.meta.url);
    for (const name of readdirSync(folder)) {
      const source = readFileSync(new URL(name, folder), "utf8");
      for (const banned of [
        /members\.fetch/,
        /users\.fetch/,
        /\/members/,
        /Routes\.guildMember/,
        /Routes\.user\(/,
        /console\./,
        /pino/,
        /Partials\./,
      ])
        assert.ok(!banned.test(source), `${name} contains ${banned}`);
    }
  });
});
