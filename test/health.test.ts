/** What operators see: alerts and dashboard name only figures that exist, and the figures move for what they are about. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { parse } from "yaml";
import { addFigures, showHealth, watchReach } from "../src/health.ts";
import type { Core } from "../src/main.ts";
import { files, network, tables } from "./support/caller.ts";
import { type TestHome, testHome } from "./support/house.ts";

describe("what operators see", () => {
  let home: TestHome;
  let core: Core;
  let now = Date.now();
  const noted: string[] = [];
  const reach = watchReach(
    (code) => noted.push(code),
    () => now,
  );
  const figures = () => core.figures.registry.metrics();
  const value = async (name: string) =>
    Number(new RegExp(`^quietline_${name}(?:{[^}]*})? (\\S+)$`, "m").exec(await figures())?.[1]);

  before(async () => {
    home = testHome({ TELEGRAM_BOT_TOKEN: `1:${"x".repeat(35)}` });
    core = await home.core();
    addFigures(core, home.config, reach, () => now);
  });
  after(async () => {
    await core.close();
    home.remove();
  });

  it("every figure that an alert or the dashboard names is there", async () => {
    const alerts = parse(readFileSync("deploy/alerts.yaml", "utf8")) as {
      groups: { rules: { alert: string; expr: string; annotations: { cure: string } }[] }[];
    };
    const board = JSON.parse(readFileSync("deploy/grafana.json", "utf8")) as {
      panels: { targets: { expr: string }[] }[];
    };
    const rules = alerts.groups.flatMap((g) => g.rules);
    assert.ok(rules.length >= 8 && rules.every((r) => r.annotations.cure.length > 10));
    const exprs = [...rules.map((r) => r.expr), ...board.panels.flatMap((p) => p.targets.map((t) => t.expr))];
    const there = new Set([...(await figures()).matchAll(/^# HELP (\S+)/gm)].map((m) => m[1]));
    for (const expr of exprs)
      for (const [name] of expr.matchAll(/quietline_\w+/g))
        assert.ok(there.has(name), `${name} is named and not there`);
  });

  it("a network that is lost counts in minutes, and is forgotten when it is back", async () => {
    assert.equal(await value("platform_unreachable_seconds"), 0);
    reach.note("platform-unreachable", { platform: "telegram" });
    now += 3_725_000;
    assert.equal(await value("platform_unreachable_seconds"), 3720);
    reach.note("platform-recovered", { platform: "telegram" });
    assert.equal(await value("platform_unreachable_seconds"), 0);
    assert.deepEqual(noted, ["platform-unreachable", "platform-recovered"]);
    assert.ok(Math.abs((await value("clock_jump_seconds")) - 3725) <= 60, "the test's clock was set");
  });

  it("one report moves no figure but yes or no; a late one is told, and so is a broken chain", async () => {
    const own = (text: string) =>
      text
        .split("\n")
        .filter((l) => /^quietline_(turns|events|outbox|deadline|audit|platform)/.test(l))
        .join("\n");
    const chat = await network(core, "telegram", (await tables()).telegram);
    const before = own(await figures());
    await files(chat.as("reporter"), "Lists are sold.");
    assert.equal(own(await figures()), before);
    assert.equal(await value("deadline_missed"), 0);
    now += 30 * 86_400_000;
    assert.equal(await value("deadline_missed"), 1);
    assert.equal(await value("audit_broken"), 0);
  });

  it("says whether it lives and whether it is ready, and nothing on other addresses", async () => {
    const port = await new Promise<number>((resolve) => {
      const server = createServer().listen(0, "127.0.0.1", () => {
        const { port } = server.address() as { port: number };
        server.close(() => resolve(port));
      });
    });
    const end = await showHealth(`127.0.0.1:${port}`, core);
    await assert.rejects(showHealth(`127.0.0.1:${port}`, core), { code: "port-taken" });
    // an address of documentation (RFC 5737), which no machine has
    await assert.rejects(showHealth("192.0.2.1:8080", core), { code: "port-refused" });
    const ask = async (path: string) => {
      const answer = await fetch(`http://127.0.0.1:${port}${path}`);
      return [answer.status, (await answer.text()).slice(0, 9)];
    };
    assert.deepEqual(await ask("/healthz"), [200, "ok\n"]);
    assert.deepEqual(await ask("/readyz"), [200, "ok\n"]);
    assert.deepEqual(await ask("/metrics"), [200, "# HELP qu"]);
    assert.deepEqual(await ask("/key.age"), [404, ""]);
    await core.storage.transaction(async (trx) => trx.raw("ALTER TABLE meta RENAME TO elsewhere"));
    assert.deepEqual(await ask("/readyz"), [503, "database\n"]);
    await end();
    await assert.rejects(fetch(`http://127.0.0.1:${port}/healthz`));
  });
});
