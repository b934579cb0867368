/** An operator exchanges the key at the command line, and what they do before and after it. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { generateHybridIdentity, identityToRecipient } from "age-encryption";
import { homeOn } from "../support/databases.ts";
import { furnish, type Held, live } from "../support/full-house.ts";
import type { TestHome } from "../support/house.ts";
import { operator, operatorApart } from "../support/operator.ts";

for (const kind of ["SQLite", "PostgreSQL"])
  describe(`the operator exchanges the key, on ${kind}`, function () {
    this.timeout(240_000);
    let home: TestHome;
    let drop: () => Promise<void>;
    let held: Held;
    let env: Record<string, string>;
    let offline: string;

    before(async function () {
      const identity = await generateHybridIdentity();
      env = { QUIETLINE_RECOVERY: await identityToRecipient(identity) };
      ({ home, drop } = await homeOn(kind, this, env));
      offline = join(home.home, "..", "offline.txt");
      const core = await home.core();
      held = await furnish(core, home);
      await core.close();
      writeFileSync(offline, `${identity}\n`);
    });
    after(() => drop());

    it("not while the service runs", async () => {
      const service = await home.service();
      const refused = await operator(home, env)("keys", "rotate");
      await service.close();
      assert.match(refused.text, /^house-open: .*Stop every process of the house/);
      assert.equal(refused.code, 69);
    });

    it("and is told what was done, where the old key is, and what to do next; doctor and the record agree", async () => {
      const key = readFileSync(join(home.home, "key.age"), "utf8");
      const done = await operatorApart(home, env)("keys", "rotate");
      assert.equal(done.code, 0, done.text);
      assert.match(done.text, /reports: 2\n/);
      assert.match(done.text, /[0-9a-f]{16} is exchanged for [0-9a-f]{16}\.\nEvery value opens under the new key/);
      assert.match(done.text, /old-keys\/[0-9a-f]{16}\.age\nNow: make a backup/);
      assert.notEqual(readFileSync(join(home.home, "key.age"), "utf8"), key);
      const looked = await operator(home, env)("doctor");
      assert.match(looked.text, /ok {3}key: [0-9a-f]{16}, from the key file\nok {3}recovery: 1 offline key opens/);
      assert.match(looked.text, /ok {3}audit log: \d+ entries, the chain holds/);
    });

    it("and gets the new key back by the offline key", async () => {
      rmSync(join(home.home, "key.age"));
      const back = await operator(home, env)("keys", "recover", "--identity", offline);
      assert.match(back.text, /It opens the database/, back.text);
      assert.equal(readdirSync(home.home).filter((name) => name.startsWith("recovery-")).length, 1);
      const core = await home.core();
      await live(core, home, held);
      await core.close();
    });
  });
