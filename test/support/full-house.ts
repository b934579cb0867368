/** A house in which every table that holds something sealed has a row, written by the house's own rooms; and what its people do later. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { createDoor, type Door } from "../../src/bot/door.ts";
import { createColumns } from "../../src/crypto/columns.ts";
import { createDayKeys } from "../../src/crypto/daykeys.ts";
import { mailboxKeys } from "../../src/crypto/mailbox.ts";
import { createVault } from "../../src/crypto/vault.ts";
import type { Core } from "../../src/main.ts";
import { createMarks } from "../../src/outbox/marks.ts";
import { createQuizStore } from "../../src/quiz/store.ts";
import { createNoteStore } from "../../src/reports/notes-store.ts";
import { newReceipt } from "../../src/reports/receipt.ts";
import { createReplyStore } from "../../src/reports/replies-store.ts";
import { createRequestStore } from "../../src/reports/requests-store.ts";
import { weekOf } from "../../src/reports/sightings.ts";
import { createBlobs } from "../../src/storage/blobs.ts";
import type { Transaction } from "../../src/storage/storage.ts";
import { createTipStore } from "../../src/tips/store.ts";
import type { TestHome } from "./house.ts";

const today = Math.floor(Date.now() / 86_400_000);
const passphrase = "a long passphrase";
const account = { platform: "telegram", id: "4711" };
const story = "The night shift sells waybills; call 13800138000 or write to @waybill_trader.";
const planted = "13912345678";
const attached = Buffer.from("a picture of a list");
const summary = { kind: "sale", data: [], urgency: [], level: "P2", files: 1, excludes: false };

/** What people hold in their hands, outside of the house. */
export interface Held {
  receipt: string;
  secret: string;
  invite: string;
}

function rooms(core: Core, home: TestHome) {
  const columns = createColumns(core.keys.derive("columns"));
  const vault = createVault(core.keys, home.config.recovery);
  const door: Door = createDoor(createDayKeys(home.home, home.dayKeys), core.keys.derive("door tags"), columns);
  return {
    columns,
    vault,
    door,
    blobs: createBlobs(join(home.home, "files"), 0),
    notes: createNoteStore(core.storage, vault),
    replies: createReplyStore(core.storage, columns),
    requests: createRequestStore(core.storage, columns),
    tips: createTipStore(core.storage, core.keys.derive),
    learning: createQuizStore(core.storage, core.keys.derive("quiz"), core.keys.own("quiz")),
    marks: createMarks(core.storage, columns),
  };
}

/** Files a report as the desk would, with its fingerprints. Answers its receipt. */
async function file(core: Core, home: TestHome, told: string): Promise<string> {
  const { blobs } = rooms(core, home);
  const receipt = newReceipt();
  const mailbox = mailboxKeys(receipt);
  const { id, secret, bytes, sha256 } = await blobs.stage(new Blob([attached]).stream(), { limit: 1000, day: today });
  await blobs.keep(id, today);
  const blob = { id, secret, bytes, sha256, day: today };
  const files = [{ blob, type: "image/png", extension: "png", kind: "image", warn: false }];
  const links = await core.trade.links.ofReport(mailbox.id, { story: told }, [sha256]);
  const code = core.reports.newCode();
  const write = await core.reports.file(mailbox, { code, day: today, told: { story: told }, summary, files });
  await core.storage.transaction(async (trx) => {
    await write(trx);
    await links.write(trx);
  });
  return receipt;
}

/**
 * Puts something into every table.
 * @param say makes the words that people write as short or as long as a test wants them
 */
export async function furnish(core: Core, home: TestHome, say = (text: string): string => text): Promise<Held> {
  const { columns, vault, door, ...at } = rooms(core, home);
  const { storage, people, factors, outbox, trade } = core;
  const reach = () => door.seal(account);
  const tag = door.tag(account);
  await trade.links.plant([{ place: say("the north depot"), values: [planted] }]);
  const receipt = await file(core, home, `${say(story)} ${planted}`);
  const { id } = mailboxKeys(receipt);
  const first = people.newInvite();
  const invite = people.newInvite();
  await storage.transaction(people.addInvite(first, { role: "admin" }, today + 7));
  const row = (await core.reports.byId(id))!;
  const joined = await people.join(
    first,
    { alias: "Heron", role: "admin", day: today, passphrase },
    {
      tag,
      address: reach(),
      until: null,
    },
  );
  const secret = factors.newSecret();
  const said = await core.reports.append(row, { side: "reporter", day: today, text: say("One more thing.") }, []);
  const settings = { frequency: "daily", hour: 9, zone: "Asia/Shanghai", audience: "staff", sector: "any" } as const;
  const owed = { kind: "tip", once: "a tip", due: 4_000_000_000, address: reach(), lane: "telegram" } as const;
  const organisation = trade.links.organisation(say("Waybills Limited"));
  const seen = { tag: organisation, kind: "offer", week: weekOf(today), name: say("Waybills Limited"), how: "group" };
  const watch = { address: reach().toString("base64"), locale: "en" };
  const campaign = { body: { platforms: ["telegram"], texts: { en: { title: "T", text: say("X") } }, watch } };
  const writes: ((trx: Transaction) => Promise<unknown>)[] = [
    joined,
    people.addInvite(invite, { role: "reviewer" }, today + 7),
    factors.set("Heron", secret),
    said,
    core.reports.setNotify(id, columns.seal("notify", { address: reach().toString("base64"), locale: "en" })),
    await at.notes.add(id, { day: today, alias: "Heron", text: say("Look at the rota.") }),
    at.replies.add({ report: id, alias: "Heron", due: 4_000_000_000, text: say("Thank you.") }),
    at.requests.add({
      kind: "hold",
      subject: row.code,
      alias: "Heron",
      minute: Math.floor(Date.now() / 60_000),
      wish: { text: say("for the court") },
    }),
    (trx) => outbox.addBoard(trx, { id: tag, address: reach(), locale: "en", day: today }),
    (trx) => outbox.put(trx, { ...owed, payload: { step: "tips.card", key: "k", locale: "en" } }),
    at.tips.keep(tag, { settings, lane: "telegram", locale: "en", address: reach() }, Date.now()),
    at.learning.save(tag, at.learning.fresh("courier"), 0),
    core.questions.add({ day: today, topic: "work", text: say("May my boss read this?"), locale: "en" }),
    (trx) => trade.sightings.add(trx, { ...seen, planted: [say("the north depot")] }),
    (trx) =>
      core.campaigns.make(trx, {
        ...campaign,
        askedBy: "Heron",
        day: today,
        begins: 4_000_000_000,
        spread: 0,
        reach: 1,
      }),
    (trx) => trx("posts").insert({ place: "a place", body: columns.seal("posts", "a mark") }),
    (trx) => core.audit.append(trx, { day: today, alias: "Heron", action: "look", code: row.code }),
  ];
  for (const write of writes) await storage.transaction<unknown>(write);
  return { receipt, secret, invite };
}

