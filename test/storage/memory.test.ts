/** The memory that many machines share: refused where it persists, and honest about what it lost. */
import assert from "node:assert/strict";
import { createSharedDayKeys } from "../../src/crypto/shared-daykeys.ts";
import { examine } from "../../src/doctor.ts";
import { codeOf } from "../../src/errors.ts";
import { type Memory, openMemory } from "../../src/storage/memory.ts";
import { testHome } from "../support/house.ts";
import { skipFor } from "../support/missing.ts";
import { type OwnServer, ownRedis } from "../support/servers.ts";

const noServer = "no redis-server in the path";
const code = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => "none",
    (error: unknown) => codeOf(error),
  );

describe("a shared memory", () => {
  const open: Memory[] = [];
  const servers: OwnServer[] = [];
  async function started(settings: string[] = []): Promise<OwnServer | undefined> {
    const server = await ownRedis({ settings });
    if (!server) return undefined;
    servers.push(server);
    await server.start();
    return server;
  }
  async function connect(server: OwnServer, more: { persists?: boolean; notes?: string[] } = {}): Promise<Memory> {
    const { persists = false, notes = [] } = more;
    const memory = await openMemory({
      url: server.url,
      house: "test",
      note: (code) => void notes.push(code),
      persists,
      needed: true,
    });
    open.push(memory);
    return memory;
  }
  afterEach(async () => {
    for (const memory of open.splice(0)) await memory.close();
    for (const server of servers.splice(0)) await server.remove();
  });

  for (const [how, settings] of Object.entries({
    "takes snapshots": ["--save", "60 1"],
    "writes a log of commands": ["--appendonly", "yes"],
    "does not say": ["--rename-command", "CONFIG", ""],
  }))
    it(`that ${how} is refused, unless that is accepted in words`, async function () {
      const server = await started(settings);
      if (!server) return skipFor(this, noServer);
      assert.equal(await code(connect(server)), "redis-persists");
      await (await connect(server, { persists: true })).get(["anything"]);
    });

  it("that persists, or is away, is what the doctor names", async function () {
    const server = await started(["--save", "60 1"]);
    if (!server) return skipFor(this, noServer);
    const told = async (env: Record<string, string>): Promise<string | undefined> => {
      const home = testHome(env);
      const finding = (await examine(home.config)).find((f) => f.what === "Redis");
      home.remove();
      return finding && `${finding.ok} ${finding.finding.split(".")[0]}`;
    };
    assert.equal(await told({ REDIS_URL: server.url }), "false redis-persists");
    assert.match((await told({ REDIS_URL: server.url, QUIETLINE_REDIS_PERSISTS: "i-accept" })) ?? "", /^true/);
    assert.equal(await told({ REDIS_URL: "redis://127.0.0.1:1" }), "false redis-unreachable");
    assert.equal(await told({}), undefined);
  });

  it("that cannot be reached at the start is told, not waited for", async () => {
    const gone = openMemory({ url: "redis://127.0.0.1:1", house: "test", note: () => undefined, needed: true });
    assert.equal(await code(gone), "redis-unreachable");
  });

  it("that comes back as one that persists is not used again", async function () {
    const server = await started();
    if (!server) return skipFor(this, noServer);
    const notes: string[] = [];
    const memory = await connect(server, { notes });
    await memory.put("a", Buffer.from("b"), Date.now() + 60_000);
    await server.stop();
    const worse = await ownRedis({ settings: ["--save", "60 1"], at: Number(new URL(server.url).port) });
    servers.push(worse!);
    const back = new Promise<void>((resolve) => memory.onReturn(resolve));
    await worse!.start();
    await back;
    while (!notes.includes("redis-persists")) await new Promise(setImmediate);
    assert.equal(await code(memory.get(["a"])), "redis-persists");
  });

  it("gives each day one key, whoever asks first, and a lost half back to a server that forgot it", async function () {
    const server = await started();
    if (!server) return skipFor(this, noServer);
    const today = Math.floor(Date.now() / 86_400_000);
    const lasting = Buffer.alloc(32, 7);
    const [one, two] = [await connect(server), await connect(server)];
    const [mine, theirs] = [createSharedDayKeys(one, lasting), createSharedDayKeys(two, lasting)];
    await Promise.all([mine.ready(today), theirs.ready(today)]);
    const key = Buffer.from(mine.at(today)!);
    assert.deepEqual(theirs.at(today), key);
    assert.equal(mine.at(today - 1), undefined, "yesterday's was never made");
    const [half] = await one.get([`day ${today}`]);
    assert.notDeepEqual(half, key, "what lies in the memory opens nothing by itself");

    const backs = [one, two].map((memory) => new Promise<void>((resolve) => memory.onReturn(resolve)));
    await server.stop();
    await server.start();
    await Promise.all(backs);
    await mine.ready(today);
    await theirs.ready(today);
    assert.deepEqual(mine.at(today), key);
    assert.deepEqual(theirs.at(today), key);

    mine.sweep(today + 2);
    assert.equal(mine.at(today), undefined, "destroyed with its day");
  });

  it("knows by itself when a key's day is over", async function () {
    const server = await started();
    if (!server) return skipFor(this, noServer);
    const memory = await connect(server);
    const past = Math.floor(Date.now() / 86_400_000) - 2;
    const keys = createSharedDayKeys(memory, Buffer.alloc(32, 7));
    await keys.ready(past); // a machine whose clock is two days behind
    assert.equal((await memory.get([`day ${past}`]))[0], undefined);
  });
});
