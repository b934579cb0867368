/**
 * What each network hands us, fed with what none would send: whatever has the network's own shape is read, the rest is read or
 * refused, and no error holds a secret or a word of what was sent. A thousand inputs each in the plain suite, a million with
 * TEST_LONG.
 */
import assert from "node:assert/strict";
import type { IncomingMessage } from "node:http";
import { Readable } from "node:stream";
import { inspect } from "node:util";
import type { APIInteraction } from "discord.js";
import fc from "fast-check";
import type { Input } from "../../src/bot/screen.ts";
import { readLine } from "../../src/platforms/console.ts";
import { readIncoming, readInteraction } from "../../src/platforms/discord/read.ts";
import { readUpdate } from "../../src/platforms/telegram/read.ts";
import { readInput, typedTexts } from "../../src/platforms/web/read.ts";
import { type Part, readParts, UploadCut } from "../../src/platforms/web/uploads.ts";
import { openSeal, visitOf } from "../../src/platforms/web/visits.ts";
import { anything, fed, steering, wild } from "../support/wild.ts";

/** Stands wherever a token, a signed address or a person's words would. */
const secret = "PLANTED-7f3a9c";
const said = wild.map((text) => text + secret);
const id = fc.integer({ min: 1 }).map(String);
const maybe = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: undefined });

/** What came of the inputs: a reader that refuses everything has read nothing. */
class Tally {
  private counts = { read: 0, left: 0, refused: 0 };

  /** Reads, and holds an error to what it may say. */
  take<T>(read: () => T | undefined): T | undefined {
    try {
      const came = read();
      this.counts[came === undefined ? "left" : "read"] += 1;
      return came;
    } catch (error) {
      this.counts.refused += 1;
      assert.ok(error instanceof TypeError || error instanceof RangeError, inspect(error));
      assert.ok(error.message.length < 200 && !inspect(error).includes(secret), inspect(error));
      return undefined;
    }
  }

  /** What has the network's own shape is never refused. */
  refusesNone(): void {
    assert.equal(this.counts.refused, 0);
  }

  /** So many of a hundred were read. */
  atLeast(percent: number): void {
    const { read, left, refused } = this.counts;
    assert.ok(read >= ((read + left + refused) * percent) / 100, JSON.stringify(this.counts));
  }
}

