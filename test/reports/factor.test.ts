import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { Secret, TOTP } from "otpauth";
import { createColumns } from "../../src/crypto/columns.ts";
import { createFactorStore, type FactorStore } from "../../src/reports/factor-store.ts";
import { createPeopleStore, type PeopleStore } from "../../src/reports/people-store.ts";
import { onBothDatabases } from "../support/databases.ts";

const now = Date.UTC(2030, 0, 1, 12);
/** What an authenticator app would show. */
const app = (secret: string, at: number): string =>
  new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: at });

onBothDatabases("a second factor", (db) => {
  let factors: FactorStore;
  let people: PeopleStore;
  let secret = "";
  before(async () => {
    const columns = createColumns(randomBytes(32));
    factors = createFactorStore(db().storage, columns);
    people = createPeopleStore(db().storage, columns, randomBytes(32));
    const invite = people.newInvite();
    await db().storage.transaction(people.addInvite(invite, { role: "reviewer" }, 99_999));
    const door = { tag: "door", address: Buffer.from("sealed"), until: 100 };
    await db().storage.transaction(await people.join(invite, { alias: "Heron", role: "reviewer", day: 1 }, door));
    secret = factors.newSecret();
  });

  it("is not asked of who has none", async () => assert.equal(await factors.use("Heron", "", now), true));

  it("takes a code of its app, once, and none of another moment", async () => {
    await db().storage.transaction(factors.set("Heron", secret));
    assert.equal(await factors.use("Heron", "", now), false);
    assert.equal(await factors.use("Heron", app(secret, now - 120_000), now), false, "two minutes old");
    assert.equal(await factors.use("Heron", app(factors.newSecret(), now), now), false, "of another secret");
    assert.equal(await factors.use("Heron", app(secret, now), now), true);
    assert.equal(await factors.use("Heron", app(secret, now), now), false, "the same once more");
    assert.equal(await factors.use("Heron", app(secret, now - 30_000), now), false, "an older one");
    assert.equal(await factors.use("Heron", app(secret, now + 30_000), now + 30_000), true, "the next one");
  });

  it("lets one of two visits in that use one code at once", async () => {
    const code = app(secret, now + 300_000);
    const answers = await Promise.all([1, 2, 3].map(() => factors.use("Heron", code, now + 300_000)));
    assert.deepEqual(answers.filter(Boolean).length, 1);
  });

  it("stands nowhere in clear, and is gone when it is switched off", async () => {
    const [row] = (await db().storage.read("factors")) as { body: Buffer }[];
    assert.ok(!row!.body.toString("latin1").includes(secret));
    await db().storage.transaction(factors.drop("Heron"));
    assert.equal(await factors.use("Heron", "", now), true);
  });

  it("a visit ends after its idle minutes, and not while something is done", async () => {
    assert.equal((await people.atDoor("door", 90, 30))?.alias, "Heron");
    assert.equal((await people.atDoor("door", 119, 30))?.alias, "Heron", "extended by the look before");
    assert.equal(await people.atDoor("door", 150, 30), undefined);
    assert.equal(await people.atDoor("door", 151, 30), undefined, "a look at a closed door does not open it");
  });
});
