/** The key is exchanged as an operator of several processes does it: it comes from the environment, and drafts lie in Redis. */
import assert from "node:assert/strict";
import { rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { generateHybridIdentity } from "age-encryption";
import { createClient } from "redis";
import { type Keys, keysFromFile, keysOf } from "../src/crypto/keys.ts";
import { codeOf } from "../src/errors.ts";
import type { Core } from "../src/main.ts";
import { type Caller, files, type Network, network, tables } from "./support/caller.ts";
import { homeOn } from "./support/databases.ts";
import { furnish, type Held, live } from "./support/full-house.ts";
import { redis, type TestHome, testHome } from "./support/house.ts";
import { skipFor } from "./support/missing.ts";
import { operator, type Said } from "./support/operator.ts";

for (const kind of ["SQLite", "PostgreSQL"])
  describe(`an exchange of a key that the environment gives, in a house of two processes, on ${kind}`, function () {
    this.timeout(240_000);
    let first: TestHome;
    let drop: () => Promise<void> = async () => {};
    let shared: Record<string, string>;
    let old: Keys;
    let held: Held;
    let somebody: Caller;
    const homes: TestHome[] = [];

    before(async function () {
      const server = await redis();
      if ("missing" in server) return skipFor(this, server.missing);
      old = await keysOf(await generateHybridIdentity());
      ({ home: first, drop } = await homeOn(kind, this, { QUIETLINE_KEY: old.identity, REDIS_URL: server.url }));
      shared = { DATABASE_URL: first.config.databaseUrl, REDIS_URL: server.url };
      const core = await first.core();
      held = await furnish(core, first);
      await core.close();
    });
    after(async () => {
      for (const home of homes) home.remove();
      await drop();
    });

    /** Both processes of the house, each with a state folder of its own. */
    async function open(identity: string): Promise<{ cores: Core[]; nets: Network[]; close(): Promise<void> }> {
      const cores: Core[] = [];
      for (let n = 0; n < 2; n++) {
        const home = testHome({ ...shared, QUIETLINE_KEY: identity });
        homes.push(home);
        cores.push(await home.core());
      }
      const { telegram } = await tables();
      const nets = await Promise.all(cores.map((core) => network(core, "telegram", telegram)));
      return {
        cores,
        nets,
        async close() {
          for (const core of cores) await core.close();
        },
      };
    }
    const rotate = (identity: string): Promise<Said> =>
      operator(first, { ...shared, QUIETLINE_KEY: identity })("keys", "rotate");
    const keyIn = (): Promise<Keys> => keysFromFile(join(first.home, "key.age"));

    it("does not begin while one of them runs", async () => {
      const { nets, cores, close } = await open(old.identity);
      try {
        somebody = nets[0]!.as("somebody");
        await somebody.command("report");
        for (const label of ["go", "selling"]) await somebody.press(label);
        // the other process has the draft too
        const there = nets[1]!.as("somebody");
        there.screen = somebody.screen;
        await there.says("They sell lists of subscribers.");
        await there.press("go");
        somebody = there;
        await cores[0]!.close();
        const said = await rotate(old.identity);
        assert.notEqual(said.code, 0);
        assert.match(said.text, /^house-open/m);
      } finally {
        await close();
      }
    });

    it("leaves the next key in the state folder, and says that the environment has the old one", async () => {
      const said = await rotate(old.identity);
      assert.equal(said.code, 0, said.text);
      assert.match(said.text, /QUIETLINE_KEY still has the old key/);
      assert.equal(statSync(join(first.home, "key.age")).mode & 0o777, 0o600);
      assert.ok(said.text.includes((await keyIn()).name));
      const refused = await operator(first, { ...shared, QUIETLINE_KEY: old.identity })("reviewer", "list");
      assert.match(refused.text, /^key-wrong.*exchanged/m);
    });

    it("gives everybody what is theirs under the next key, from both processes; a draft of before is over", async () => {
      const { identity } = await keyIn();
      const { cores, nets, close } = await open(identity);
      try {
        await live(cores[1]!, first, held); // whose folder of files is one for all
        const again = nets[0]!.as("somebody");
        again.screen = somebody.screen;
        const told = await again.says("And one more thing.");
        assert.doesNotMatch(JSON.stringify(told), /subscribers|one more thing/);
        const receipt = await files(again, "They sell lists of subscribers again.");
        const reader = nets[1]!.as("who reads");
        await reader.command("mailbox");
        await reader.says(receipt);
        assert.match(reader.screen.text, /^Your report of/);
      } finally {
        await close();
      }
    });

    it("leaves nothing of the old house in Redis that has no hour at which it is gone", async () => {
      const client = createClient({ url: shared.REDIS_URL! });
      await client.connect();
      const keys = await client.keys(`*${old.name}*`);
      const lasting = [];
      for (const key of keys) if ((await client.ttl(key)) === -1) lasting.push(key);
      await client.close();
      assert.ok(keys.length > 0, "there was a house");
      assert.deepEqual(lasting, []);
    });

    it("that was cut off is finished by the same command, whichever key the environment has", async () => {
      const { identity, name } = await keyIn();
      const core = await testHomeOf(identity);
      const mark = JSON.stringify({ from: old.name, counts: {} });
      await core.storage.transaction(async (trx) => trx("meta").insert({ name: "rotating", value: mark }));
      await core.close();
      assert.equal(await testHomeOf(identity).catch(codeOf), "key-rotating");
      const said = await rotate(old.identity);
      assert.equal(said.code, 0, said.text);
      assert.match(said.text, new RegExp(`${old.name} is exchanged for ${name}; an earlier call`));
      await (await testHomeOf(identity)).close();
    });

    it("is given again with the next key, and refused while the key file is somebody else's", async () => {
      const { identity } = await keyIn();
      writeFileSync(join(first.home, "key.age"), `${await generateHybridIdentity()}\n`);
      assert.match((await rotate(identity)).text, /^key-there/m);
      rmSync(join(first.home, "key.age"));
      const said = await rotate(identity);
      assert.equal(said.code, 0, said.text);
      await (await testHomeOf((await keyIn()).identity)).close();
    });

    function testHomeOf(identity: string): Promise<Core> {
      const home = testHome({ ...shared, QUIETLINE_KEY: identity });
      homes.push(home);
      return home.core();
    }
  });
