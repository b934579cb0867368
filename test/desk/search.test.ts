/** A search in what is sealed looks at 2,000 cases at a time, and goes on behind them until it has looked at all. */
import assert from "node:assert/strict";
import { createColumns } from "../../src/crypto/columns.ts";
import type { Core } from "../../src/main.ts";
import { type Caller, choices, joins, network, tables } from "../support/caller.ts";
import { homeOn } from "../support/databases.ts";

for (const kind of ["SQLite", "PostgreSQL"] as const)
  describe(`a search among 4,100 cases, on ${kind}`, function () {
    this.timeout(60_000);
    /** The cases that are looked for, by their places in the queue. */
    const sought = [3, 2001, 4050];
    const codeOf = (place: number) => `C${String(place).padStart(5, "0")}`;
    let core: Core;
    let heron: Caller;
    let drop: () => Promise<void> = async () => {};
    const t = (key: string, values?: Record<string, string | number>) => core.words.say("en", key, values);
    const found = () => (heron.screen.menu?.options ?? []).map((o) => o.label.slice(0, 6));
    const offers = (key: string) => choices(heron.screen).some((c) => c.label === t(key));

    before(async function () {
      const { home, drop: away } = await homeOn(kind, this);
      core = await home.core();
      drop = async () => {
        await core.close();
        await away();
      };
      heron = await joins(core, await network(core, "telegram", (await tables()).telegram), "Heron", "reviewer");
      const columns = createColumns(core.keys.derive("columns"));
      const rows = Array.from({ length: 4100 }, (_, i) => ({
        id: `r${i + 1}`,
        code: codeOf(i + 1),
        day: 20_000,
        status: "received",
        version: 1,
        messages: 0,
        unread: 0,
        files: 0,
        guard: 0,
        waiting: 1,
        // many of one rank, so that the order within it counts too
        priority: 20_000 + Math.floor(i / 1500),
        summary: columns.seal("reports.summary", {
          summary: {
            kind: "selling",
            ...(sought.includes(i + 1) ? { sector: "courier-logistics" } : {}),
            data: [],
            urgency: [],
            level: "P2",
            files: 0,
            excludes: false,
          },
        }),
      }));
      await core.storage.transaction(async (trx) => {
        for (let at = 0; at < rows.length; at += 100) await trx("reports").insert(rows.slice(at, at + 100));
      });
    });
    after(() => drop());

    it("finds each in its part, says which part that was, and leads back", async () => {
      await heron.command("queue");
      for (const label of ["filter", "by-sector", "courier-logistics"]) await heron.press(label);
      assert.deepEqual(found(), [codeOf(3)]);
      assert.ok(heron.screen.text.includes(t("review:queue.end", { count: 2000 })), heron.screen.text);
      assert.ok(!offers("review:queue.before"));

      // who is closed meanwhile moves everybody forward: the next one must not slip into the part that was seen
      await core.storage.transaction((trx) =>
        trx("reports").whereIn("code", [5, 6, 7].map(codeOf)).update({ waiting: 0, status: "closed" }),
      );
      await heron.press(t("review:queue.behind"));
      assert.deepEqual(found(), [codeOf(2001)]);
      assert.ok(heron.screen.text.includes(t("review:queue.part", { from: 2001, to: 4000 })), heron.screen.text);

      await heron.press(t("review:queue.behind"));
      assert.deepEqual(found(), [codeOf(4050)]);
      assert.ok(heron.screen.text.includes(t("review:queue.rest", { from: 4001 })), heron.screen.text);
      assert.ok(!offers("review:queue.behind"), "there is nothing behind it");

      await heron.press(t("review:queue.before"));
      assert.deepEqual(found(), [codeOf(2001)]);
      await heron.press(t("review:queue.before"));
      assert.deepEqual(found(), [3, 2001].map(codeOf), "the second one has moved up");
    });

    it("keeps its place while a case that was found is looked at; another filter begins at the front", async () => {
      for (let part = 1; part < 3; part++) await heron.press(t("review:queue.behind"));
      await heron.press(codeOf(4050));
      await heron.press("queue");
      assert.deepEqual(found(), [codeOf(4050)]);
      for (const label of ["filter", "by-sector", "bank"]) await heron.press(label);
      assert.deepEqual(found(), []);
      assert.ok(heron.screen.text.includes(t("review:queue.none")), heron.screen.text);
      assert.ok(heron.screen.text.includes(t("review:queue.end", { count: 2000 })));
    });
  });
