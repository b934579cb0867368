import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { generateHybridIdentity } from "age-encryption";
import fc from "fast-check";
import { createColumns } from "../../src/crypto/columns.ts";
import { keysOf } from "../../src/crypto/keys.ts";
import { mailboxKeys } from "../../src/crypto/mailbox.ts";
import { createVault, type Vault } from "../../src/crypto/vault.ts";
import { canariesIn, canaryOf } from "../../src/reports/canaries.ts";
import { organisationOf, pricesIn, thingsIn, thingsOf } from "../../src/reports/links.ts";
import { newReceipt } from "../../src/reports/receipt.ts";
import { createReportStore, type ReportStore } from "../../src/reports/store.ts";
import { summarise, type Told } from "../../src/reports/told.ts";
import { createTradeStore, type TradeStore } from "../../src/reports/trade-store.ts";
import { onBothDatabases } from "../support/databases.ts";

const shown = (text: string) => thingsIn(text).map((t) => `${t.kind} ${t.value}`);

describe("what links reports", () => {
  it("is one thing however it is written", () => {
    for (const text of [
      "@Data_King",
      "https://t.me/data_king",
      "t.me/Data_King/12",
      "微信号：data_king",
      "WeChat is data_king",
    ])
      assert.deepEqual(shown(`他说联系 ${text} 就行`), ["handle data_king"], text);
    for (const text of ["138 0013 8000", "+86 138-0013-8000", "１３８００１３８０００"])
      assert.deepEqual(shown(`打电话 ${text}。`), ["phone +8613800138000"], text);
    assert.deepEqual(shown("卡号 4111 1111 1111 1111，谢谢"), ["card 4111111111111111"]);
    assert.deepEqual(shown("see http://www.Example.com/shop/?ref=1."), ["link example.com/shop"]);
    assert.deepEqual(shown("write to Zhang.San@example.com"), ["handle zhang.san@example.com"]);
    assert.equal(organisationOf("Harbour Bank Co., Ltd."), organisationOf("harbour bank"));
    assert.equal(organisationOf("海港银行股份有限公司"), organisationOf("海港 银行"));
  });

  it("is not found where nothing is", () => {
    for (const text of [
      "A clerk sells lists for 60 to 90 yuan.",
      "微信上有人卖",
      "4111 1111 1111 1112",
      "在柜台 2024-05-06 10:30",
    ])
      assert.deepEqual(shown(text), [], text);
  });

  it("holds a price only with its place of sale and its kind of data", () => {
    const told: Told = { price: "60-90元", currency: "CNY", channel: "qq", data: "transaction-record,call-records" };
    assert.deepEqual(thingsOf(told, []), [{ kind: "price", value: "60-90|CNY|qq|call-records,transaction-record" }]);
    assert.deepEqual(thingsOf({ ...told, channel: "" }, []), []);
    assert.deepEqual(pricesIn("about 1,200 each, never 0"), [1200]);
  });

  it("is taken from any text without harm", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 400 }), (text) => {
        assert.ok(thingsOf({ story: text, handle: text, price: text, organisation: text }, []).length <= 200);
        canariesIn(text);
      }),
    );
  });
});

describe("a canary record", () => {
  it("is met however it is written, and never by chance of a short or plain word", () => {
    for (const [planted, text] of [
      ["+86 138 0013 8000", "电话是13800138000吗"],
      ["13800138000", "call +86 138-0013-8000 now"],
      ["lin.canary7@example.com", "mail LIN.Canary7@example.com."],
      ["44030019900101123X", "身份证440300 19900101 123x"],
      ["ACC-778812", "account acc-778812 was read out"],
    ] as const)
      assert.ok(canariesIn(text).includes(canaryOf(planted)!), planted);
    assert.equal(canaryOf("Wang"), undefined);
    assert.equal(canaryOf("Harbour Branch"), undefined);
    assert.equal(canaryOf("12345"), undefined);
  });
});