/**
 * Looks that everybody still gets what is theirs, and that old and new things are still seen to be the same.
 * @param day on which it was furnished (days since 1970)
 */
export async function live(core: Core, home: TestHome, held: Held, day = today): Promise<void> {
  const { vault, door, ...at } = rooms(core, home);
  // the reporter, with the receipt alone
  const { id, identity } = mailboxKeys(held.receipt);
  assert.equal((await core.reports.told(id, identity))?.story, `${story} ${planted}`);
  assert.deepEqual(
    (await core.reports.messages(id, identity)).map((m) => m.text),
    ["One more thing."],
  );
  const [kept] = await core.reports.files(id, identity);
  const blob = kept!.blob;
  const stream = await at.blobs.open(blob.id, blob.secret, blob.bytes);
  assert.deepEqual(Buffer.from(await new Response(stream).arrayBuffer()), attached);
  // reviewers: by their account, by their passphrase; the desk reads the case
  const tag = door.tag(account);
  assert.equal((await core.people.atDoor(tag, 1, 1))?.alias, "Heron");
  assert.equal(await core.people.knows("Heron", passphrase), true);
  assert.equal(await core.people.knows("Heron", "another passphrase"), false);
  assert.ok(await core.factors.has("Heron"));
  assert.deepEqual(await core.people.invited(held.invite, day), { role: "reviewer" });
  assert.equal((await core.reports.told(id))?.story, `${story} ${planted}`);
  assert.equal((await core.reports.byId(id))?.summary?.kind, "sale");
  assert.deepEqual(
    (await at.notes.list(id)).map((n) => n.text),
    ["Look at the rota."],
  );
  assert.equal((await at.replies.of(id))[0]?.text, "Thank you.");
  assert.equal((await at.requests.list())[0]?.wish.text, "for the court");
  // whoever asked to be told, boards, subscribers, learners are reached where they are
  assert.deepEqual(
    (await core.outbox.boards()).map((b) => [b.id, door.open(b.address)]),
    [[tag, account]],
  );
  const subscriber = await at.tips.find(tag);
  assert.deepEqual([subscriber?.settings.zone, door.open(subscriber!.address)], ["Asia/Shanghai", account]);
  assert.equal((await at.learning.learner(tag))?.learner.memory.sector, "courier");
  const notice = createColumns(core.keys.derive("columns")).open<{ address: string }>(
    "notify",
    (await core.reports.notifyOf(id))!,
  );
  assert.deepEqual(door.open(Buffer.from(notice.address, "base64")), account);
  const [campaign] = await core.campaigns.list();
  assert.deepEqual(door.open(Buffer.from(campaign!.body.watch!.address, "base64")), account);
  assert.equal(await core.outbox.refOf("a place"), "a mark");
  assert.equal((await core.questions.list())[0]?.text, "May my boss read this?");
  // what the trade is seen by: a new report names the same things
  const links = await core.trade.links.links(id);
  const again = await file(core, home, story);
  const after = await core.trade.links.links(mailboxKeys(again).id);
  assert.ok(after.seen > links.seen || after.kinds.some((k) => k.codes.length > 0), "old and new are linked");
  assert.ok(after.seen >= 1);
  assert.deepEqual(await core.trade.links.planted(id), ["the north depot"]);
  assert.deepEqual(await core.trade.links.plantedIn(`sold: ${planted}`), ["the north depot"]);
  const [gathered] = await core.trade.sightings.list();
  assert.deepEqual((await core.trade.sightings.one(gathered!.ref))?.names, ["Waybills Limited"]);
  assert.ok(core.trade.links.organisation("Waybills Limited").toString("hex").startsWith(gathered!.ref.slice(0, 12)));
  assert.equal((await core.audit.verify()).broken, undefined);
}
