/**
 * A flood, as the issue names it: 5,000 reports a minute from many accounts, on Telegram's table, through the whole house. The
 * clock is the test's own and stands for the minute; the machine takes as long as it takes. TEST_FLOOD says how many.
 */
import assert from "node:assert/strict";
import v8 from "node:v8";
import vm from "node:vm";
import type { Core } from "../../src/main.ts";
import { type Caller, choices, joins, type Network, network, tables, tollSum } from "../support/caller.ts";
import { homeOn } from "../support/databases.ts";
import type { TestHome } from "../support/house.ts";
import { times } from "../support/long.ts";

v8.setFlagsFromString("--expose-gc");
const collect = vm.runInNewContext("gc") as () => void;

/** What begins a flood, how many are sent at once, and how much of memory a sender may leave behind until the day is over (bytes). */
const begins = 10;
const abreast = 16;
const leaves = 2_000;

for (const kind of ["SQLite", "PostgreSQL"] as const)
  describe(`a flood of reports, on ${kind}`, function () {
    this.timeout(7_200_000);
    const size = Number(process.env.TEST_FLOOD) || times(60, 5000);
    let now = Date.UTC(2030, 4, 14, 9);
    let home: TestHome;
    let core: Core;
    let net: Network;
    let drop: () => Promise<void> = async () => {};
    const people = new Map<string, Caller>();
    const receipts: string[] = [];
    const heap: number[] = [];
    let most = 0;
    let honest: Caller;
    const t = (key: string, values?: Record<string, string | number>) => core.words.say("en", key, values);
    const count = async (table: string) => Number((await core.storage.read(table).count({ n: "*" }).first())!.n);
    const cardsOf = (place: string) => net.sent.filter((s) => s.to.id === place && s.screen.title !== undefined);

    async function join(alias: string, role: "reviewer" | "admin"): Promise<void> {
      people.set(alias, await joins(core, net, alias, role));
    }

    /** Tells it and presses send; what is asked then is left to the caller. */
    async function tells(who: Caller, told: string, more: (who: Caller) => Promise<void> = async () => undefined) {
      await who.command("report");
      for (const label of ["go", "selling"]) await who.press(label);
      await who.says(told);
      await who.press("go");
      await more(who);
      await who.press(t("report:to-preview"));
      for (const label of ["send", "quiet"]) await who.press(label);
    }

    /** One of many: an account of its own, words of its own; the sum is worked out by a machine, once its seconds are over. */
    async function junk(n: number): Promise<void> {
      const who = net.as(`account ${n}`);
      await tells(who, `They sell lists, number ${n}, write to @seller_${n % 50}.`);
      if (who.screen.title === t("toll:title")) asked.push({ who, at: now });
      else receipts.push(who.screen.secret!);
    }
    const asked: { who: Caller; at: number }[] = [];
    async function pay(): Promise<void> {
      const ready = asked.splice(0, asked.filter(({ at }) => at + 8000 <= now).length);
      await Promise.all(
        ready.map(async ({ who }) => {
          await who.says(tollSum(who.screen, t));
          assert.equal(who.screen.title, t("report:receipt.title"), who.screen.notice);
          receipts.push(who.screen.secret!);
        }),
      );
    }

    /** All of them within a minute of the house's clock, and the answers of the last. */
    async function flood(from: number, to: number): Promise<void> {
      for (let at = from; at < to; at += abreast) {
        await Promise.all(Array.from({ length: Math.min(abreast, to - at) }, (_, i) => junk(at + i)));
        now += (60_000 * abreast) / size;
        await pay();
        most = Math.max(most, await count("outbox"));
      }
      now += 8000;
      await pay();
      most = Math.max(most, await count("outbox"));
    }

    async function weigh(): Promise<void> {
      await new Promise((resolve) => setImmediate(resolve));
      collect();
      heap.push(process.memoryUsage().heapUsed);
    }

    before(async function () {
      ({ home, drop } = await homeOn(kind, this, { QUIETLINE_FLOOD: String(begins) }));
      core = await home.core(() => now, { unpaced: true });
      net = await network(core, "telegram", (await tables()).telegram);
      await join("Heron", "reviewer");
      await join("Owl", "admin");
      for (const place of ["group one", "group two"])
        await people
          .get("Owl")!
          .does({ kind: "command", name: "board", rest: "" }, { place: { platform: "telegram", id: place } });
      assert.equal(await count("boards"), 2);
    });
    after(async () => {
      await core?.close();
      await drop();
    });

    it("keeps every report once, and owes no board more than a flood begins with", async () => {
      await flood(0, Math.floor(size / 5));
      await weigh();
      honest = net.as("somebody honest");
      await tells(honest, "A clerk of our branch looks accounts up for a dealer every Friday.", async (who) => {
        await who.press("bank");
        await who.press("Bank account, balance or assets");
        await who.press("Done");
      });
      assert.equal(honest.screen.title, t("toll:title"), "the flood is on");
      await flood(Math.floor(size / 5), size);
      // eight seconds are long over for whoever is no machine
      await honest.says(tollSum(honest.screen, t));
      assert.equal(honest.screen.title, t("report:receipt.title"));
      receipts.push(honest.screen.secret!);
      net.sent.length = 0;
      await weigh();

      assert.equal(receipts.length, size + 1);
      assert.equal(new Set(receipts).size, size + 1);
      assert.equal(await count("reports"), size + 1);
      // those before it was one, those that were on their way just then, and the one card for all others
      const bound = 2 * (begins + abreast + 1) + 2;
      assert.ok(most > 2 && most <= bound, `${most} rows of at most ${bound}`);
      for (const receipt of [receipts[0]!, receipts[size >> 1]!, receipts.at(-1)!]) {
        const reader = net.as(`reader of ${receipt}`);
        await reader.command("mailbox");
        await reader.says(receipt);
        await reader.press("told");
        assert.match(JSON.stringify(reader.screen.quotes), /lists|Friday/);
      }
    });

    it("leaves memory as it was, but for what counts a sender until the day is over", () => {
      const [before = 0, after = 0] = heap;
      const allowed = 8_000_000 + size * leaves;
      console.log(
        `      ${size} reports: heap ${(before / 1e6).toFixed(1)} MB after a fifth of them, ${(after / 1e6).toFixed(1)} MB after all; at most ${most} rows owed`,
      );
      assert.ok(after - before < allowed, `${after - before} bytes more`);
    });

    it("each board gets few cards and one of the flood, which edits itself", async () => {
      core.start();
      await core.delivered();
      for (const place of ["group one", "group two"]) {
        const cards = cardsOf(place);
        assert.ok(cards.length <= begins + abreast + 1, `${cards.length}`);
        const flood = cards.filter((c) => c.screen.title === t("review:flood.on"));
        assert.equal(flood.length, 1);
        assert.match(flood[0]!.screen.text, new RegExp(`^${size + 1} reports`));
      }
    });

    it("the first page of the queue reads as few rows as ever, and the honest report stands on it", async () => {
      const heron = people.get("Heron")!;
      await heron.command("start");
      let rows = 0;
      const reading = (response: { rows?: unknown[] } | unknown[]) => {
        rows = Math.max(rows, Array.isArray(response) ? response.length : (response.rows?.length ?? 0));
      };
      core.storage.read.on("query-response", reading);
      await heron.command("queue");
      core.storage.read.removeListener("query-response", reading);
      assert.ok(rows > 0 && rows <= 10, `${rows} rows`);
      const first = heron.screen.menu!.options[0]!;
      assert.match(first.hint!, new RegExp(`Bank.*${t("review:why.sensitive")}.*${t("review:why.flood")}`));
      await heron.does({ kind: "choice", value: first.value });
      await heron.press("claim");
      await heron.press("read");
      await heron.press("clear");
      assert.match(JSON.stringify(heron.screen), /every Friday/);
    });

    it("what nobody would miss is closed by two, together; whoever wrote it can still write, and then it waits again", async () => {
      const [heron, owl] = [people.get("Heron")!, people.get("Owl")!];
      const plain = Number((await core.storage.read("reports").where({ flood: 2 }).count({ n: "*" }).first())!.n);
      assert.ok(plain >= size - begins - abreast, `${plain}`);
      await heron.command("queue");
      for (const label of ["filter", "flood", "flood-2030-05-14"]) await heron.press(label);
      assert.match(heron.screen.text, new RegExp(`^${plain} plain cases of 2030-05-14`));
      await heron.press("ask");
      // who asked cannot confirm
      await heron.press(heron.screen.menu!.options[0]!.label);
      assert.ok(!choices(heron.screen).some((c) => c.label === t("four:request.confirm")));
      await owl.command("queue");
      await owl.press("requests");
      await owl.press(owl.screen.menu!.options[0]!.label);
      net.sent.length = 0;
      await owl.press("confirm");
      assert.equal(owl.screen.notice, t("four:done.flood", { code: "2030-05-14" }));
      assert.equal((await core.storage.read("reports").where({ status: "closed" })).length, plain);
      // a portion at a time, each on record
      const record = (await core.storage.read("audit").orderBy("number")).flatMap(({ action }) => {
        const [, count] = /^flood 2030-05-14 (\d+) asked by Heron$/.exec(action) ?? [];
        return count ? [Number(count)] : [];
      });
      assert.equal(
        record.reduce((sum, count) => sum + count, 0),
        plain,
      );
      await owl.command("audit");
      const said = t("bot:paren", {
        text: t("audit:act.flood"),
        more: [`2030-05-14 ${record.at(-1)}`, t("audit:asked", { alias: "Heron" })].join(t("bot:comma")),
      });
      assert.ok(owl.screen.text.includes(said), owl.screen.text);
      await core.delivered();
      assert.equal(net.sent.filter((s) => s.to.id.startsWith("group")).length, 0, "no board hears of each");

      const writer = net.as("an account that wrote in the flood");
      await writer.command("mailbox");
      await writer.says(receipts[size - 1]!);
      assert.match(writer.screen.text, /could not be confirmed/i);
      await writer.press("answer");
      await writer.says("You closed it, but it is true.");
      await heron.command("start");
      await heron.command("queue");
      for (const label of ["filter", "flood"]) await heron.press(label);
      assert.match(JSON.stringify(heron.screen.menu), /1 new message|unread|new/i);
    });

    it("when it is over the card says so, and the next report hangs on the boards as ever", async () => {
      net.sent.length = 0;
      now += 11 * 60_000;
      await core.desk.release();
      await core.delivered();
      for (const place of ["group one", "group two"]) {
        const [card, ...more] = cardsOf(place);
        assert.equal(card?.screen.title, t("review:flood.over"));
        assert.ok(card?.options.ref, "it is the same card");
        assert.equal(more.length, 0);
      }
      net.sent.length = 0;
      const late = net.as("somebody late");
      await tells(late, "A clerk sells lists of subscribers.");
      assert.equal(late.screen.title, t("report:receipt.title"), "nothing is asked any more");
      await core.delivered();
      assert.equal(cardsOf("group one").length, 1);
    });
  });
