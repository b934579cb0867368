/**
 * A campaign whose courier is killed again and again loses nobody and doubles only what was on the wire when it died;
 * what else is owed meanwhile keeps to the rule of its kind. `QUIETLINE_CAMPAIGN_KILLS=500` asks for 500 kills in a
 * campaign of 20,000 on each database, `QUIETLINE_CAMPAIGN_PACE=30` for Telegram's speed and an answer that takes as long as
 * on the net; without it the courier sends as fast as it can, and the most is on the wire.
 */
import assert from "node:assert/strict";
import { type ChildProcess, fork } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createColumns } from "../../src/crypto/columns.ts";
import { createCampaigns } from "../../src/outbox/campaigns.ts";
import { type Kind, kinds, ruleOf } from "../../src/outbox/kinds.ts";
import { createOutbox } from "../../src/outbox/outbox.ts";
import { crowd } from "../support/crowd.ts";
import { onBothDatabases } from "../support/databases.ts";
import { programPath } from "./victim.ts";

const kills = Number(process.env.QUIETLINE_CAMPAIGN_KILLS ?? 4);
/** Messages a second; 0 for as fast as it goes. */
const pace = Number(process.env.QUIETLINE_CAMPAIGN_PACE ?? 0);
/** How long the network takes to answer (milliseconds) when it is paced. */
const answer = pace > 0 ? 70 : 0;
const people = kills * 40;
/** Of each other kind, so many messages for each life of the courier. */
const others = 2;
/** Each courier comes up after the lease of the one before (seconds). */
const life = 130;
/** Messages that a courier has in hand at most: what one death may double. */
const inHand = 64;

onBothDatabases("a campaign whose courier is killed", (db) => {
  const got = new Map<string, number>();
  let total = 0;
  let told = (): void => {};
  let network: Server;
  const key = randomBytes(32);
  const columns = createColumns(key);
  const ready: ChildProcess[] = [];

  before(async () => {
    got.clear();
    total = 0;
    network = createServer((request, response) => {
      let body = "";
      request.on("data", (chunk) => (body += chunk));
      request.on("end", () => {
        got.set(body, (got.get(body) ?? 0) + 1);
        total += 1;
        told();
        setTimeout(() => response.end(), answer);
      });
    });
    network.listen(0, "127.0.0.1");
    await once(network, "listening");
  });
  after(() => {
    for (const child of ready) child.kill("SIGKILL");
    network.closeAllConnections();
    network.close();
  });

  const load = (): void => {
    const { port } = network.address() as AddressInfo;
    const { main, execArgv } = programPath();
    const house = [main, db().url, key.toString("hex"), `http://127.0.0.1:${port}/`, String(people), String(pace)];
    ready.push(
      fork("test/crash/courier-child.mjs", house, { execArgv, stdio: ["ignore", "ignore", "inherit", "ipc"] }),
    );
  };
  const start = async (ahead: number): Promise<ChildProcess> => {
    while (ready.length < 2) load();
    const child = ready[0]!;
    child.send(ahead);
    return child;
  };
  /** How many of a kind there were, arrived at all, and arrived once more than once. */
  const tally = (kind: Kind, owed: number) => {
    const counts = [...got].filter(([id]) => id.startsWith(`${kind}-`));
    return {
      owed,
      lost: owed - counts.length,
      twice: counts.reduce((sum, [, n]) => sum + n - 1, 0),
    };
  };

  it(`${kills} times reaches all ${people} people, and few of them twice`, async function () {
    this.timeout(60_000 + kills * 6000);
    const { storage } = db();
    const outbox = createOutbox(storage, columns, Date.now);
    const campaigns = createCampaigns(storage, columns, outbox, crowd(people, columns), Date.now);
    const begins = Math.floor(Date.now() / 1000) - 1;
    const { id } = await storage.transaction((trx) =>
      campaigns.make(trx, {
        body: { platforms: ["net"], texts: {} },
        begins,
        spread: 0,
        askedBy: "Heron",
        reach: people,
        day: 1,
      }),
    );
    if (people > 1000) await storage.transaction((trx) => campaigns.confirm(trx, id, "Teal"));
    const rest = (Object.keys(kinds) as Kind[]).filter((kind) => kind !== "campaign");
    for (const kind of rest)
      for (let from = 0; from < kills * others; from += 500)
        await storage.transaction((trx) =>
          outbox.putAll(
            trx,
            Array.from({ length: Math.min(500, kills * others - from) }, (_, i) => ({
              kind,
              once: `${kind} ${from + i}`,
              // some in each life
              due: begins + Math.floor((from + i) / others) * life,
              address: columns.seal("address", { platform: "net", id: `${kind}-${from + i}` }),
              payload: { step: "a.b", key: "", locale: "en" },
            })),
          ),
        );
    let child: ChildProcess | undefined;
    for (let death = 0; death < kills; death++) {
      child = await start(death * life);
      // at a random message of the next ones, but never at one that does not come: there are only so many
      const next = total + 1 + Math.floor(Math.random() * 2 * (people / kills));
      const until = Math.max(total + 1, Math.min(next, (death + 1) * (people / kills)));
      await new Promise<void>((resolve) => {
        told = () => total >= until && resolve();
        child?.once("exit", () => resolve());
      });
      const gone = once(child, "exit");
      child.kill("SIGKILL");
      await gone;
      ready.shift();
    }
    child = await start(kills * life);
    // the last one finishes, and says so in the database
    for (;;) {
      await new Promise<void>((resolve) => setTimeout(resolve, 200));
      const { waiting } = await outbox.counts();
      if (waiting === 0 && (await campaigns.progress(id))?.state === "done") break;
    }
    const progress = await campaigns.progress(id);
    for (const kind of Object.keys(kinds) as Kind[]) {
      const { owed, lost, twice } = tally(kind, kind === "campaign" ? people : kills * others);
      process.stdout.write(`      ${kind}: ${owed} owed, ${lost} lost, ${twice} once more (${kills} kills)\n`);
      if (ruleOf(kind).lost === "again") assert.equal(lost, 0, `${kind}: somebody got nothing`);
      else assert.equal(twice, 0, `${kind}: came twice`);
      assert.ok(lost + twice <= kills * inHand, `${kind}: ${lost} lost, ${twice} came twice`);
    }
    assert.equal(progress?.sent, people, "each is counted once");
  });
});
