/** How often people spoke up, as an admin is told it beside what was learned. */
import assert from "node:assert/strict";
import type { Core } from "../../src/main.ts";
import { testHome } from "../support/house.ts";

describe("how often people spoke up", () => {
  it("counts no case that the admin must not know of", async () => {
    const home = testHome({ QUIETLINE_STAFF: "100" });
    const core = await home.core();
    try {
      const day = Math.floor(Date.now() / 86_400_000);
      const row = { day, status: "received", version: 1, messages: 0, unread: 0, files: 0, guard: 0 };
      const excluded = core.people.tag("Raven");
      await core.storage.transaction(async (trx) => {
        for (let n = 0; n < 6; n++) await trx("reports").insert({ ...row, id: `r${n}`, code: `C${n}` });
        await trx("reports").insert({ ...row, id: "hidden", code: "HIDDEN", guard: 1, excluded });
        await trx("reports").insert({ ...row, id: "recused", code: "RECUSE", recused: excluded });
      });
      const spoken = async (alias: string) => {
        const actor = { kind: "reviewer", alias, role: "admin" } as const;
        const desk = core.desk.for({ actor } as Parameters<Core["desk"]["for"]>[0]);
        return (await desk.spoken())?.kinds.find(({ kind }) => kind === "reports")?.now?.count;
      };
      assert.equal(await spoken("Raven"), 6);
      assert.equal(await spoken("Otter"), 8);
    } finally {
      await core.close();
      home.remove();
    }
  });
});
