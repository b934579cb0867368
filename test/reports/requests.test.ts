import assert from "node:assert/strict";
import fc from "fast-check";
import { createColumns } from "../../src/crypto/columns.ts";
import type { Role } from "../../src/reports/people-store.ts";
import {
  type Asked,
  fits,
  lapse,
  lapsed,
  mayAsk,
  mayAskRemoval,
  mayConfirm,
  type Person,
  requestKinds,
  type Standing,
} from "../../src/reports/requests.ts";
import { createRequestStore } from "../../src/reports/requests-store.ts";
import type { Status } from "../../src/reports/review.ts";
import { onBothDatabases } from "../support/databases.ts";

const roles: Role[] = ["reviewer", "deputy", "admin", "auditor"];
const person = (alias: string, role: Role = "reviewer"): Person => ({ alias, role });
const kase = (change: Partial<Standing> = {}): Standing => ({
  status: "investigating",
  owner: "Heron",
  helpers: ["Otter"],
  hold: false,
  files: 0,
  ...change,
});
const why = (may: ReturnType<typeof fits>): string => (may.ok ? "ok" : may.why);

describe("what takes two", () => {
  it("whoever works on a case asks, or a deputy; nobody else", () => {
    for (const who of [person("Heron"), person("Otter"), person("Owl", "deputy"), person("Raven", "admin")])
      assert.equal(why(mayAsk("hold", who, kase())), "ok", who.alias);
    for (const who of [person("Stork"), person("Ermine", "auditor")])
      assert.equal(why(mayAsk("hold", who, kase())), "not-yours", who.alias);
    assert.equal(why(mayAsk("false", person("Owl", "deputy"), kase())), "not-yours", "only who has looked into it");
  });

  it("under a legal hold nothing is destroyed; only what is closed is destroyed early", () => {
    assert.equal(why(fits("erase", kase())), "not-closed");
    assert.equal(why(fits("erase", kase({ status: "closed" }))), "ok");
    assert.equal(why(fits("erase", kase({ status: "closed", hold: true }))), "held");
    assert.equal(why(fits("redact", kase({ hold: true }))), "held");
    assert.equal(why(fits("shred", kase({ files: 1, hold: true }))), "held");
    assert.equal(why(fits("shred", kase({ files: 1 }))), "ok");
    assert.equal(why(fits("shred", kase())), "no-files");
    assert.equal(why(fits("hold", kase({ hold: true }))), "held");
    assert.equal(why(fits("unhold", kase())), "not-held");
    assert.equal(why(fits("false", kase({ status: "closed" }))), "closed");
    for (const kind of requestKinds)
      if (kind !== "remove" && kind !== "flood") assert.equal(why(fits(kind, kase({ status: "withdrawn" }))), "gone");
  });

  it("a colleague is removed by two, never the last admin, never oneself", () => {
    const otter = { ...person("Otter"), otherAdmins: 1 };
    assert.equal(why(mayAskRemoval(person("Heron"), otter)), "senior");
    assert.equal(why(mayAskRemoval(person("Owl", "deputy"), otter)), "ok");
    assert.equal(why(mayAskRemoval(person("Owl", "deputy"), undefined)), "gone");
    const raven = { ...person("Raven", "admin"), otherAdmins: 0 };
    assert.equal(why(mayAskRemoval(person("Owl", "deputy"), raven)), "last-admin");
    const asked: Asked = { kind: "remove", alias: "Owl", minute: 0, granted: null };
    const admin = { ...raven, otherAdmins: 1 };
    assert.equal(why(mayConfirm(asked, person("Crane", "deputy"), 1, admin)), "admin");
    assert.equal(why(mayConfirm(asked, person("Raven", "admin"), 1, admin)), "self");
    assert.equal(why(mayConfirm(asked, person("Eagle", "admin"), 1, admin)), "ok");
    assert.equal(why(mayConfirm(asked, person("Eagle", "admin"), 1, { ...admin, otherAdmins: 0 })), "last-admin");
  });

  it("what a flood left is closed by two while there is something plain left of it", () => {
    const asked: Asked = { kind: "flood", alias: "Heron", minute: 0, granted: null };
    assert.equal(why(mayConfirm(asked, person("Owl", "deputy"), 1, { plain: 4000 })), "ok");
    assert.equal(why(mayConfirm(asked, person("Owl", "deputy"), 1, { plain: 0 })), "gone");
    assert.equal(why(mayConfirm(asked, person("Otter"), 1, { plain: 4000 })), "senior");
    assert.equal(why(mayConfirm(asked, person("Heron", "deputy"), 1, { plain: 4000 })), "own");
  });

  it("the second is never the first, never below a deputy, never late, and looks at the case as it is now", () => {
    const aliases = fc.constantFrom("Heron", "Otter", "Owl");
    const statuses = fc.constantFrom<Status>("received", "investigating", "closed", "reopened", "withdrawn");
    fc.assert(
      fc.property(
        fc.constantFrom(...requestKinds.filter((k) => k !== "remove" && k !== "flood")),
        aliases,
        fc.record({ alias: aliases, role: fc.constantFrom(...roles) }),
        fc.integer({ min: 0, max: 2 * lapse }),
        fc.option(
          fc.record({
            status: statuses,
            owner: fc.constant(null),
            helpers: fc.constant<string[]>([]),
            hold: fc.boolean(),
            files: fc.nat(2),
          }),
        ),
        fc.option(aliases),
        (kind, first, by, minute, standing, granted) => {
          const may = mayConfirm({ kind, alias: first, minute: 0, granted }, by, minute, standing ?? undefined);
          if (!may.ok) return;
          assert.notEqual(by.alias, first);
          assert.ok(by.role === "deputy" || by.role === "admin");
          assert.ok(minute < lapse && granted === null && standing);
          assert.ok(fits(kind, standing).ok);
        },
      ),
      { numRuns: 2000 },
    );
    assert.equal(lapsed({ minute: 10 }, 10 + lapse - 1), false);
    assert.equal(lapsed({ minute: 10 }, 10 + lapse), true);
  });
});

