/** Many processes of one house: each is what it is told to be, and no press is answered twice or lost between them. */
import assert from "node:assert/strict";
import { createColumns } from "../../src/crypto/columns.ts";
import { discord } from "../../src/platforms/discord/index.ts";
import { type Service, startService } from "../../src/service.ts";
import { createClocks } from "../../src/storage/clocks.ts";
import { openStorage } from "../../src/storage/storage.ts";
import { fileReport, onTelegram, onWeb, openMailbox, send, tell, told, words } from "../privacy/people.ts";
import { createDiscordServer } from "../standins/discord.ts";
import { createTelegramServer, type TelegramServer } from "../standins/telegram.ts";
import { type Balancer, balancer } from "../support/balancer.ts";
import { lockAwaited, onBothDatabases } from "../support/databases.ts";
import { type Fleet, fleet, webhookSecret } from "../support/fleet.ts";
import { skipFor } from "../support/missing.ts";

const story = "Waybills are sold by the hundred.";

describe("processes of one house", () => {
  let ships: Fleet;
  let telegram: TelegramServer;
  let front: Balancer;
  const secret = webhookSecret();

  before(async function () {
    telegram = await createTelegramServer();
    front = await balancer();
    const found = await fleet({ TELEGRAM_BOT_TOKEN: telegram.token, TELEGRAM_API_ROOT: telegram.url });
    if ("missing" in found) return skipFor(this, found.missing);
    ships = found;
  });
  after(async () => {
    await ships?.end();
    await front?.close();
    await telegram?.close();
  });

  /** A process that Telegram's updates reach through the balancer. */
  async function hooked(roles: string): Promise<Service> {
    const home = ships.home({
      QUIETLINE_ROLES: roles,
      TELEGRAM_MODE: "webhook",
      TELEGRAM_WEBHOOK_SECRET: secret,
      QUIETLINE_PUBLIC_URL: "https://tips.example.org",
    });
    home.config.telegram!.webhook!.url = `${front.url}/telegram`; // the stand-in speaks no TLS
    delete home.config.publicUrl;
    return home.service();
  }
  const called = (method: string): number => telegram.called(method).length;

  it("let a person go on wherever each request happens to arrive", async () => {
    const pages = [await ships.start({ QUIETLINE_ROLES: "web" }), await ships.start({ QUIETLINE_ROLES: "web" })];
    front.servers = pages.map((service) => service.page);
    const person = onWeb(front.url, 1);
    await person.command("report");
    await person.press(words("report:facts.go"));
    await person.press(words("taxonomy:kind.selling"));
    await person.answer({ story: "" });
    assert.ok(person.text().includes("needs an answer"), `why it did not work is lost:\n${person.text()}`);
    const receipt = await fileReport(onWeb(front.url, 2), told(story));
    const reader = onWeb(front.url, 3);
    await openMailbox(reader, receipt);
    await reader.press(words("mailbox:open.told"));
    assert.ok(reader.text().includes(story));
    assert.equal(Number((await pages[0]!.core.storage.read("sessions").count({ n: "*" }).first())?.n), 0);
    assert.equal(called("getMe"), 0, "nobody was told to speak Telegram");
    for (const service of pages) await service.close();
  });

  it("answer once what Telegram delivers twice, or to two of them at once, and show no page unless told", async () => {
    const both = [await hooked("telegram"), await hooked("telegram")];
    await telegram.until(() => called("setWebhook") === 2);
    front.servers = both.map((service) => service.page);
    for (const server of front.servers) assert.equal((await fetch(`${server}/`)).status, 404);

    const person = onTelegram(telegram, 1);
    const receipt = await fileReport(person, told(story));
    assert.match(receipt, /^[0-9A-Z]{4}-/);
    await telegram.settled();
    const before = telegram.calls.length;
    await telegram.user(1).again();
    await telegram.settled();
    assert.equal(telegram.calls.length, before, "a second delivery is answered again");

    const user = telegram.user(2);
    await user.send("/start");
    await telegram.settled();
    const shown = called("sendMessage");
    const update = {
      update_id: telegram.lastUpdate + 100,
      message: {
        message_id: 99,
        date: 1,
        chat: { id: user.id, type: "private", first_name: "N" },
        from: { id: user.id, is_bot: false, first_name: "N", language_code: "en" },
        text: "/report",
      },
    };
    const post = (to: string) =>
      fetch(`${to}/telegram`, {
        method: "POST",
        headers: { "content-type": "application/json", "x-telegram-bot-api-secret-token": secret },
        body: JSON.stringify(update),
      });
    const statuses = (await Promise.all([...front.servers, ...front.servers].map(post))).map((r) => r.status);
    assert.ok(statuses.includes(200));
    assert.ok(
      statuses.every((s) => s === 200 || s === 503),
      "the others say: again",
    );
    assert.equal(called("sendMessage"), shown + 1);
    for (const service of both) await service.close();
  });

  it("that are told to stop finish the turn that somebody waits for, and take no new one", async function () {
    this.timeout(60_000);
    const service = await ships.start({ QUIETLINE_ROLES: "web" });
    const next = await ships.start({ QUIETLINE_ROLES: "web" });
    front.servers = [service.page];
    const person = onWeb(front.url, 9);
    await tell(person, told(story));
    const other = await openStorage(ships.databaseUrl);
    let free = (): void => {};
    const held = new Promise<void>((resolve) => {
      free = resolve;
    });
    const holding = other.transaction(async (trx) => {
      await trx.raw("LOCK TABLE reports IN EXCLUSIVE MODE");
      const sending = send(person, told(story));
      await lockAwaited(other); // the turn is under way
      front.servers = [next.page]; // the page that follows the press comes from the other one
      const closing = service.close();
      while (
        await fetch(service.page).then(
          () => true,
          () => false,
        )
      );
      free();
      return { sending, closing };
    });
    await held;
    const { sending, closing } = await holding;
    assert.match(await sending, /^[0-9A-Z]{4}-/);
    await closing;
    await next.close();
    await other.close();
  });

  it("that stop together each take the order of arrival out of what they filed: one waits for the other", async () => {
    const [leaving, busy] = [
      await ships.start({ QUIETLINE_ROLES: "web" }),
      await ships.start({ QUIETLINE_ROLES: "web" }),
    ];
    await fileReport(onWeb(leaving.page, 1), told(story));
    const { storage } = leaving.core;
    const { read, shuffle } = storage;
    let shuffled = 0;
    storage.shuffle = () => {
      shuffled += 1;
      return shuffle();
    };
    let end = () => {};
    const atIt = new Promise<void>((begun) => {
      const work = () => {
        begun();
        return new Promise<void>((done) => {
          end = done;
        });
      };
      void busy.core.clocks.run("shuffle", 0, work);
    });
    await atIt;
    let looks = 0;
    const waits = new Promise<void>((again) => {
      const looked = (table: string) => {
        if (table === "clocks" && ++looks === 2) again();
        return read(table);
      };
      storage.read = Object.assign(looked, read) as typeof read;
    });
    const closed = leaving.close();
    await Promise.race([closed, waits]);
    end();
    await closed;
    assert.equal(shuffled, 1);
  });

  it("send what is owed where one is a courier, which listens to nobody", async () => {
    const home = ships.home({ QUIETLINE_ROLES: "courier" });
    const before = { getMe: called("getMe"), getUpdates: called("getUpdates") };
    void telegram.user(3).send("/start"); // a bot may not write to strangers; nobody answers
    const someone = String(telegram.user(3).id);
    const columns = (service: Service) => createColumns(service.core.keys.derive("columns"));
    let courier: Service;
    courier = await startService(home.config, {
      note: () => undefined,
      recipients: {
        count: async () => ({ telegram: 1 }),
        after: async (id) =>
          id === ""
            ? [
                {
                  id: "s1",
                  address: columns(courier).seal("address", { platform: "telegram", id: someone }),
                  locale: "en",
                  platform: "telegram",
                },
              ]
            : [],
      },
    });
    const { storage, campaigns } = courier.core;
    await storage.transaction((trx) =>
      campaigns.make(trx, {
        body: {
          platforms: ["telegram"],
          texts: { en: { title: "Parcels", text: "Beware of a call about your parcel." } },
        },
        begins: Math.floor(Date.now() / 1000) - 1,
        spread: 0,
        askedBy: "Heron",
        reach: 1,
        day: 1,
      }),
    );
    await telegram.until(() =>
      telegram
        .user(3)
        .chat()
        .some((m) => m.text?.includes("your parcel")),
    );
    assert.deepEqual({ getMe: called("getMe"), getUpdates: called("getUpdates") }, before);
    await courier.close();
  });
});

