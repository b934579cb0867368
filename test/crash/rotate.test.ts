/**
 * An exchange of the key is killed again and again, at any step: the house either opens with the key file that is there, or
 * says that the exchange is to be finished, which the same command does. `QUIETLINE_ROTATE_KILLS=200` asks for more.
 */
import assert from "node:assert/strict";
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mailboxKeys } from "../../src/crypto/mailbox.ts";
import { codeOf } from "../../src/errors.ts";
import { homeOn } from "../support/databases.ts";
import { furnish, type Held, live } from "../support/full-house.ts";
import type { TestHome } from "../support/house.ts";
import { programPath } from "./victim.ts";

const kills = Number(process.env.QUIETLINE_ROTATE_KILLS ?? 3);

interface Word {
  loaded?: true;
  done?: true;
  resumed?: boolean;
  steps?: number;
  failed?: string;
}

for (const kind of ["SQLite", "PostgreSQL"])
  describe(`an exchange of the key that is killed, on ${kind}`, function () {
    this.timeout(300_000 + kills * 60_000);
    let home: TestHome;
    let drop: () => Promise<void>;
    let held: Held;
    /** The next one, loaded and waiting. */
    let next: [ChildProcess, Promise<unknown>] | undefined;

    before(async function () {
      ({ home, drop } = await homeOn(kind, this));
      const core = await home.core();
      held = await furnish(core, home);
      await core.close();
    });
    after(async () => {
      next?.[1].catch(() => undefined); // killed while it loads
      next?.[0].kill("SIGKILL");
      await drop();
    });

    function load(): [ChildProcess, Promise<unknown>] {
      const { main, execArgv } = programPath("rotate");
      const child = fork("test/crash/rotate-child.mjs", [main, JSON.stringify(home.config)], {
        execArgv,
        stdio: ["ignore", "ignore", "inherit", "ipc"],
      });
      return [child, once(child, "message")];
    }
    /** Runs one, that dies or not. What it said, if it lived. */
    async function run(die: { step?: number; late?: number }): Promise<Word | undefined> {
      const [child, loaded] = next ?? load();
      await loaded;
      child.send(die);
      next = load();
      const said = await Promise.race([
        once(child, "message").then(([word]) => word as Word),
        once(child, "exit").then(() => undefined),
      ]);
      if (said) {
        child.disconnect();
        await once(child, "exit");
      }
      return said;
    }

    it(`${kills} times: nothing is lost, and no half is ever served`, async () => {
      const whole = await run({});
      assert.ok(whole?.steps && !whole.failed, JSON.stringify(whole));
      const seen = { opened: 0, unfinished: 0, lived: 0 };
      for (let kill = 0; kill < kills; kill++) {
        // anywhere; near the end, when the database has the next key and the key file not yet; and by the clock
        const [anywhere, late] = [1 + Math.floor(Math.random() * whole.steps), Math.floor(Math.random() * 12)];
        const die: { step?: number; late?: number } = [
          { step: anywhere },
          { step: whole.steps - late },
          { late: Math.random() * 300 },
        ][kill % 3]!;
        const said = await run(die);
        if (said) assert.ok(said.done, `${JSON.stringify(die)}: ${JSON.stringify(said)}`);
        seen.lived += said ? 1 : 0;
        const core = await home.core().catch(codeOf);
        if (typeof core === "string") {
          assert.equal(core, "key-rotating", JSON.stringify(die));
          seen.unfinished += 1;
        } else {
          seen.opened += 1;
          const { id, identity } = mailboxKeys(held.receipt);
          assert.ok((await core.reports.told(id, identity))?.story && (await core.reports.told(id))?.story);
          assert.equal((await core.audit.verify()).broken, undefined);
          await core.close();
        }
      }
      const last = await run({});
      assert.ok(last?.done, JSON.stringify(last));
      const core = await home.core();
      await live(core, home, held);
      await core.storage.check();
      await core.close();
      process.stdout.write(
        `      ${whole.steps} steps; opened ${seen.opened}, to be finished ${seen.unfinished}, not hit ${seen.lived}\n`,
      );
      assert.ok(seen.lived < kills / 2, "most were hit");
    });
  });
