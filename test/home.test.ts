/** A new house whose processes all start at once: they come to one database and one key, whoever is first. */
import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { keysFromFile } from "../src/crypto/keys.ts";
import { codeOf } from "../src/errors.ts";
import { openCore } from "../src/main.ts";
import { postgres, testHome } from "./support/house.ts";
import { skipFor } from "./support/missing.ts";

describe("a new house", () => {
  for (const kind of ["SQLite", "PostgreSQL"])
    it(`is opened by several processes that start at once, on ${kind}`, async function () {
      // without a table yet, as an operator begins
      const server = kind === "PostgreSQL" ? await postgres("bare") : undefined;
      if (server && "missing" in server) return skipFor(this, server.missing);
      const home = testHome(server ? { DATABASE_URL: server.url } : {});
      const open = () => openCore(home.config, { note: () => undefined, dayKeyFolder: home.dayKeys });
      const opened = await Promise.allSettled([open(), open(), open()]);
      const cores = opened.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
      for (const core of cores) await core.close();
      try {
        assert.deepEqual(
          opened.flatMap((one) => (one.status === "rejected" ? [String(one.reason)] : [])),
          [],
        );
        assert.equal(new Set(cores.map((core) => core.keys.identity)).size, 1);
      } finally {
        home.remove();
        await server?.drop();
      }
    });

  it("is told in words when the system refuses the address of its page", async () => {
    const home = testHome({ QUIETLINE_LISTEN: "192.0.2.1:8787" });
    try {
      const code = await home.service().then(
        async (service) => `opened: ${await service.close()}`,
        (error: unknown) => codeOf(error),
      );
      assert.equal(code, "port-refused");
    } finally {
      home.remove();
    }
  });

  it("has one key, which all read whole, and nothing is left of the others that were made", async () => {
    const folder = mkdtempSync(join(tmpdir(), "quietline-key-"));
    try {
      const keys = await Promise.all(Array.from({ length: 6 }, () => keysFromFile(join(folder, "key.age"))));
      assert.equal(new Set(keys.map(({ identity }) => identity)).size, 1);
      assert.deepEqual(readdirSync(folder), ["key.age"]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