onBothDatabases("requests", (db) => {
  const columns = createColumns(Buffer.alloc(32, 7));
  const wish = { values: ["phone 13812345678"] };
  const ask = (alias: string, minute: number) =>
    db().storage.transaction(
      createRequestStore(db().storage, columns).add({ kind: "redact", subject: "ABC234", alias, minute, wish }),
    );

  it("one of a kind at a time; one that lapsed makes room; what was asked for is sealed", async () => {
    const store = createRequestStore(db().storage, columns);
    await ask("Heron", 100);
    await assert.rejects(ask("Otter", 100 + lapse - 1), { code: "stale" });
    await ask("Otter", 100 + lapse);
    const [only, ...rest] = await store.list();
    assert.deepEqual([only?.alias, only?.wish, rest.length], ["Otter", wish, 0]);
    const row = await db().storage.read("requests").first();
    assert.ok(!(row.body as Buffer).includes("138"));
    assert.equal((await store.over(100 + lapse)).length, 0);
    assert.equal((await store.over(100 + 2 * lapse)).length, 1);
  });

  it("that was granted while it lapsed stays, and nothing is said to have lapsed", async () => {
    const store = createRequestStore(db().storage, columns);
    await db().storage.transaction(
      store.add({ kind: "export", subject: "DEF567", alias: "Heron", minute: 100, wish: {} }),
    );
    const now = 100 + lapse;
    const [found] = (await store.over(now)).filter((r) => r.subject === "DEF567");
    await db().other.transaction(store.grant(found!.id, "Owl", now - 1));
    const drop = () => db().storage.transaction((trx) => store.drop(trx, found!.id, now));
    assert.equal(await drop(), false);
    assert.equal((await store.get(found!.id))?.granted, "Owl");
    assert.equal(await db().storage.transaction((trx) => store.drop(trx, found!.id, now + lapse)), true);
    assert.equal(await drop(), false, "whoever comes second drops nothing");
  });

  it("of two who confirm at once, in two processes, one does", async () => {
    const mine = createRequestStore(db().storage, columns);
    const theirs = createRequestStore(db().other, columns);
    const { id } = (await mine.list())[0]!;
    const ends = await Promise.allSettled([
      db().storage.transaction(mine.take(id)),
      db().other.transaction(theirs.grant(id, "Raven", 200)),
    ]);
    assert.deepEqual(ends.map((e) => e.status).sort(), ["fulfilled", "rejected"]);
    const lost = ends.find((e) => e.status === "rejected") as PromiseRejectedResult;
    assert.equal(lost.reason.code, "stale");
  });
});
