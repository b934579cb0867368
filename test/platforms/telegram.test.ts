import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import fc from "fast-check";
import type { Input, Screen } from "../../src/bot/screen.ts";
import type { House, Incoming } from "../../src/platforms/platform.ts";
import { drawScreen } from "../../src/platforms/telegram/draw.ts";
import { type TelegramOptions, telegram } from "../../src/platforms/telegram/index.ts";
import { createTelegramServer, type TelegramServer, type User } from "../standins/telegram.ts";
import { detect, type Params } from "../standins/telegram-rules.ts";
import { type Person, platformContract, type Wire } from "./contract.ts";

const SECRET = "a-webhook-secret_1";
/** Waiting is as short as it can be; nothing is asserted about it. */
const TIMES = { album: 250, poll: 20, pause: 5, backoff: 1, refused: 5, goodbye: 50 };
const EN = JSON.parse(readFileSync("locales/en/telegram.json", "utf8")) as Record<string, string>;
const ZH = JSON.parse(readFileSync("locales/zh-CN/telegram.json", "utf8")) as Record<string, string>;

type Mode = TelegramOptions["mode"];

/** The platform on its wire; in webhook mode its route is mounted on a server of its own. */
async function start(
  house: House,
  mode: Mode = "polling",
  options: Partial<TelegramOptions> = {},
  server?: TelegramServer,
) {
  const wire = server ?? (await createTelegramServer());
  let route: ((request: Request) => Promise<Response>) | undefined;
  const site =
    mode === "webhook"
      ? await mount((request) => route?.(request) ?? Promise.resolve(new Response(null, { status: 503 })))
      : undefined;
  const deliveries: number[] = [];
  const hook = site ? `http://127.0.0.1:${(site.address() as AddressInfo).port}/telegram` : "";
  const platform = telegram({
    token: wire.token,
    apiRoot: wire.url,
    mode,
    webhook: { url: hook, secret: SECRET },
    ...options,
    times: { ...TIMES, ...options.times },
  });
  route = async (request) => {
    const response = (await platform.webhook?.(request)) ?? new Response(null, { status: 404 });
    deliveries.push(response.status);
    return response;
  };
  await platform.open(house);
  const close = async (): Promise<void> => {
    await platform.close();
    await wire.close();
    site?.closeAllConnections();
    site?.close();
  };
  return { wire, platform, hook, deliveries, close };
}

async function mount(route: (request: Request) => Promise<Response>): Promise<Server> {
  const site = createServer(async (request, response) => {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    const headers = new Headers(request.headers as Record<string, string>);
    const body = request.method === "POST" ? Buffer.concat(pieces) : null;
    const answer = await route(
      new Request(`http://x${request.url}`, { method: request.method ?? "GET", headers, body }),
    );
    response.writeHead(answer.status, Object.fromEntries(answer.headers)).end();
  });
  await new Promise<void>((resolve) => site.listen(0, "127.0.0.1", resolve));
  return site;
}

for (const mode of ["polling", "webhook"] as const)
  platformContract(`telegram by ${mode}`, async (house): Promise<Wire> => {
    const { wire, platform, close } = await start(house, mode);
    wire.group(-1001);
    const people = new Map<number, Person>();
    const person = (n: number): Person => {
      const known = people.get(n);
      if (known) return known;
      const user = wire.user(n);
      const made = personOf(user, user);
      people.set(n, made);
      return made;
    };
    return {
      platform,
      person,
      inPlace: (n) => personOf(wire.user(n), wire.user(n).in(-1001)),
      placeText: wire.groupText,
      pushed: (n) => {
        const last = wire
          .user(n)
          .chat()
          .filter((m) => m.ours)
          .at(-1);
        const labels = last?.keyboard.flat().map((b) => b.text) ?? [];
        return last && { text: last.text ?? "", buttons: labels, options: labels, fields: [] };
      },
      close: async () => {
        await close();
        const refused = wire.refusals.filter((r) => !r.includes("message is not modified"));
        assert.deepEqual(refused, [], "the wire refused something");
      },
    };
  });

function personOf(user: User, acting: User): Person {
  return {
    address: { platform: "telegram", id: String(user.id) },
    command: (name, rest) => acting.send(rest ? `/${name} ${rest}` : `/${name}`),
    type: (text) => acting.send(text),
    press: (label) => acting.press(label),
    choose: () => Promise.reject(new Error("no menus of many here")),
    fill: () => Promise.reject(new Error("no forms here")),
    attach: (files) => acting.attach(files),
    seen: () => user.seen(),
    redeliver: () => user.again(),
  };
}

