/**
 * Promise P1: nothing that we keep links a report to an account. 80 reports (200 with TEST_LONG) come from known accounts on
 * every platform; then every byte that was kept is searched for what those accounts are, said and were given, and for
 * their order.
 */
import assert from "node:assert/strict";
import { appendFileSync, cpSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { createLog } from "../../src/log.ts";
import { type Service, startService } from "../../src/service.ts";
import { createDiscordServer, type DiscordServer } from "../standins/discord.ts";
import { createTelegramServer, type TelegramServer } from "../standins/telegram.ts";
import { type TestHome, testHome } from "../support/house.ts";
import { times } from "../support/long.ts";
import {
  atConsole,
  type FileToSend,
  fileReport,
  onDiscord,
  onTelegram,
  onWeb,
  openMailbox,
  type Person,
  type Told,
  words,
} from "./people.ts";
import { by, everyByte, type Find, Needles, overheard, spearman } from "./support.ts";

const perPlatform = times(20, 50);
const all = 4 * perPlatform;
/**
 * Orders of unrelated things correlate beyond this once in 40,000 runs (4.2 deviations of 1/√(n−1); ±0.3 for 200); the
 * order of arrival itself correlates by 1.
 */
const unrelated = 4.2 / Math.sqrt(all - 1);
const group = -100_777_000_111;

/** A report that was filed: its story, and its receipt. */
interface Filed {
  person: string;
  receipt: string;
}

async function pictureWith(secret: string): Promise<Uint8Array> {
  const picture = sharp({ create: { width: 40, height: 30, channels: 3, background: "#c33" } });
  return picture
    .withExif({ IFD0: { ImageDescription: secret, Artist: secret } })
    .png()
    .toBuffer();
}

/** What the nth person of a platform tells, all of it planted. */
async function toldBy(platform: string, n: number, needles: Needles): Promise<Told> {
  const mark = `${platform}-${n}`;
  const told = {
    story: `The clerk at window ${mark} photographs balances and sells them.`,
    organisation: `Branch Kestrel ${mark}`,
    handle: `@dealer_${mark}_wren`,
    exclude: `Supervisor Plover ${mark}`,
  };
  for (const [question, text] of Object.entries(told)) needles.text(`${mark}'s ${question}`, text);
  let file: FileToSend | undefined;
  if (n % 5 === 0) {
    const secret = `hidden in the file of ${mark}`;
    const png = n % 10 === 0;
    file = png
      ? { name: `scan-by-${mark}.png`, type: "image/png", bytes: await pictureWith(secret) }
      : { name: `notes-by-${mark}.txt`, type: "text/plain", bytes: Buffer.from(`A list, ${secret}.`) };
    needles.text(`${mark}'s file`, secret);
    needles.text(`${mark}'s file name`, file.name);
  }
  return { ...told, ...(file ? { file } : {}), notify: n % 10 === 3, rehearse: n % 2 === 0 };
}

describe(`what is kept of ${all} reports`, function () {
  this.timeout(240_000);
  const needles = new Needles();
  const filed: Filed[] = [];
  const log: string[] = [];
  let heard = "";
  let figures = "";
  let telegram: TelegramServer;
  let discord: DiscordServer;
  let t: TestHome;
  let service: Service;
  let running: Find[] = [];
  let walBytes = 0;

  const search = () => [
    ...everyByte(t.home).flatMap(({ where, bytes }) => needles.search(where, bytes)),
    ...needles.search("log", Buffer.from(log.join(""))),
    ...needles.search("figures", Buffer.from(figures)),
    ...needles.search("standard output and error", Buffer.from(heard)),
  ];

  /** One more report; its person is planted when the account is known. */
  async function file(person: Person, n: number): Promise<void> {
    const told = await toldBy(person.platform, n, needles);
    const receipt = await fileReport(person, told);
    filed.push({ person: `${person.platform}-${n}`, receipt });
    plant(person, `${person.platform}-${n}`);
    needles.receipt(`${person.platform}-${n}'s receipt`, receipt);
  }

  function plant(person: Person, who: string): void {
    const [id = "", ...names] = person.known;
    if (/^\d+$/.test(id)) needles.number(`${who}'s account`, id);
    else needles.text(`${who}'s account`, id);
    for (const name of names) needles.text(`${who}'s name`, name);
  }

  /** People of one platform, one after another; every seventh comes back to write, one takes the report back. */
  async function crowd(arrive: (n: number) => Person | Promise<Person>): Promise<void> {
    for (let n = 1; n <= perPlatform; n++) {
      const person = await arrive(n);
      await file(person, n);
      if (n % 7 === 0) {
        await openMailbox(person, filed.find((f) => f.person === `${person.platform}-${n}`)!.receipt);
        await person.press(words("mailbox:open.answer"));
        const text = `A further word from ${person.platform}-${n} about the lists.`;
        needles.text(`${person.platform}-${n}'s message`, text);
        await person.answer({ text });
        assert.ok(person.text().includes(text), person.text());
      }
      if (n === 14) {
        await person.press(words("mailbox:open.withdraw"));
        await person.press(words("mailbox:withdraw.yes"));
        assert.ok(person.text().includes(words("mailbox:withdrawn.title")), person.text());
      }
      await person.leave();
    }
  }

  /** A reviewer on Telegram takes, reads and answers a few cases, some of which notify their reporters. */
  async function reviewSome(admin: Person): Promise<void> {
    for (let n = 1; n <= 5; n++) {
      await admin.command("queue");
      const free = telegram
        .user(90_001)
        .seen()
        .buttons.find((label) => label.endsWith(words("review:queue.free")));
      assert.ok(free, "no case is free");
      await admin.press(free);
      await admin.press(words("review:card.claim"));
      await admin.press(words("review:card.read"));
      await admin.press(words("review:conflict.clear"));
      await admin.press(words("review:card.reply"));
      const text = `Which system shows balances, question ${n} of the desk?`;
      needles.text(`answer ${n} of the reviewer`, text);
      await admin.answer({ text });
      await admin.press(words("review:check.send"));
    }
  }

  before(async () => {
    telegram = await createTelegramServer();
    discord = await createDiscordServer();
    telegram.group(group);
    t = testHome({
      TELEGRAM_BOT_TOKEN: telegram.token,
      TELEGRAM_API_ROOT: telegram.url,
      DISCORD_BOT_TOKEN: discord.token,
      DISCORD_API_ROOT: discord.apiRoot,
    });
    needles.text("Telegram's token", telegram.token);
    needles.text("Discord's token", discord.token);
    needles.number("the board's group", String(-group));
    heard = await overheard(async () => {
      service = await startService(t.config, {
        note: createLog({ write: (line) => log.push(line) }),
        dayKeyFolder: t.dayKeys,
        unpaced: true, // a group takes twenty cards a minute; a card of each is looked for here
      });
      await discord.ready();
      const admin = onTelegram(telegram, 90_001);
      plant(admin, "the reviewer");
      const invite = service.firstInvite!.slice("/join/".length);
      needles.text("the invitation", invite);
      await telegram.user(90_001).send(`/join ${invite}`);
      await telegram.user(90_001).send("Heron");
      await telegram.user(90_001).in(group).send("/board");

      await Promise.all([
        crowd((n) => onTelegram(telegram, 10_000 + n)),
        crowd((n) => onDiscord(discord, 20_000 + n)),
        crowd((n) => onWeb(service.page, n)),
        crowd((n) => atConsole(service.core, `planted-terminal-${n}`)),
      ]);
      await service.core.delivered();
      await reviewSome(admin);
      await service.core.delivered();
      figures = await service.core.figures.registry.metrics();
      running = search();
      walBytes = statSync(join(t.home, "quietline.sqlite-wal")).size;
      await service.core.sweep();
    });
  });
  after(async () => {
    await service.close();
    await telegram.close();
    await discord.stop();
    t.remove();
  });

  it("was filed: as many on each platform, with cards on the board and none of it in the group", async () => {
    assert.equal(filed.length, all);
    const rows = await service.core.storage.read("reports").count({ n: "*" }).first();
    assert.equal(Number(rows?.n), all);
    assert.ok(telegram.groupMessages(group).length > 0.75 * all, "the board got no cards");
    assert.deepEqual(needles.search("the group", Buffer.from(telegram.groupText())), []);
    assert.ok(needles.count > 100 * all, `only ${needles.count} spellings were looked for`);
  });

  it("shows none of it while the service runs, write-ahead log included", () => {
    assert.ok(walBytes > 0, "there was no write-ahead log to search");
    assert.deepEqual(running.slice(0, 10), []);
  });

  it("shows none of it after the hourly sweep", () => {
    assert.deepEqual(search().slice(0, 10), []);
  });

  it("is searched by a search that finds: one planted value in one file of a copy", () => {
    const copy = mkdtempSync(join(tmpdir(), "quietline-copy-"));
    try {
      cpSync(t.home, copy, { recursive: true });
      const receipt = filed[all / 2]!.receipt.replaceAll("-", "");
      appendFileSync(
        join(copy, "quietline.sqlite"),
        Buffer.concat([Buffer.alloc(7), Buffer.from(receipt), Buffer.alloc(3)]),
      );
      appendFileSync(
        join(copy, "key.age"),
        Buffer.from(
          `x${Buffer.from("…The clerk at window web-7 photographs balances and sells them.").toString("base64")}`,
        ),
      );
      const finds = everyByte(copy).flatMap(({ where, bytes }) => needles.search(where, bytes));
      assert.ok(finds.some((f) => f.where === "quietline.sqlite" && f.what === `${filed[all / 2]!.person}'s receipt`));
      assert.ok(finds.some((f) => f.where === "key.age" && f.what === "web-7's story in base64"));
    } finally {
      rmSync(copy, { recursive: true });
    }
  });

  it("holds days where it holds times, in everything about a report or a talk", async () => {
    const today = Math.floor(Date.now() / 86_400_000);
    for (const table of ["reports", "messages", "files", "notify", "sessions"]) {
      const rows = (await service.core.storage.read(table).select("*")) as Record<string, unknown>[];
      assert.ok(rows.length > 0, `${table} is empty: nothing was proved`);
      for (const row of rows) {
        for (const [column, value] of Object.entries(row)) {
          const where = `${table}.${column}`;
          assert.ok(!(value instanceof Date), where);
          // a day, also one by which something is due, is about 20,000; minutes since 1970 are 29,000,000
          if (typeof value === "number") assert.ok(value <= today + 400, `${where} holds ${value}`);
          if (typeof value === "string") assert.doesNotMatch(value, /\d{4}-\d\d-\d\d|\d\d:\d\d/, where);
        }
        if ("day" in row) assert.ok(Math.abs(Number(row.day) - today) <= 1, `${table}.day holds no day`);
      }
    }
    for (const { where, at } of keptFiles(t.home)) assert.equal(at, 0, `${where} has a time`);
  });

  it("keeps nothing in the outbox that tells when a report came", async () => {
    assert.deepEqual(await service.core.storage.read("outbox").select("once", "due"), []);
  });

  it("lies in no order that betrays the order of arrival", async () => {
    const database = everyByte(t.home).find((f) => f.where === "quietline.sqlite")!.bytes;
    const wal = readdirSync(t.home).filter((name) => name.endsWith("-wal"));
    for (const name of wal)
      assert.equal(statSync(join(t.home, name)).size, 0, "the write-ahead log still holds the order");
    const arrived = await inOrderOfArrival(service, filed);
    const orders = {
      "by key": by(arrived, (id) => id),
      "by first place in the file": by(arrived, (id) => database.indexOf(id)),
      "by last place in the file": by(arrived, (id) => database.lastIndexOf(id)),
    };
    for (const id of arrived) assert.ok(database.includes(id), "a report's id is not where it was looked for");
    for (const [name, order] of Object.entries(orders)) {
      const rho = spearman(arrived, order);
      assert.ok(Math.abs(rho) < unrelated, `reports ${name} correlate with their arrival by ${rho.toFixed(2)}`);
    }
    assert.equal(spearman(arrived, arrived), 1);
    assert.equal(spearman(arrived, [...arrived].reverse()), -1);
  });

  it("shows none of it after a clean stop, and the key still opens all of it", async () => {
    await service.close();
    assert.deepEqual(search().slice(0, 10), []);
    service = await startService(t.config, { note: () => {}, dayKeyFolder: t.dayKeys });
    const person = onWeb(service.page, 999);
    await openMailbox(person, filed[0]!.receipt);
    await person.press(words("mailbox:open.told"));
    assert.ok(person.text().includes(`window ${filed[0]!.person}`), person.text());
  });
});

/** Report ids in the order in which they arrived, by the receipts. */
async function inOrderOfArrival(service: Service, filed: Filed[]): Promise<string[]> {
  const { mailboxKeys } = await import("../../src/crypto/mailbox.ts");
  const known = new Set((await service.core.storage.read("reports").select("id")).map((r) => r.id as string));
  const ids = filed.map(({ receipt }) => mailboxKeys(receipt.replaceAll("-", "")).id);
  for (const id of ids) assert.ok(known.has(id), "a receipt belongs to no report");
  return ids;
}

/** Kept files and their time of change (milliseconds since 1970). */
function keptFiles(home: string): { where: string; at: number }[] {
  const folder = join(home, "files", "kept");
  const names = readdirSync(folder);
  assert.ok(names.length > 10, "no file was kept: nothing was proved");
  return names.map((name) => ({ where: name, at: statSync(join(folder, name)).mtimeMs }));
}