describe("readers of the networks, fed with anything", function () {
  this.timeout(3_600_000);

  it("Telegram: an update of its own shape is an event, any other one, nothing or a refusal", () => {
    const options = { username: "bot", openFile: async () => assert.fail("nothing is fetched to read an update") };
    const words = [
      "message", "callback_query", "my_chat_member", "inline_query", "poll_answer", "chat", "from", "id", "type", "private", "text", "document",
      "photo", "file_id", "data", "entities", "media_group_id", "message_id", "voice", "caption", "title", "user", "option_ids",
    ]; // biome-ignore format: a list
    const from = fc.record({ id: fc.integer({ min: 1 }), is_bot: fc.constant(false), first_name: said });
    const chat = fc.record({ id: fc.integer(), type: fc.constantFrom("private", "group", "supergroup", "channel") });
    const file = fc.record({ file_id: said, file_name: said, file_size: fc.integer({ min: 0, max: 1 << 26 }) });
    const photo = fc.array(fc.record({ file_id: said, width: fc.nat(), height: fc.nat() }), {
      minLength: 1,
      maxLength: 3,
    });
    const head = { message_id: fc.nat(), date: fc.constant(0), chat, from };
    const message = fc.oneof(
      fc.record({
        ...head,
        text: fc.oneof(
          said,
          said.map((rest) => `/start ${rest}`),
          said.map((rest) => `/x@bot ${rest}`),
        ),
      }),
      fc.record({ ...head, document: file, caption: said }),
      fc.record({ ...head, photo, media_group_id: id }),
      fc.record({ ...head, forward_origin: fc.constant({}), text: said }),
      fc.record({ ...head, contact: anything(words, said) }),
    );
    const whole = fc.oneof(
      message.map((m) => ({ message: m })),
      fc.tuple(message, said).map(([m, data]) => ({ callback_query: { id: "1", from: m.from, message: m, data } })),
      fc.tuple(from, said).map(([user, query]) => ({ inline_query: { id: "1", from: user, query, offset: "" } })),
      fc.tuple(from, id).map(([user, poll_id]) => ({ poll_answer: { poll_id, user, option_ids: [0] } })),
    );
    const broken = fc.oneof(
      anything(words, said),
      fc.tuple(message, anything(words, said)).map(([m, rest]) => ({ message: { ...m, ...(rest as object) } })),
    );
    const [own, other] = [new Tally(), new Tally()];
    const update = (body: unknown) =>
      ({ update_id: 1, ...(typeof body === "object" ? body : {}) }) as unknown as Parameters<typeof readUpdate>[0];
    fc.assert(
      fc.property(whole, broken, (right, wrong) => {
        const event = own.take(() => readUpdate(update(right), options));
        if (event) assert.match(event.person, /^-?\d+$/);
        other.take(() => readUpdate(update(wrong), options));
      }),
      fed(),
    );
    own.atLeast(50);
    own.refusesNone();
    other.atLeast(5);
  });

  it("Discord: an interaction of its own shape is an act of a person, any other one, nothing or a refusal", () => {
    const words = [
      "type", "data", "custom_id", "component_type", "values", "components", "component", "resolved", "attachments", "user", "member",
      "permissions", "channel", "channel_id", "guild_id", "locale", "message", "flags", "options", "value", "name",
    ]; // biome-ignore format: a list
    const user = fc.record({ id, username: said });
    const head = {
      id,
      token: fc.constant(secret),
      application_id: id,
      locale: fc.constantFrom("en-GB", "zh-CN"),
      channel_id: id,
    };
    const at = fc.oneof(
      fc.record({ user }),
      fc.record({
        guild_id: id,
        member: fc.record({ user, permissions: fc.bigInt({ min: 0n, max: 1n << 52n }).map(String) }),
      }),
    );
    const key = fc.oneof(
      said,
      fc.tuple(fc.constantFrom("c", "m", "M", "d", "o", "f", "u"), said).map((parts) => parts.join(":")),
    );
    const given = fc.oneof(
      fc.record({ type: fc.constantFrom(3, 21, 22), custom_id: said, values: fc.array(said, { maxLength: 3 }) }),
      fc.record({ type: fc.constant(4), custom_id: said, value: said }),
      fc.record({ type: fc.constant(19), custom_id: said, values: fc.array(id, { maxLength: 3 }) }),
    );
    const rows = fc.array(
      fc.record({
        type: fc.constant(1),
        components: fc.array(
          fc.record({ options: fc.array(fc.record({ value: said, default: fc.boolean() }), { maxLength: 3 }) }),
          { maxLength: 2 },
        ),
      }),
      { maxLength: 3 },
    );
    const attachments = fc.dictionary(id, fc.record({ filename: said, size: fc.nat(), url: said }), { maxKeys: 3 });
    const act = fc.oneof(
      fc.record({ type: fc.constant(2), data: fc.record({ name: said }) }),
      fc.record({
        type: fc.constant(3),
        data: fc.record({
          custom_id: key,
          component_type: fc.constantFrom(2, 3),
          values: fc.array(said, { maxLength: 3 }),
        }),
        message: fc.record({ flags: maybe(fc.nat()), components: rows }),
      }),
      fc.record({
        type: fc.constant(5),
        data: fc.record({
          custom_id: key,
          components: fc.array(
            fc.oneof(
              given.map((component) => ({ type: 18, component })),
              fc.constant({ type: 10 }),
            ),
            { maxLength: 5 },
          ),
          resolved: fc.record({ attachments }),
        }),
      }),
    );
    const whole = fc.tuple(fc.record(head), at, act).map((parts) => Object.assign({}, ...parts));
    const broken = fc.oneof(
      anything(words, said),
      fc.tuple(whole, anything(words, said)).map(([right, rest]) => ({ ...right, ...(rest as object) })),
      fc.tuple(whole, anything(words, said)).map(([right, data]) => ({ ...right, data })),
      fc.tuple(whole, user, said).map(([right, user, permissions]) => ({
        ...right,
        guild_id: "1",
        member: { user, permissions },
      })),
    );
    const read = (event: unknown) => {
      const who = readIncoming(event as APIInteraction);
      const what = readInteraction(event as APIInteraction);
      return who && what && { who, what };
    };
    const [own, other] = [new Tally(), new Tally()];
    fc.assert(
      fc.property(whole, broken, (right, wrong) => {
        const came = own.take(() => read(right))!;
        assert.match(came.who.from.id, /^\d+$/);
        assert.ok(!JSON.stringify(came.who).includes(secret), "of whom it is, nothing is kept but the number");
        // what is done is a few words of theirs; the token of the interaction is none of them
        assert.ok(!("token" in came.what));
        assert.equal(Object.getPrototypeOf(came.what.input), Object.prototype);
        other.take(() => (typeof wrong === "object" && wrong ? read(wrong) : undefined));
        assert.equal(({} as Record<string, unknown>).polluted, undefined);
      }),
      fed(),
    );
    own.atLeast(100);
    other.atLeast(5);
  });

  it("Discord: where a file lies is in no error, although its address opens it for anyone", async () => {
    const open = (url: string) =>
      (
        readInteraction({
          type: 5,
          data: {
            custom_id: "u:1:",
            components: [{ type: 18, component: { type: 19, custom_id: "files", values: ["1"] } }],
            resolved: { attachments: { 1: { filename: "a", size: 1, url } } },
          },
        } as unknown as APIInteraction)!.input as Input & { kind: "files" }
      ).files[0]!.open();
    for (const url of [
      `http://127.0.0.1:1/${secret}`,
      `no address ${secret}`,
      `file:///${secret}`,
      `http://${secret}:x/`,
    ])
      await assert.rejects(open(url), (error) => {
        assert.ok(!inspect(error, { depth: 9 }).includes(secret), inspect(error));
        return true;
      });
  });

  it("the terminal: a line is a look, a command, a press, a file or a text, and steers nothing", () => {
    const line = fc.oneof(
      wild,
      wild.map((rest) => `/report ${rest}`),
      wild.map((path) => `+${path}`),
      fc.nat({ max: 30 }).map(String),
    );
    const choice = fc.record({ value: wild, label: wild });
    const kinds = new Map<string, number>();
    fc.assert(
      fc.property(line, fc.array(choice, { maxLength: 12 }), (typed, shown) => {
        const input = readLine(typed, shown);
        kinds.set(input.kind, (kinds.get(input.kind) ?? 0) + 1);
        if (input.kind === "choice") assert.ok(shown.some(({ value }) => value === input.value));
        else if (input.kind === "files")
          for (const file of input.files) assert.doesNotMatch(file.name, /[/\u001b\u202e]/);
        else assert.doesNotMatch(JSON.stringify(Object.values(input)).replace(/\\[nt]/g, ""), steering);
        if (input.kind === "command") assert.match(input.name, /^[a-z]+$/);
      }),
      fed(),
    );
    for (const kind of ["look", "command", "choice", "files", "text"])
      assert.ok(kinds.get(kind)! > 5, `${kind} was never read`);
  });

  it("the web: forms are an input or nothing; no cookie and no token of a stranger's passes", () => {
    const own = Buffer.alloc(32, 7);
    const names = [
      "choice", "send", "f.story", "pick", "one", "go", "done", "event", "token", "limits", "__proto__", "f.__proto__", "f.constructor",
    ]; // biome-ignore format: a list
    const pair = fc.tuple(fc.oneof(wild, fc.constantFrom(...names)), wild);
    const tally = new Tally();
    fc.assert(
      fc.property(fc.array(pair, { maxLength: 8 }), wild, (pairs, cookie) => {
        const fields = new URLSearchParams(pairs);
        const input = tally.take(() => readInput(fields));
        if (input) assert.ok(["command", "form", "choices", "choice"].includes(input.kind));
        typedTexts(fields);
        assert.equal(openSeal(own, "door", fields), undefined);
        const visit = visitOf(`visit=${cookie}`, "visit");
        assert.ok(visit === undefined || /^[A-Za-z0-9_-]{22}$/.test(visit));
        assert.equal(({} as Record<string, unknown>).polluted, undefined);
      }),
      fed(),
    );
    tally.refusesNone();
    tally.atLeast(25);
  });

  it("the web: a form with files comes out as it was sent, or is cut short, in whatever pieces it comes", async () => {
    const token = wild.map((text) => text.replace(/[/\r\n"\\\u0000-\u001f]/g, "") + secret);
    const part = fc.record({ name: token, file: maybe(token), text: said });
    const hurt = fc.constantFrom("nothing", "nothing", "cut", "header", "boundary", "swapped");
    const counts = { whole: 0, read: 0, cut: 0 };
    await fc.assert(
      fc.asyncProperty(
        fc.array(part, { maxLength: 5 }),
        hurt,
        fc.nat(),
        fc.nat(),
        wild,
        async (parts, how, one, two, text) => {
          let body = Buffer.concat([
            ...parts.map(({ name, file, text }) =>
              Buffer.from(
                `--b0und\r\nContent-Disposition: form-data; name="${name}"${file === undefined ? "" : `; filename="${file}"\r\nContent-Type: text/plain`}\r\n\r\n${text}\r\n`,
              ),
            ),
            Buffer.from("--b0und--\r\n"),
          ]);
          const at = one % body.length;
          if (how === "cut") body = body.subarray(0, at);
          if (how === "swapped")
            body = Buffer.concat([body.subarray(0, at), Buffer.from(text), body.subarray(two % body.length)]);
          const type = how === "header" ? text : `multipart/form-data; boundary=${how === "boundary" ? text : "b0und"}`;
          const came = await readAll(body, type, two % (body.length + 1), how !== "cut");
          if (how === "nothing") {
            counts.whole += 1;
            const sent = parts.map(({ name, file, text }) => (file === undefined ? [name, text] : [file, text]));
            assert.deepEqual(came, sent);
          }
          counts[came instanceof UploadCut ? "cut" : "read"] += 1;
          if (came instanceof UploadCut) assert.ok(!inspect(came).includes(secret), inspect(came));
        },
      ),
      { ...fed(2000), timeout: 10_000 },
    );
    const all = counts.read + counts.cut;
    assert.ok(counts.whole > all / 5 && counts.read > all / 3 && counts.cut > all / 10, JSON.stringify(counts));
  });
});

/** What is read of a body that comes in two pieces: names and texts in their order, or why it was cut short. */
async function readAll(body: Buffer, type: string, at: number, complete: boolean): Promise<string[][] | UploadCut> {
  const incoming = Object.assign(Readable.from([body.subarray(0, at), body.subarray(at)], { objectMode: false }), {
    headers: { "content-type": type },
    complete,
  });
  const came: string[][] = [];
  try {
    for await (const part of readParts(incoming as unknown as IncomingMessage)) came.push(await taken(part));
    return came;
  } catch (error) {
    if (error instanceof UploadCut) return error;
    throw error;
  }
}

async function taken(part: Part): Promise<string[]> {
  if (part.kind === "field") return [part.name, part.value];
  const upload = part.upload(1 << 20);
  const text = await new Response(await upload.open()).text();
  await part.skip();
  return [upload.name, text];
}
