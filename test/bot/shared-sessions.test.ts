/**
 * A session in a shared memory and its orders in a database: both are kept or neither, whoever dies in between, and of two
 * turns from the same session one is taken.
 */
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import type { Slot } from "../../src/bot/door.ts";
import { blankTalk } from "../../src/bot/moves.ts";
import type { Mark, Sessions, Talk, Write } from "../../src/bot/sessions.ts";
import { createSharedSessions } from "../../src/bot/shared-sessions.ts";
import { createSharedDayKeys } from "../../src/crypto/shared-daykeys.ts";
import { codeOf } from "../../src/errors.ts";
import { type Memory, openMemory } from "../../src/storage/memory.ts";
import { onBothDatabases } from "../support/databases.ts";
import { skipFor } from "../support/missing.ts";
import { type OwnServer, ownRedis } from "../support/servers.ts";

const today = Math.floor(Date.now() / 86_400_000);

onBothDatabases("sessions in a shared memory", (db) => {
  let server: OwnServer | undefined;
  const memories: Memory[] = [];
  const lasting = randomBytes(32);
  let people = 0;

  before(async function () {
    server = await ownRedis();
    if (!server) return skipFor(this, "no redis-server in the path");
    await server.start();
  });
  after(async () => {
    for (const memory of memories) await memory.close();
    await server?.remove();
  });

  /** One process. @param dying what it does not live to do */
  async function process(dying: Partial<Record<keyof Memory, true>> = {}, at: "storage" | "other" = "storage") {
    const memory = await openMemory({ url: server!.url, house: "test", note: () => undefined, needed: true });
    memories.push(memory);
    const keys = createSharedDayKeys(memory, lasting);
    await keys.ready(today);
    const fragile: Memory = new Proxy(memory, {
      get: (target, name: keyof Memory) =>
        dying[name] ? () => Promise.reject(new Error("the process is dead")) : target[name],
    });
    return { sessions: createSharedSessions(db()[at], fragile, keys), memory, keys };
  }
  const slot = (person: number, day = today): Slot =>
    ({ name: createHash("sha256").update(`${day} ${person}`).digest("hex"), day }) as Slot;
  const talk = (step: string): Talk => ({ ...blankTalk(), step, draft: { secret: "marmalade" } });
  /** Was the turn kept? */
  const taken = (s: Sessions, slots: Slot[], step: string, mark: Mark | undefined, writes: Write[] = []) =>
    s.commit(slots, talk(step), mark, writes).then(
      () => true,
      (error: unknown) => (codeOf(error) === "stale" ? false : Promise.reject(error)),
    );
  /** Files a report, as far as the database is concerned. */
  const order =
    (name: string): Write =>
    async (trx) =>
      trx("meta").insert({ name: `order ${name}`, value: "kept" });
  const ordered = async (name: string): Promise<boolean> =>
    (
      await db()
        .storage.read("meta")
        .where({ name: `order ${name}` })
    ).length > 0;
  const rows = async (): Promise<number> => (await db().storage.read("sessions")).length;

  it("are taken by one of two who come at once, with orders and without", async () => {
    const [one, two] = [(await process()).sessions, (await process({}, "other")).sessions];
    const slots = [slot(++people)];
    for (let round = 0; round < 12; round++) {
      const mark = (await one.load(slots))?.mark;
      const [first, second] = [round % 2 ? [order(`a${round}`)] : [], round % 3 ? [order(`b${round}`)] : []];
      const won = await Promise.all([
        taken(one, slots, `a${round}`, mark, first),
        taken(two, slots, `b${round}`, mark, second),
      ]);
      assert.deepEqual([...won].sort(), [false, true], `round ${round}`);
      assert.equal((await two.load(slots))!.talk.step, won[0] ? `a${round}` : `b${round}`);
      if (round % 2) assert.equal(await ordered(`a${round}`), won[0]);
      if (round % 3) assert.equal(await ordered(`b${round}`), won[1]);
    }
    assert.equal(await rows(), 0, "nothing of it stays in the database");
  });

  it("whose process dies after the orders were kept are finished by the next turn, on any process", async () => {
    const dead = await process({ change: true });
    const { sessions } = await process({}, "other");
    for (const begins of [false, true]) {
      const slots = [slot(++people)];
      if (!begins) assert.ok(await taken(sessions, slots, "preview", undefined));
      const mark = (await sessions.load(slots))?.mark;
      const name = `dies ${begins}`;
      assert.ok(await taken(dead.sessions, slots, "receipt", mark, [order(name)]), "the receipt is shown");
      assert.equal(await rows(), 1);
      // the press is repeated, as it was read before
      assert.equal(await taken(sessions, slots, "receipt", mark, [order(`${name} again`)]), false);
      const after = await sessions.load(slots);
      assert.equal(after!.talk.step, "receipt");
      assert.equal(await rows(), 0);
      assert.ok(await taken(sessions, slots, "home", after!.mark));
      assert.equal((await sessions.load(slots))!.talk.step, "home");
      assert.deepEqual([await ordered(name), await ordered(`${name} again`)], [true, false]);
    }
  });

  it("whose process dies before the orders were kept are as they were", async () => {
    const { sessions } = await process();
    const slots = [slot(++people)];
    assert.ok(await taken(sessions, slots, "preview", undefined));
    const { mark } = (await sessions.load(slots))!;
    const dies: Write = () => Promise.reject(new Error("the process is dead"));
    await assert.rejects(taken(sessions, slots, "receipt", mark, [order("unkept"), dies]));
    const after = (await sessions.load(slots))!;
    assert.equal(after.talk.step, "preview");
    assert.ok(await taken(sessions, slots, "story", after.mark), "a turn without orders goes on from there");
    assert.ok(await taken(sessions, slots, "receipt", (await sessions.load(slots))!.mark, [order("kept")]));
    assert.equal((await sessions.load(slots))!.talk.step, "receipt");
    assert.deepEqual([await ordered("unkept"), await ordered("kept")], [false, true]);
  });

  it("let nothing pass between the orders and the session that they belong to", async () => {
    const [one, two] = [(await process()).sessions, (await process({}, "other")).sessions];
    const slots = [slot(++people)];
    assert.ok(await taken(one, slots, "preview", undefined));
    const read = (await two.load(slots))!.mark;
    let late: Promise<boolean> | undefined;
    const meanwhile: Write = async () => {
      // somebody presses “back” on another machine: read before the orders began, and read after
      assert.equal(await taken(two, slots, "back", read), false);
      const { mark } = (await two.load(slots))!;
      late = taken(two, slots, "back", mark);
    };
    assert.ok(await taken(one, slots, "receipt", read, [order("alone"), meanwhile]));
    assert.equal(await late, false);
    assert.equal((await two.load(slots))!.talk.step, "receipt");
  });

  it("move to the slot of the new day, with orders and without, once", async () => {
    const { sessions, memory, keys } = await process();
    await keys.ready(today + 1);
    for (const writes of [[], [order("at midnight")]]) {
      const person = ++people;
      const tomorrow = [slot(person, today + 1), slot(person)];
      assert.ok(await taken(sessions, [slot(person)], "before", undefined));
      const { mark } = (await sessions.load([slot(person)]))!;
      assert.equal(await taken(sessions, tomorrow, "moved", mark, writes), true);
      assert.equal(await taken(sessions, tomorrow, "moved", mark, writes), false);
      assert.equal((await sessions.load(tomorrow))!.talk.step, "moved");
      assert.equal((await memory.get([`draft ${slot(person).name}`]))[0], undefined, "the old one is gone");
    }
  });

  it("hold nothing that can be read, neither there nor in what a dead process left, and go with their day", async () => {
    const dead = await process({ change: true });
    const slots = [slot(++people)];
    await taken(dead.sessions, slots, "receipt", undefined, [order("left")]);
    const [row] = await db().storage.read("sessions");
    const { sessions, memory } = await process();
    await sessions.load(slots);
    const [value] = await memory.get([`draft ${slots[0]!.name}`]);
    for (const bytes of [Buffer.from(row.body), value!]) assert.ok(!bytes.includes("marmalade"));
    assert.equal(row.body.length % 2048, 28, "padded: a nonce, a tag and a whole class");
    await taken(dead.sessions, [slot(++people)], "receipt", undefined, [order("left too")]);
    assert.equal(await rows(), 1);
    await sessions.sweep(today + 5);
    assert.equal(await rows(), 0);
  });

  // last: everybody's drafts are lost
  it("are lost with the memory, but never a turn whose orders were kept", async () => {
    const dead = await process({ change: true });
    const { sessions, memory, keys } = await process();
    const [kept, lost] = [[slot(++people)], [slot(++people)]];
    assert.ok(await taken(sessions, lost, "story", undefined));
    assert.ok(await taken(sessions, kept, "preview", undefined));
    assert.ok(await taken(dead.sessions, kept, "receipt", (await sessions.load(kept))!.mark, [order("before")]));
    const back = new Promise<void>((resolve) => memory.onReturn(resolve));
    await server!.stop();
    await server!.start();
    await back;
    await keys.ready(today);
    assert.equal(await sessions.load(lost), undefined);
    assert.equal((await sessions.load(kept))!.talk.step, "receipt");
    assert.equal(await rows(), 0);
  });
});