describe("telegram", () => {
  let heard: Incoming[];
  let notes: string[];
  let answer: (incoming: Incoming) => Screen | undefined | Promise<Screen | undefined>;
  let close: (() => Promise<void>)[] = [];
  const house: House = {
    hear: async (incoming) => {
      heard.push(incoming);
      return answer(incoming);
    },
    say: (locale, key, values = {}) => {
      const words = (locale.startsWith("zh") ? ZH : EN)[key.replace("telegram:", "")] ?? `[${key}]`;
      return words.replace(/\{\{(\w+)\}\}/g, (_, name: string) => String(values[name]));
    },
    commands: [
      { name: "start", where: "private" },
      { name: "board", where: "place" },
    ],
    locales: ["en", "zh-CN"],
    note: (code, values) => notes.push(`${code} ${JSON.stringify(values ?? {})}`),
  };
  const begin = async (mode?: Mode, options?: Partial<TelegramOptions>, server?: TelegramServer) => {
    const begun = await start(house, mode, options, server);
    close.push(begun.close);
    return begun;
  };
  const inputs = (): Input[] => heard.map((i) => i.input);
  const noted = (code: string): string[] => notes.filter((n) => n.startsWith(`${code} `));

  beforeEach(() => {
    heard = [];
    notes = [];
    close = [];
    answer = () => ({ text: "ok" });
  });
  afterEach(async () => {
    for (const end of close) await end();
  });

  it("asks before each answer whether it may go, and sends it then", async () => {
    let asked = 0;
    let allow = (): void => {};
    const { wire, close: end } = await start({
      ...house,
      mayAnswer: () => {
        asked += 1;
        return new Promise((resolve) => (allow = resolve));
      },
    });
    close.push(end);
    const turn = wire.user(1).send("/start");
    await wire.until(() => heard.length === 1);
    while (asked === 0) await new Promise(setImmediate);
    assert.equal(wire.called("sendMessage").length, 0);
    allow();
    assert.equal((await turn).text, "ok");
    assert.equal(asked, 1);
  });

  describe("delivery", () => {
    for (const mode of ["polling", "webhook"] as const)
      it(`by ${mode} confirms an update only after its turn was handled`, async () => {
        const { wire } = await begin(mode);
        let release = (): void => {};
        answer = () => new Promise((resolve) => (release = () => resolve({ text: "at last" })));
        const turn = wire.user(1).send("/start");
        const id = wire.lastUpdate;
        await wire.until(() => heard.length === 1);
        if (mode === "polling") {
          const polls = wire.called("getUpdates").length;
          await wire.until(() => wire.called("getUpdates").length >= polls + 3);
        }
        assert.deepEqual(wire.pending(), [id]);
        assert.equal(heard.length, 1, "a running turn was started again");
        release();
        assert.equal((await turn).text, "at last");
        await wire.settled();
      });

    it("replays after a crash what was not handled, under the same id", async () => {
      const wire = await createTelegramServer();
      const first = await begin("polling", {}, wire);
      answer = () => new Promise(() => {});
      const turn = wire.user(1).send("my words");
      await wire.until(() => heard.length === 1);
      await first.platform.close();
      answer = () => ({ text: "answered by the next process" });
      await begin("polling", {}, wire);
      assert.equal((await turn).text, "answered by the next process");
      assert.equal(heard.length, 2);
      assert.equal(heard[0]?.id, heard[1]?.id);
    });

    it("does not replay what was handled before it was closed", async () => {
      const wire = await createTelegramServer();
      const { platform } = await begin("polling", {}, wire);
      await wire.user(1).send("/start");
      await platform.close();
      assert.deepEqual(wire.pending(), []);
    });

    it("keeps the order of one person's updates", async () => {
      const { wire } = await begin();
      let release = (): void => {};
      const gate = new Promise<void>((resolve) => {
        release = resolve;
      });
      answer = async ({ input }) => {
        if (input.kind === "text" && input.text === "1") await gate;
        return { text: "ok" };
      };
      const user = wire.user(1);
      const texts = (): unknown[] => inputs().map((i) => i.kind === "text" && i.text);
      const all = ["1", "2", "3"].map((text) => user.send(text));
      await wire.user(2).send("other");
      assert.deepEqual(texts(), ["1", "other"]);
      release();
      await Promise.all(all);
      await wire.settled();
      assert.deepEqual(texts(), ["1", "other", "2", "3"]);
    });

    it("serves others while one person keeps sending, and tells that one where to begin again", async () => {
      const { wire } = await begin();
      let release = (): void => {};
      const gate = new Promise<void>((resolve) => {
        release = resolve;
      });
      const [loud, quiet] = [wire.user(1), wire.user(2)];
      answer = async ({ from }) => {
        if (from.id === String(loud.id)) await gate;
        return { text: "ok" };
      };
      const all = Array.from({ length: 150 }, (_, n) => loud.send(`loud ${n}`));
      assert.equal((await quiet.send("/start")).text, "ok");
      release();
      await wire.until(() => loud.chat().some((m) => m.text === EN.tooMuch));
      await Promise.all(all);
      const chat = loud.chat();
      const taken = inputs().flatMap((i) => (i.kind === "text" && i.text.startsWith("loud") ? [i.text] : []));
      assert.ok(taken.length >= 20 && taken.length < 60, String(taken.length));
      assert.deepEqual(
        taken,
        taken.map((_, n) => `loud ${n}`),
        "in order, and without a gap",
      );
      const told = chat.filter((m) => m.text === EN.tooMuch);
      assert.equal(told.length, 1, "once");
      assert.equal(
        chat.find((m) => m.id === told[0]?.replies)?.text,
        `loud ${taken.length}`,
        "under the first not taken",
      );
      assert.equal(chat.at(-1), told[0], "after the answers to what was taken");
      await loud.send("slowly");
      assert.deepEqual(inputs().at(-1), { kind: "text", text: "slowly" });
      const marks = heard.filter((i) => i.from.id === String(loud.id)).flatMap((i) => i.traces ?? []);
      assert.deepEqual(
        chat.map((m) => `m${m.id}`).filter((mark) => !marks.includes(mark)),
        [],
        "what was not taken can be erased, too",
      );
    });

    it("writes nothing into a group for somebody who presses too often there, and ends each press's waiting", async () => {
      const { wire, platform } = await begin();
      wire.group(-100);
      const user = wire.user(1);
      await user.send("/start");
      const card = { text: "Card", buttons: [{ value: "claim", label: "Claim" }] };
      await platform.send({ platform: "telegram", id: "-100" }, card, { locale: "en" });
      let release = (): void => {};
      const gate = new Promise<void>((resolve) => {
        release = resolve;
      });
      answer = async () => {
        await gate;
        return { text: "ok" };
      };
      const all = Array.from({ length: 60 }, () => user.in(-100).press("Claim"));
      await wire.until(() => heard.length === 2);
      release();
      await Promise.all(all);
      await wire.settled();
      assert.equal(user.toasts.length, 60);
      assert.ok(heard.length < 50, String(heard.length));
      assert.deepEqual([wire.groupText(), user.chat().filter((m) => m.text === EN.tooMuch)], ["Card", []]);
    });

    it("serves others while one slow turn has a hundred handled ones behind it, and repeats what it passed over", async () => {
      const { wire } = await begin();
      let release = (): void => {};
      const gate = new Promise<void>((resolve) => {
        release = resolve;
      });
      const slow = wire.user(1);
      answer = async ({ from }) => {
        if (from.id === String(slow.id)) await gate;
        return { text: "ok" };
      };
      void slow.send("/start");
      for (let n = 2; n < 130; n++) await wire.user(n).send("/start");
      wire.misbehave("sendMessage", { status: 500 }, 8);
      release();
      await wire.until(() => slow.chat().some((m) => m.text === "ok"));
      await wire.settled();
      assert.equal(heard.filter((i) => i.from.id === String(slow.id)).length, 3);
    });

    it("is not shut to others by a crowd that each sends a little too much", async () => {
      const { wire } = await begin();
      let release = (): void => {};
      const gate = new Promise<void>((resolve) => {
        release = resolve;
      });
      const quiet = wire.user(99);
      answer = async ({ from }) => {
        if (from.id !== String(quiet.id)) await gate;
        return { text: "ok" };
      };
      const all = Array.from({ length: 10 }, (_, n) => Array.from({ length: 35 }, () => wire.user(n).send("loud")));
      assert.equal((await quiet.send("/start")).text, "ok");
      release();
      await wire.until(() => wire.called("sendMessage").filter((m) => m.text === EN.tooMuch).length === 10);
      await Promise.all(all.flat());
    });

    it("brings back after a crash what it had not taken and not yet told", async () => {
      const wire = await createTelegramServer();
      const first = await begin("polling", {}, wire);
      answer = () => new Promise(() => {});
      const user = wire.user(1);
      const all = Array.from({ length: 60 }, (_, n) => user.send(String(n)));
      await wire.until(() => heard.length === 1);
      await first.platform.close();
      heard = [];
      answer = () => ({ text: "ok" });
      await begin("polling", {}, wire);
      await Promise.all(all);
      await wire.settled();
      const told = user.chat().find((m) => m.text === EN.tooMuch);
      assert.deepEqual(
        inputs().map((i) => i.kind === "text" && i.text),
        Array.from({ length: heard.length }, (_, n) => String(n)),
      );
      assert.equal(user.chat().find((m) => m.id === told?.replies)?.text, String(heard.length));
    });

    it("refuses a forged webhook and notes it", async () => {
      const { wire, hook } = await begin("webhook");
      await wire.until(() => wire.called("setWebhook").length === 1);
      const { allowed_updates, secret_token } = wire.called("setWebhook")[0] as Params;
      assert.deepEqual(allowed_updates, ["message", "callback_query", "poll_answer", "my_chat_member"]);
      assert.equal(secret_token, SECRET);
      const body = JSON.stringify({
        update_id: 1,
        message: {
          message_id: 1,
          date: 1,
          chat: { id: 5, type: "private" },
          from: { id: 5, is_bot: false },
          text: "x",
        },
      });
      for (const headers of [
        {},
        { "x-telegram-bot-api-secret-token": "wrong" },
        { "x-telegram-bot-api-secret-token": "" },
      ]) {
        const response = await fetch(hook, { method: "POST", body, headers: headers as Record<string, string> });
        assert.equal(response.status, 401);
      }
      assert.equal(noted("platform-forged-webhook").length, 3);
      const good = { "x-telegram-bot-api-secret-token": SECRET };
      assert.equal((await fetch(hook, { method: "POST", body: "{", headers: good })).status, 400);
      assert.equal((await fetch(hook, { headers: good })).status, 405);
      assert.equal(heard.length, 0);
      assert.throws(
        () => telegram({ token: "1:a", mode: "webhook", webhook: { url: "https://x.example/", secret: "" } }),
        /telegram-webhook-invalid/,
      );
    });

    it("lets a webhook's delivery go when a turn is too slow, and joins the turn when it comes again", async () => {
      const { wire, deliveries } = await begin("webhook", { times: { acknowledge: 5 } });
      let release = (): void => {};
      answer = () =>
        new Promise((resolve) => {
          release = () => resolve({ text: "late" });
        });
      const turn = wire.user(1).send("/start");
      await wire.until(() => deliveries.filter((status) => status === 503).length >= 2);
      release();
      assert.equal((await turn).text, "late");
      await wire.settled();
      assert.equal(heard.length, 1);
      assert.equal(deliveries.at(-1), 200);
    });

    it("is told once that Telegram cannot be reached and once that it can again; opening does not wait", async () => {
      const wire = await createTelegramServer();
      wire.misbehave("getMe", "cut", 3);
      wire.misbehave("getUpdates", { status: 502 }, 3);
      const { platform } = await begin("polling", {}, wire);
      assert.equal(platform.name, "telegram");
      await wire.user(1).send("/start");
      assert.equal(noted("platform-unreachable").length, 2, notes.join("\n"));
      assert.equal(noted("platform-recovered").length, 2);
      assert.equal(noted("platform-ready").length, 1);
    });

    it("notes a refused token, keeps trying, and never shows the token", async () => {
      const { wire } = await begin();
      await wire.user(1).send("/start");
      wire.revoke(true);
      await wire.until(() => wire.called("getUpdates").length > 5);
      wire.revoke(false);
      await wire.user(1).send("/start");
      assert.equal(noted("platform-token-refused").length, 1);
      assert.equal(noted("platform-recovered").length, 1);
      assert.ok(!notes.join("\n").includes(wire.token.slice(10)));
      assert.ok(!notes.join("\n").includes(String(wire.user(1).id)));
    });
  });

  describe("reading", () => {
    it("reads commands: any case, with our name, with a start parameter; not another bot's", async () => {
      const { wire } = await begin();
      wire.group(-5);
      const user = wire.user(1);
      await user.send("/start join-ABC");
      await user.send(`/Report@${wire.username.toUpperCase()} a b`);
      await user.in(-5).send("/board@another_bot");
      await user.send("/etc/passwd is not a command");
      assert.deepEqual(inputs(), [
        { kind: "command", name: "start", rest: "join-ABC" },
        { kind: "command", name: "report", rest: "a b" },
        { kind: "text", text: "/etc/passwd is not a command" },
      ]);
    });

    it("makes one input of an album and confirms it only as a whole; its caption follows as text", async () => {
      const { wire } = await begin();
      const bytes = new Uint8Array([1, 2, 3]);
      const files = ["a", "b", "c"].map((name) => ({ name: `${name}.pdf`, type: "application/pdf", bytes }));
      await wire.user(1).attach(files, { caption: "what these are" });
      await wire.settled();
      assert.deepEqual(
        inputs().map((i) => (i.kind === "files" ? i.files.map((f) => f.name) : i.kind === "text" && i.text)),
        [["a.pdf", "b.pdf", "c.pdf"], "what these are"],
      );
      assert.notEqual(heard[0]?.id, heard[1]?.id);
    });

    it("makes one input of an album through a webhook, too", async () => {
      const { wire } = await begin("webhook");
      const files = ["a", "b"].map((name) => ({ name, type: "text/plain", bytes: new Uint8Array([1]) }));
      await wire.user(1).attach(files);
      assert.equal(heard.length, 1);
      assert.equal(heard[0]?.input.kind === "files" && heard[0].input.files.length, 2);
    });

    for (const mode of ["polling", "webhook"] as const)
      it(`takes thirty pictures that are sent at once by ${mode}, and tells where it could not take more`, async () => {
        const { wire } = await begin(mode, { times: { acknowledge: 5 } });
        let release = (): void => {};
        const gate = new Promise<void>((resolve) => {
          release = resolve;
        });
        answer = async () => {
          await gate;
          return { text: "ok" };
        };
        const user = wire.user(1);
        const ten = Array.from({ length: 10 }, (_, n) => ({ name: `${n}`, type: "", bytes: new Uint8Array([n]) }));
        for (let album = 0; album < 6; album++) void user.attach(ten, { as: "photo" });
        await wire.until(() => (mode === "polling" ? heard.length === 1 : wire.pending().length === 0));
        release();
        await wire.settled();
        await wire.until(() => user.chat().some((m) => m.text === EN.tooMuch));
        assert.deepEqual(
          inputs().map((i) => i.kind === "files" && i.files.length),
          [10, 10, 10],
        );
        const told = user.chat().filter((m) => m.text === EN.tooMuch);
        const theirs = user.chat().filter((m) => !m.ours);
        assert.deepEqual(
          told.map((m) => m.replies),
          [theirs[30]?.id],
        );
      });

    it("has an album brought again while nobody can claim its items", async () => {
      let away = 3;
      const claim: House["claim"] = async () => {
        if (away-- > 0) throw new Error("the shared memory is away");
        return { over: async () => {}, free: async () => {} };
      };
      const { wire, deliveries, close: end } = await start({ ...house, claim }, "webhook");
      close.push(end);
      const files = ["a", "b"].map((name) => ({ name, type: "text/plain", bytes: new Uint8Array([1]) }));
      const turn = wire.user(1).attach(files);
      await wire.settled();
      assert.deepEqual(deliveries, [503, 503, 503, 200, 200]);
      await turn;
      assert.deepEqual(
        inputs().map((i) => i.kind === "files" && i.files.map((f) => f.name)),
        [["a", "b"]],
      );
    });

    it("takes the largest size of a photo", async () => {
      const { wire } = await begin();
      let got = 0;
      answer = async ({ input }) => {
        if (input.kind === "files")
          for await (const piece of (await input.files[0]!.open()) as unknown as AsyncIterable<Uint8Array>)
            got += piece.length;
        return { text: "thanks" };
      };
      await wire.user(1).attach([{ name: "", type: "", bytes: new Uint8Array(5000) }], { as: "photo" });
      assert.equal(got, 5000);
    });

    it("refuses a file that Telegram would not hand over, and names the page", async () => {
      const { wire } = await begin("polling", { page: "https://tips.example/" });
      const seen = await wire
        .user(1)
        .attach([{ name: "big.zip", type: "application/zip", bytes: new Uint8Array(1), claims: 21 * 1024 * 1024 }]);
      assert.match(seen.text, /larger than 20 MB.*https:\/\/tips\.example\//);
      assert.equal(heard.length, 0);
    });

    it("turns a failed download into a code without the token", async () => {
      const { wire } = await begin();
      let failure: unknown;
      answer = async ({ input }) => {
        wire.misbehave("getFile", { status: 400, description: "Bad Request: file is too big" });
        failure = input.kind === "files" && (await input.files[0]?.open().catch((error: unknown) => error));
        return { text: "sorry" };
      };
      await wire.user(1).attach([{ name: "a", type: "", bytes: new Uint8Array(1) }]);
      assert.match(String(failure), /telegram-file-too-big/);
      assert.ok(!JSON.stringify(failure).includes(wire.token));
    });

    it("refuses what carries a voice or somebody's identity, in words, and keeps nothing of it", async () => {
      const { wire } = await begin();
      const user = wire.user(1);
      const file = { file_id: "v", file_unique_id: "v", duration: 1 };
      const cases: [Params, string | undefined][] = [
        [{ voice: file }, EN.noVoice],
        [{ video_note: { ...file, length: 1 } }, EN.noVoice],
        [{ contact: { phone_number: "1", first_name: "x" } }, EN.noIdentity],
        [{ location: { latitude: 1, longitude: 1 } }, EN.noIdentity],
        [
          {
            text: "hi",
            forward_origin: { type: "user", date: 1, sender_user: { id: 9, is_bot: false, first_name: "x" } },
          },
          EN.noForward,
        ],
        [{ document: file, forward_origin: { type: "hidden_user", date: 1, sender_user_name: "x" } }, EN.noForward],
        [{ poll: { id: "1" } }, EN.noOther],
        [{ sticker: file }, EN.noOther],
      ];
      for (const [fields, words] of cases) assert.equal((await user.post(fields)).text, words);
      assert.equal((await wire.user(2, "zh-hans").post({ voice: file })).text, ZH.noVoice);
      assert.equal((await user.post({ pinned_message: { message_id: 1 } })).text, "");
      assert.equal(heard.length, 0);
    });

    it("leaves bots, channels and edits alone", async () => {
      const { wire } = await begin();
      const chat = { id: wire.user(1).id, type: "private" };
      wire.push(1, {
        message: { message_id: 1, date: 1, chat, from: { id: 77, is_bot: true, first_name: "b" }, text: "/start" },
      });
      wire.push(1, { channel_post: { message_id: 1, date: 1, chat: { id: -9, type: "channel" }, text: "/start" } });
      wire.push(1, {
        edited_message: {
          message_id: 1,
          date: 1,
          chat,
          from: { id: chat.id, is_bot: false, first_name: "x" },
          text: "edited",
        },
      });
      await wire.settled();
      assert.equal(heard.length, 0);
      assert.equal(wire.called("sendMessage").length, 0);
    });
  });

  describe("in groups", () => {
    it("hears commands and presses only, names the topic, and answers in the private chat", async () => {
      const { wire, platform } = await begin();
      wire.group(-100, [7]);
      const user = wire.user(1);
      await user.send("/start");
      await user.in(-100, 7).send("just talking about the bank");
      await platform.send(
        { platform: "telegram", id: "-100/7" },
        { text: "Case K7", buttons: [{ value: "claim", label: "Claim" }] },
        { locale: "en" },
      );
      answer = () => ({ text: "The report", buttons: [{ value: "back", label: "Back" }] });
      const seen = await user.in(-100, 7).press("Claim");
      await wire.settled();
      assert.equal(seen.text, "The report");
      const { place, input, from, traces } = heard.at(-1) as Incoming;
      assert.deepEqual(
        { place, input, from, traces },
        {
          place: { platform: "telegram", id: "-100/7" },
          input: { kind: "choice", value: "claim" },
          from: { platform: "telegram", id: String(user.id) },
          traces: undefined,
        },
      );
      assert.equal(wire.groupText(), "Case K7");
      assert.deepEqual(user.toasts, [{ text: EN.inPrivate }]);
      assert.equal(heard.length, 2);
    });

    it("shows the way to the private chat where it cannot be reached", async () => {
      const { wire, platform } = await begin();
      wire.group(-100);
      await platform.send(
        { platform: "telegram", id: "-100" },
        { text: "Case", buttons: [{ value: "claim", label: "Claim" }] },
        { locale: "en" },
      );
      answer = () => ({ text: "a secret thing" });
      const user = wire.user(1);
      await user.in(-100).press("Claim");
      assert.deepEqual(user.toasts, [{ url: `https://t.me/${wire.username}?start=hello` }]);
      await user.in(-100).send("/board");
      await wire.settled();
      assert.ok(!wire.groupText().includes("secret"));
      assert.ok(wire.groupText().includes(`https://t.me/${wire.username}?start=hello`));
    });

    it("never takes an anonymous administrator or a channel for a person, and says why", async () => {
      const { wire } = await begin();
      wire.group(-100);
      const message = { message_id: 1, date: 1, chat: { id: -100, type: "supergroup" }, text: "/board" };
      wire.push(-100, {
        message: {
          ...message,
          from: { id: 1087968824, is_bot: true, first_name: "Group" },
          sender_chat: { id: -100, type: "supergroup" },
        },
      });
      wire.push(-100, {
        message: {
          ...message,
          from: { id: 777000, is_bot: false, first_name: "T" },
          sender_chat: { id: -9, type: "channel" },
        },
      });
      wire.push(-100, { message: { ...message, text: "no command", sender_chat: { id: -9, type: "channel" } } });
      wire.push(-100, {
        callback_query: {
          id: "1",
          from: { id: 1087968824, is_bot: true, first_name: "G" },
          chat_instance: "1",
          data: "claim",
          message,
        },
      });
      await wire.settled();
      assert.equal(heard.length, 0);
      assert.deepEqual(
        wire.groupMessages(-100).map((m) => m.text),
        [EN.anonymousAdmin, EN.anonymousAdmin],
      );
      assert.equal(noted("platform-stranger-in-group").length, 2);
    });
  });

  describe("drawing", () => {
    it("protects every message, shows no preview, and formats by entities only", async () => {
      const { wire } = await begin();
      answer = () => ({
        title: "Title 🙂",
        text: "text",
        notice: "note",
        progress: { at: 1, of: 2, text: "1 of 2" },
        quotes: [{ by: "The team", text: "words" }],
        fold: { title: "From", text: "• a law" },
        secret: "ABCD-1234",
      });
      const user = wire.user(1);
      const { text } = await user.send("/start");
      assert.equal(text, "note\n\n1 of 2\n\nTitle 🙂\n\ntext\n\nThe team\nwords\n\nFrom\n• a law\n\nABCD-1234");
      const lying = user.chat().find((m) => m.ours);
      const marked = lying?.entities.map((e) => [e.type, text.slice(e.offset, e.offset + e.length)]);
      assert.deepEqual(marked, [
        ["italic", "1 of 2"],
        ["bold", "Title 🙂"],
        ["blockquote", "The team\nwords"],
        ["bold", "The team"],
        ["expandable_blockquote", "From\n• a law"],
        ["bold", "From"],
        ["code", "ABCD-1234"],
      ]);
      assert.deepEqual(lying?.keyboard, [[{ text: EN.copy, copy_text: { text: "ABCD-1234" } }]]);
      for (const params of wire.called("sendMessage")) {
        assert.equal(params.protect_content, true);
        assert.deepEqual(params.link_preview_options, { is_disabled: true });
        assert.equal(params.parse_mode, undefined);
      }
    });

    it("lets nothing that was typed become a link, and leaves its words and ours as they are", async () => {
      const { wire } = await begin();
      const typed = "他在 evil.example/x 卖，找 @durov 或 /buy，价格 3.5 元";
      const source = "• A law: https://law.example/1";
      answer = () => ({
        title: "Case @durov",
        text: `See ${source}`,
        quotes: [{ by: "You", text: typed }],
        picture: { name: "chain.png", alt: "A chain of @durov", png: async () => new Uint8Array([1]) },
      });
      const user = wire.user(1);
      await user.send("/start");
      const [photo, report] = user.chat().filter((m) => m.ours);
      assert.deepEqual(photo?.found, []);
      assert.deepEqual(report?.found, []);
      const { text = "" } = report!;
      assert.deepEqual(
        report?.entities.map((e) => [e.type, text.slice(e.offset, e.offset + e.length)]),
        [
          ["bold", "Case "],
          ["code", "@durov"],
          ["code", "https://law.example/1"],
          ["blockquote", `You\n${typed}`],
          ["bold", "You"],
          ["code", "evil.example/x"],
          ["code", "@durov"],
          ["code", "/buy"],
        ],
      );
      answer = () => ({ text: `See ${source}`, fold: { title: "From", text: source }, notice: "@durov", ours: true });
      await user.send("/start");
      assert.deepEqual(
        user
          .chat()
          .at(-1)
          ?.found.map((e) => e.type),
        ["url", "url"],
      );
    });

    it("lets nothing become a link however it is put together, and never sets more than Telegram looks at", () => {
      const words = ["@ab", "a.com", "#ä", "/x", "$TON", "tg://x", "1.2.3.4", "+86 13812345678", "4111-1111-1111-1111"];
      const glue = [" ", "\n", "，", "中", "a", "@", ".", "/", ":", "-", "_", "5", "<", "\u200c"];
      const text = fc.array(fc.constantFrom(...words, ...glue), { maxLength: 60 }).map((all) => `x ${all.join("")}`);
      fc.assert(
        fc.property(text, fc.array(text, { maxLength: 60 }), (one, many) => {
          const quotes = many.map((each) => ({ by: each.slice(0, 9), text: each }));
          const { pieces } = drawScreen({ title: one, text: one, notice: one, quotes }, "");
          for (const { text, entities } of pieces) {
            assert.deepEqual(detect(text, entities), []);
            assert.ok(entities.length <= 100, String(entities.length));
            const code = entities.filter((e) => e.type === "code");
            for (const e of entities.filter((e) => e.type === "bold" || e.type === "code"))
              for (const c of code)
                assert.ok(c === e || c.offset + c.length <= e.offset || e.offset + e.length <= c.offset, "apart");
          }
        }),
        { numRuns: 200 },
      );
    });

    it("draws menus, marks, tones and links", () => {
      const { keyboard, pieces } = drawScreen(
        {
          text: "t",
          menu: {
            hint: "Pick",
            options: [
              { value: "a", label: "银行", on: true },
              { value: "b", label: "快递" },
              { value: "c", label: "电信" },
            ],
            done: { value: "ok", label: "Continue" },
          },
          buttons: [
            { value: "x", label: "A rather long label", tone: "danger" },
            { value: "w", label: "Web", url: "https://a.example/" },
            { value: "l", label: "Local", url: "http://localhost:8787/" },
          ],
        },
        "copy",
      );
      assert.deepEqual(keyboard?.inline_keyboard, [
        [
          { text: "✓ 银行", callback_data: "a" },
          { text: "快递", callback_data: "b" },
        ],
        [{ text: "电信", callback_data: "c" }],
        [{ text: "Continue", style: "success", callback_data: "ok" }],
        [{ text: "A rather long label", style: "danger", callback_data: "x" }],
        [{ text: "Web", url: "https://a.example/" }],
      ]);
      assert.equal(pieces[0]?.text, "t\n\nLocal: http://localhost:8787/\n\nPick");
    });

    it("refuses a value over 64 bytes before the wire does, and tells the person that it failed", async () => {
      assert.doesNotThrow(() => drawScreen({ text: "t", buttons: [{ value: "é".repeat(32), label: "x" }] }, ""));
      assert.throws(
        () => drawScreen({ text: "t", buttons: [{ value: `${"é".repeat(32)}x`, label: "x" }] }, ""),
        /telegram-button-invalid/,
      );
      assert.throws(
        () => drawScreen({ text: "t", buttons: [{ value: "", label: "x" }] }, ""),
        /telegram-button-invalid/,
      );
      const { wire } = await begin();
      answer = () => ({ text: "t", buttons: [{ value: "x".repeat(65), label: "x" }] });
      assert.equal((await wire.user(1).send("/start")).text, EN.failed);
      assert.equal(noted("platform-turn-failed").length, 1);
      assert.deepEqual(wire.refusals, []);
    });

    it("cuts a long text without losing a character of it or its formatting, keyboard on the last piece", () => {
      const quote = "永远不要 ".repeat(2000);
      const { pieces } = drawScreen(
        {
          title: "T",
          text: "word ".repeat(1500),
          quotes: [{ by: "me", text: quote }],
          secret: "S".repeat(20),
          buttons: [{ value: "a", label: "A" }],
        },
        "c",
      );
      assert.ok(pieces.length >= 4 && pieces.every((p) => p.text.length <= 4096));
      const all = pieces
        .map((p) => p.text)
        .join("")
        .replace(/\s/g, "");
      assert.equal(all, `T${"word".repeat(1500)}me${"永远不要".repeat(2000)}${"S".repeat(20)}`);
      for (const { text, entities } of pieces) for (const e of entities) assert.ok(e.offset + e.length <= text.length);
      const quoted = pieces.flatMap((p) =>
        p.entities.filter((e) => e.type === "blockquote").map((e) => p.text.slice(e.offset, e.offset + e.length)),
      );
      assert.equal(quoted.join("").replace(/\s/g, ""), `me${"永远不要".repeat(2000)}`);
    });

    it("redraws the pressed message in place, but never above what the person wrote", async () => {
      const { wire } = await begin();
      const user = wire.user(1);
      answer = () => ({ text: `screen ${heard.length}`, buttons: [{ value: "n", label: "Next" }] });
      await user.send("/start");
      await user.press("Next");
      assert.deepEqual(
        user
          .chat()
          .filter((m) => m.ours)
          .map((m) => m.text),
        ["screen 2"],
      );
      await user.send("a text");
      assert.deepEqual(
        user.chat().map((m) => m.text),
        ["/start", "screen 2", "a text", "screen 3"],
      );
      answer = () => ({ text: "screen 3", buttons: [{ value: "n", label: "Next" }] });
      await user.press("Next");
      await wire.settled();
      assert.equal(user.chat().length, 4);
      const toasts = user.toasts.length;
      assert.equal(toasts, 2, "every press is answered");
    });

    it("answers anew where the pressed message cannot be redrawn", async () => {
      const { wire } = await begin();
      const user = wire.user(1);
      answer = () => ({ text: "screen", buttons: [{ value: "n", label: "Next" }] });
      await user.send("/start");
      wire.misbehave("editMessageText", { status: 400, description: "Bad Request: message can't be edited" });
      answer = () => ({ text: "new" });
      await user.press("Next");
      assert.deepEqual(
        user
          .chat()
          .filter((m) => m.ours)
          .map((m) => m.text),
        ["screen", "new"],
      );
    });

    it("hands over a file with the screen below it", async () => {
      const { wire } = await begin();
      const bytes = new TextEncoder().encode("the report");
      answer = () => ({
        text: "Here",
        attachments: [
          { name: "report.txt", type: "text/plain", bytes: bytes.length, open: async () => new Blob([bytes]).stream() },
        ],
      });
      const user = wire.user(1);
      await user.send("/start");
      const [file, text] = user.chat().filter((m) => m.ours);
      assert.deepEqual(
        [file?.document?.name, new TextDecoder().decode(file?.document?.bytes), file?.protect, text?.text],
        ["report.txt", "the report", true, "Here"],
      );
    });
  });

  describe("failures while a person waits", () => {
    it("waits out a 429 and answers; others are served meanwhile", async () => {
      const { wire } = await begin();
      wire.misbehave("sendMessage", { status: 429, after: 1 });
      const slow = wire.user(1).send("/start");
      await wire.until(() => wire.called("sendMessage").length === 1);
      await wire.user(2).send("/start");
      assert.equal(wire.user(1).chat().length, 1);
      assert.equal((await slow).text, "ok");
    });

    it("answers again after a failure, and asks for the update again when Telegram stays away", async () => {
      const { wire } = await begin();
      wire.misbehave("sendMessage", { status: 500 }, 2);
      await wire.user(1).send("one");
      assert.equal(heard.length, 1);
      wire.misbehave("sendMessage", { status: 500 }, 5);
      assert.equal((await wire.user(1).send("two")).text, "ok");
      assert.equal(heard.length, 3);
      assert.equal(heard[1]?.id, heard[2]?.id);
      await wire.settled();
    });

    it("gives an update up that can never be answered", async () => {
      const { wire } = await begin();
      wire.misbehave("sendMessage", { status: 500 }, 20);
      await wire.user(1).send("one");
      await wire.settled();
      assert.equal(heard.length, 5);
      assert.match(notes.join("\n"), /platform-turn-failed .*unanswered/);
      assert.equal((await wire.user(1).send("two")).text, "ok");
    });

    it("says nothing to somebody who blocked the bot", async () => {
      const { wire } = await begin();
      const user = wire.user(1);
      wire.blocked.add(user.id);
      await user.send("/start");
      await wire.settled();
      assert.equal(noted("platform-turn-failed").length, 0);
    });
  });

  describe("sending out of the blue", () => {
    const to = (id: number) => ({ platform: "telegram", id: String(id) });
    const options = { locale: "en" };

    it("says what became of it, and never sends twice by itself", async () => {
      const { wire, platform } = await begin();
      const user = wire.user(1);
      await user.send("/start");
      const before = wire.called("sendMessage").length;
      const news = { text: "news" };
      const cases: [Parameters<TelegramServer["misbehave"]>[1], object][] = [
        [
          { status: 429, after: 33 },
          { ok: false, retry: true, after: 33, wide: true, code: "telegram-busy" },
        ],
        [{ status: 502 }, { ok: false, retry: true, maybe: true, code: "telegram-lost-answer" }],
        ["lost", { ok: false, retry: true, maybe: true, code: "telegram-lost-answer" }],
        [
          { status: 403, description: "Forbidden: bot was blocked by the user" },
          { ok: false, retry: false, gone: true, code: "telegram-blocked" },
        ],
        [
          { status: 400, description: "Bad Request: chat not found" },
          { ok: false, retry: false, gone: true, code: "telegram-chat-gone" },
        ],
        [
          { status: 400, description: "Bad Request: group chat was upgraded to a supergroup chat", migrate: -1009 },
          { ok: false, retry: false, gone: true, code: "telegram-group-moved" },
        ],
        [
          { status: 400, description: "Bad Request: not enough rights to send text messages to the chat" },
          { ok: false, retry: true, after: 600, shut: true, code: "telegram-no-rights" },
        ],
        [
          { status: 401, description: "Unauthorized" },
          { ok: false, retry: true, after: 60, wide: true, code: "telegram-token-refused" },
        ],
        [
          { status: 400, description: "Bad Request: something new" },
          { ok: false, retry: false, gone: false, code: "telegram-refused" },
        ],
      ];
      for (const [mishap, sent] of cases) {
        wire.misbehave("sendMessage", mishap);
        assert.deepEqual(await platform.send(to(user.id), news, options), sent);
      }
      assert.equal(wire.called("sendMessage").length, before + cases.length);
      assert.equal(user.chat().filter((m) => m.text === "news").length, 1, "the one whose answer was lost did arrive");
    });

    it("knows that nothing left where there is no network", async () => {
      const { wire, platform } = await begin();
      await wire.close();
      assert.deepEqual(await platform.send(to(5), { text: "x" }, options), {
        ok: false,
        retry: true,
        code: "telegram-unreachable",
      });
    });

    it("redraws by its mark; the same again is fine; what is gone is sent anew", async () => {
      const { wire, platform } = await begin();
      wire.group(-100, [7]);
      const place = { platform: "telegram", id: "-100/7" };
      const first = await platform.send(place, { text: "open" }, options);
      assert.ok(first.ok && first.ref);
      const { ref } = first;
      assert.deepEqual(await platform.send(place, { text: "taken" }, { ...options, ref }), { ok: true, ref });
      assert.deepEqual(await platform.send(place, { text: "taken" }, { ...options, ref }), { ok: true, ref });
      assert.equal(wire.groupText(), "taken");
      const anew = await platform.send(place, { text: "closed" }, { ...options, ref: "99" });
      assert.ok(anew.ok && anew.ref !== ref);
      const sent = await platform.send(place, { text: "x", buttons: [{ value: "x".repeat(65), label: "x" }] }, options);
      assert.deepEqual(sent, { ok: false, retry: false, gone: false, code: "telegram-button-invalid" });
      assert.deepEqual(await platform.send({ ...place, id: "-100/8" }, { text: "x" }, options), {
        ok: false,
        retry: false,
        gone: true,
        code: "telegram-chat-gone",
      });
    });
  });

  describe("erasing", () => {
    it("hands over a mark of each message of both sides once, and deletes by them", async () => {
      const { wire, platform } = await begin();
      const user = wire.user(1);
      answer = () => ({ text: `screen ${heard.length}`, buttons: [{ value: "n", label: "Next" }] });
      await user.send("/start");
      await user.send("my story");
      await platform.send({ platform: "telegram", id: String(user.id) }, { text: "news" }, { locale: "en" });
      await user.post({ voice: { file_id: "v" } });
      await user.press("Next");
      await wire.settled();
      const marks = heard.flatMap((i) => i.traces ?? []);
      const kept = user
        .chat()
        .filter((m) => m.text !== "screen 3")
        .map((m) => `m${m.id}`);
      assert.deepEqual(marks, kept);
      answer = () => ({ text: "Gone", erase: marks });
      const before = wire.calls.length;
      await user.press("Next");
      await wire.settled();
      const methods = wire.calls.slice(before).map((c) => c.method);
      assert.ok(methods.indexOf("deleteMessages") < methods.indexOf("sendMessage"), "told when it was asked for");
      assert.deepEqual(
        user.chat().map((m) => m.text),
        ["Gone"],
      );
    });

    it("deletes hundreds in groups, and one by one where one is too old", async () => {
      const { wire } = await begin();
      const user = wire.user(1);
      await user.send("hello");
      const old = user.chat()[0]?.id as number;
      wire.undeletable.add(old);
      answer = () => ({ text: "Gone", erase: [`m${old}`, ...Array.from({ length: 230 }, (_, i) => `m${i + 5000}`)] });
      await user.send("erase");
      await wire.settled();
      const groups = wire.called("deleteMessages").map((p) => (p.message_ids as number[]).length);
      assert.deepEqual(groups, [100, 100, 33], "230, the old one, the last answer and the last message");
      assert.deepEqual(
        user.chat().map((m) => m.text),
        ["hello", "Gone"],
      );
    });

    it("deletes the newest first, and goes no further back where all is too old", async () => {
      const { wire } = await begin();
      const user = wire.user(1);
      for (let n = 0; n < 60; n++) await user.send(`text ${n}`);
      const ids = user.chat().map((m) => m.id);
      const [old, recent] = [ids.slice(0, 110), ids.slice(110)];
      // a die that was thrown just now may not be deleted either
      const die = recent[6] as number;
      for (const id of [...old, die]) wire.undeletable.add(id);
      answer = () => ({ text: "Gone", erase: ids.map((id) => `m${id}`) });
      await user.send("erase");
      await wire.settled();
      assert.equal(wire.called("deleteMessages").length, 1, "no group that is older still");
      const tried = wire.called("deleteMessage").map((p) => Number(p.message_id));
      assert.deepEqual(tried.slice(1), [...recent.toReversed(), ...old.toReversed().slice(0, 10)]);
      assert.deepEqual(
        user.chat().map((m) => m.id),
        [...old, die, user.chat().at(-1)?.id],
      );
    });

    it("tells no erasing as done that Telegram did not take", async () => {
      const { wire } = await begin();
      const user = wire.user(1);
      await user.send("hello");
      const marks = (): string[] => heard.flatMap((i) => i.traces ?? []);
      answer = () => ({ title: "Erased", text: "I have asked", notice: "Note", erase: marks(), erased: true });
      wire.misbehave("deleteMessages", { status: 502 }, 4);
      assert.equal((await user.send("erase")).text, `Note\n${EN.notErased}\n\nI have asked`);
      const old = user.chat()[0]?.id as number;
      wire.undeletable.add(old);
      wire.misbehave("deleteMessage", { status: 502 }, 4);
      assert.match((await user.send("erase")).text, new RegExp(`${EN.notErased}`));
      await user.send("erase");
      await wire.settled();
      assert.deepEqual(
        user.chat().map((m) => m.text),
        ["hello", "Note\n\nErased\n\nI have asked"],
        "what is too old is no failure",
      );
    });

    it("says of a receipt that could not be deleted that it still stands there, above the mailbox that it opened", async () => {
      const { wire } = await begin();
      const user = wire.user(1);
      answer = ({ traces }) => ({ title: "Your mailbox", text: "Nothing new", erase: traces! });
      wire.misbehave("deleteMessages", { status: 502 }, 4);
      assert.equal((await user.send("a receipt")).text, `${EN.notErasedTyped}\n\nYour mailbox\n\nNothing new`);
    });

    it("after a new start still learns the mark of the message that is pressed", async () => {
      const wire = await createTelegramServer();
      const first = await begin("polling", {}, wire);
      const user = wire.user(1);
      answer = () => ({ text: "screen", buttons: [{ value: "n", label: "Next" }] });
      await user.send("/start");
      await first.platform.close();
      await begin("polling", {}, wire);
      await user.press("Next");
      assert.deepEqual(heard.at(-1)?.traces, [`m${user.chat().at(-1)?.id}`]);
    });
  });

  it("announces commands and facts in each language, within Telegram's limits", async () => {
    const { wire } = await begin();
    await wire.until(() => wire.called("setMyShortDescription").length === 2);
    const commands = wire
      .called("setMyCommands")
      .map((p) => [(p.scope as Params).type, p.language_code, (p.commands as Params[]).map((c) => c.command)]);
    assert.deepEqual(commands, [
      ["default", undefined, []],
      ["all_private_chats", undefined, ["start", "board"]],
      ["all_group_chats", undefined, ["board"]],
      ["default", "zh", []],
      ["all_private_chats", "zh", ["start", "board"]],
      ["all_group_chats", "zh", ["board"]],
    ]);
    assert.deepEqual(
      wire.called("setMyDescription").map((p) => [p.description, p.language_code]),
      [
        [EN.description, undefined],
        [ZH.description, "zh"],
      ],
    );
    assert.deepEqual(
      wire.called("setMyShortDescription").map((p) => p.short_description),
      [EN.shortDescription, ZH.shortDescription],
    );
    assert.deepEqual(Object.keys(EN), Object.keys(ZH));
    for (const words of [EN, ZH])
      assert.doesNotMatch(`${words.description}${words.shortDescription}`, /anonym|匿名|untraceable|100 ?%/i);
  });

  it("never looks anybody up", () => {
    const folder = "src/platforms/telegram";
    const source = readdirSync(folder)
      .map((file) => readFileSync(`${folder}/${file}`, "utf8"))
      .join("\n");
    for (const banned of [
      "getChat",
      "getUserProfile",
      "getUserPersonalChat",
      "getChatMember",
      "getChatAdministrators",
      "forwardMessage",
      "copyMessage",
      "parse_mode",
      "console.",
    ])
      assert.ok(!source.includes(banned), `${banned} in ${folder}`);
  });
});