describe("a process that holds some of Discord's shards", () => {
  it("asks for these only, and announces commands only with the first", async () => {
    const server = await createDiscordServer();
    const commands = [{ name: "help", where: "private" as const }];
    const house = { hear: async () => undefined, say: () => "word", commands, locales: ["en"], note: () => {} };
    for (const ids of [[2], [0]]) {
      const platform = discord({ token: server.token, apiRoot: server.apiRoot, shards: { ids, count: 4 } });
      await platform.open(house);
      await server.until(() => server.identifies.length > 0 && server.connected);
      assert.deepEqual(
        server.identifies.splice(0).map((d) => d.shard),
        ids.map((id) => [id, 4]),
      );
      if (ids[0] === 0) await server.until(() => server.commands.length > 0);
      await platform.close();
      assert.equal(server.commands.length, ids[0] === 0 ? 1 : 0);
    }
    await server.stop();
  });
});

onBothDatabases("a clock that many share", (db) => {
  it("is wound by one of those who look at once, and again when it is time", async () => {
    let time = Date.now();
    const hands = [db().storage, db().other].map((storage) => createClocks(storage, () => time));
    let done = 0;
    const look = () => Promise.all(hands.map((clocks) => clocks.run("chime", 1000, async () => done++)));
    assert.deepEqual((await look()).sort(), [false, true]);
    assert.deepEqual(await look(), [false, false]);
    time += 1001;
    assert.deepEqual((await look()).sort(), [false, true]);
    assert.equal(done, 2);
    // who stops winds it in any case
    assert.equal(await hands[0]!.run("chime", 0, async () => done++), true);
    assert.equal(done, 3);
  });

  it("waits for one who is at it as long as it has patience", async () => {
    const [busy, patient] = [db().storage, db().other].map((storage) => createClocks(storage, Date.now));
    let leave = () => {};
    const atIt = new Promise<void>((begun) => {
      void busy!.run("toll", 0, () => {
        begun();
        return new Promise<void>((end) => {
          leave = end;
        });
      });
    });
    await atIt;
    let done = 0;
    const ring = (patience?: number) => patient!.run("toll", 0, async () => done++, patience);
    assert.equal(await ring(), false);
    assert.equal(await ring(1), false, "for no longer");
    const waited = ring(10_000);
    assert.equal(await ring(), false, "comes after its first look");
    leave();
    assert.equal(await waited, true);
    assert.equal(done, 1);
  });

  it("is taken over from one who died at it, and tried again soon where the work failed", async () => {
    let time = Date.now();
    const [dead, alive] = [db().storage, db().other].map((storage) => createClocks(storage, () => time));
    void dead!.run("strike", 3_600_000, () => new Promise(() => {})).catch(() => undefined);
    while (!(await db().storage.read("clocks").where({ name: "strike" }).andWhere("lease", ">", 0).first()));
    assert.equal(await alive!.run("strike", 3_600_000, async () => {}), false, "somebody is at it");
    time += 62_000;
    await assert.rejects(
      alive!.run("strike", 3_600_000, () => Promise.reject(new Error("no"))),
      /no/,
    );
    assert.equal(await alive!.run("strike", 3_600_000, async () => {}), false);
    time += 61_000;
    assert.equal(await alive!.run("strike", 3_600_000, async () => {}), true);
  });

  it("does not wait for a time that a wrong clock set", async () => {
    const time = Date.now();
    const wrong = createClocks(db().storage, () => time + 10 * 86_400_000);
    await wrong.run("gong", 1000, async () => {});
    assert.equal(await createClocks(db().storage, () => time).run("gong", 1000, async () => {}), true);
  });
});
