/**
 * A campaign whose courier is killed again and again loses nobody, and doubles only what was on the wire when it died.
 * `QUIETLINE_CAMPAIGN_KILLS=500` asks for 500 kills in a campaign of 20,000; that takes a quarter of an hour.
 */
import assert from "node:assert/strict";
import { type ChildProcess, fork } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createColumns } from "../../src/crypto/columns.ts";
import { createCampaigns } from "../../src/outbox/campaigns.ts";
import { createOutbox } from "../../src/outbox/outbox.ts";
import { openStorage } from "../../src/storage/storage.ts";
import { crowd } from "../support/crowd.ts";

const kills = Number(process.env.QUIETLINE_CAMPAIGN_KILLS ?? 6);
const people = kills * 40;
/** Messages that a courier has in hand at most: what one death may double. */
const inHand = 64;

describe("a campaign whose courier is killed", () => {
  it(`${kills} times reaches all ${people} people, and few of them twice`, async function () {
    this.timeout(60_000 + kills * 6000);
    const folder = mkdtempSync(join(tmpdir(), "quietline-campaign-"));
    const url = `sqlite:${join(folder, "test.sqlite")}`;
    const key = randomBytes(32);
    const columns = createColumns(key);
    const got = new Map<string, number>();
    let total = 0;
    let told = (): void => {};
    const network = createServer((request, response) => {
      let body = "";
      request.on("data", (chunk) => (body += chunk));
      request.on("end", () => {
        got.set(body, (got.get(body) ?? 0) + 1);
        total += 1;
        told();
        response.end();
      });
    });
    network.listen(0, "127.0.0.1");
    await once(network, "listening");
    const storage = await openStorage(url);
    const outbox = createOutbox(storage, columns, Date.now);
    const campaigns = createCampaigns(storage, columns, outbox, crowd(people, columns), Date.now);
    const { id } = await storage.transaction((trx) =>
      campaigns.make(trx, {
        body: { platforms: ["net"], texts: {} },
        begins: Math.floor(Date.now() / 1000) - 1,
        spread: 0,
        askedBy: "Heron",
        reach: people,
        day: 1,
      }),
    );
    if (people > 1000) await storage.transaction((trx) => campaigns.confirm(trx, id, "Teal"));
    const start = async (death: number): Promise<ChildProcess> => {
      // each comes up after the lease of the one before
      const args = [url, key.toString("hex"), `http://127.0.0.1:${(network.address() as AddressInfo).port}/`];
      const child = fork("test/crash/courier-child.ts", [...args, String(death * 130), String(people)], {
        execArgv: ["--import", "tsx"],
        stdio: ["ignore", "ignore", "inherit", "ipc"],
      });
      await once(child, "message");
      return child;
    };
    let child: ChildProcess | undefined;
    try {
      for (let death = 0; death < kills; death++) {
        child = await start(death);
        // at a random message of the next forty
        const until = total + 1 + Math.floor(Math.random() * 40);
        await new Promise<void>((resolve) => {
          told = () => total >= until && resolve();
          child?.once("exit", () => resolve());
        });
        const gone = once(child, "exit");
        child.kill("SIGKILL");
        await gone;
      }
      child = await start(kills);
      let state = "";
      while (state !== "done") {
        await new Promise<void>((resolve) => {
          told = resolve;
          setTimeout(resolve, 500);
        });
        state = (await campaigns.progress(id))?.state ?? "";
      }
    } finally {
      child?.kill("SIGKILL");
      network.closeAllConnections();
      network.close();
    }
    const progress = await campaigns.progress(id);
    await storage.close();
    rmSync(folder, { recursive: true, force: true });
    const twice = total - got.size;
    process.stdout.write(`      ${got.size} people, ${twice} messages twice, ${kills} kills\n`);
    assert.equal(got.size, people, "somebody got nothing");
    assert.equal(progress?.sent, people, "each is counted once");
    assert.ok(twice <= kills * inHand, `${twice} came twice`);
  });
});