onBothDatabases("fingerprints", (db) => {
  let reports: ReportStore;
  let trade: TradeStore;
  let vault: Vault;
  before(async () => {
    const keys = await keysOf(await generateHybridIdentity());
    const columns = createColumns(randomBytes(32));
    vault = createVault(keys);
    reports = createReportStore(db().storage, vault, columns);
    trade = createTradeStore(db().storage, columns, keys.derive);
  });

  async function filed(told: Told, files: string[] = []) {
    const { id } = mailboxKeys(newReceipt());
    const mailbox = { id, identity: await generateHybridIdentity() };
    const code = reports.newCode();
    const prints = await trade.links.ofReport(id, told, files);
    const file = await reports.file(mailbox as never, {
      code,
      day: 100,
      told,
      summary: summarise(told, 0, () => "P3"),
      files: [],
    });
    await db().storage.transaction(async (trx) => {
      await file(trx);
      await prints.write(trx);
    });
    return { id, code, canary: prints.canary };
  }

  it("link what names the same, and tell nothing to who reads the database", async () => {
    const one = await filed({ story: "He sells by t.me/marmalade_king", organisation: "Harbour Bank" });
    const two = await filed({ handle: "@Marmalade_King", story: "-", organisation: "harbour bank ltd" }, ["aa"]);
    const three = await filed({ story: "nothing", organisation: "Harbour Bank" }, ["aa"]);
    assert.deepEqual(await trade.links.links(one.id), {
      seen: 1,
      kinds: [
        { kind: "handle", codes: [two.code] },
        { kind: "organisation", codes: [three.code, two.code].sort() },
      ],
    });
    assert.equal((await trade.links.links(two.id)).seen, 2);
    assert.equal((await trade.links.links(three.id)).seen, 1);
    const rows = await db().storage.read("fingerprints");
    for (const row of rows) assert.ok(!Buffer.from(row.tag).includes("marmalade"), "clear");
    assert.ok(rows.every((r) => r.tag.length === 16));
  });

  it("name the phone that two share beside an organisation that hundreds name, whoever may not see most of them", async () => {
    const one = await filed({ handle: "@rare_handle", organisation: "Every Bank", story: "-" });
    const two = await filed({ handle: "@rare_handle", organisation: "Every Bank", story: "-" });
    const { tag } = await db().storage.read("fingerprints").where({ report: one.id, kind: "organisation" }).first();
    const rows = Array.from({ length: 400 }, (_, n) => ({ id: `many ${n}`, code: `MANY${n}` }));
    const kept = await db().storage.read("reports").where({ id: two.id }).first();
    await db().storage.transaction(async (trx) => {
      for (const { id, code } of rows) await trx("reports").insert({ ...kept, id, code, day: 200 });
      for (const { id } of rows) await trx("fingerprints").insert({ tag, report: id, kind: "organisation" });
    });
    const linked = await trade.links.links(one.id);
    assert.equal(linked.seen, 1);
    assert.deepEqual(linked.kinds[0], { kind: "handle", codes: [two.code] });
    assert.equal(linked.kinds[1]!.codes.length, 50);
    const hidden = new Set(rows.slice(0, 390).map((r) => r.code));
    const seen = await trade.links.links(one.id, (other) => !hidden.has((other as { code?: string }).code!));
    assert.deepEqual(seen.kinds[1], { kind: "organisation", codes: [...rows.slice(390).map((r) => r.code), two.code] });
    await db().storage.transaction(async (trx) => {
      await trx("fingerprints").where("report", "like", "many %").delete();
      await trx("reports").where("id", "like", "many %").delete();
    });
  });

  it("of a withdrawn report are gone", async () => {
    const one = await filed({ handle: "@gone_soon", story: "-" });
    const two = await filed({ handle: "@gone_soon", story: "-" });
    assert.equal((await trade.links.links(one.id)).seen, 1);
    await db().storage.transaction(reports.destroy((await reports.byId(two.id))!, 101));
    assert.equal((await trade.links.links(one.id)).seen, 0);
    assert.equal((await db().storage.read("fingerprints").where({ report: two.id })).length, 0);
  });

  it("meet canary records, name their place, and forget them when told to", async () => {
    assert.equal(
      await trade.links.plant([{ place: "Branch North", values: ["13700001111", "Wang", "canary1@example.org"] }]),
      2,
    );
    assert.equal(await trade.links.plant([{ place: "Branch North", values: ["+86 137 0000 1111"] }]), 0);
    const one = await filed({ story: "他报出了 137 0000 1111" });
    assert.equal(one.canary, true);
    assert.deepEqual(await trade.links.planted(one.id), ["Branch North"]);
    assert.deepEqual(await trade.links.plantedIn("canary1@example.org"), ["Branch North"]);
    assert.equal((await filed({ story: "137 0000 1112" })).canary, false);
    const kept = Buffer.concat((await db().storage.read("canaries")).flatMap((r) => [r.tag, r.place]));
    for (const word of ["Branch", "13700001111", "canary1"]) assert.ok(!kept.includes(word), word);
    assert.deepEqual(await trade.links.places(), [{ place: "Branch North", values: 2 }]);
    assert.equal(await trade.links.unplant("Branch North"), 2);
    assert.deepEqual(await trade.links.places(), []);
  });
});
