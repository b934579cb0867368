/** A new house whose processes all start at once: they come to one database and one key, whoever is first. */
import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { keysFromFile } from "../src/crypto/keys.ts";
import { codeOf } from "../src/errors.ts";
import type { Core } from "../src/main.ts";
import { homeOn } from "./support/databases.ts";
import { testHome } from "./support/house.ts";

describe("a new house", () => {
  for (const kind of ["SQLite", "PostgreSQL"])
    it(`is opened by several processes that start at once, on ${kind}`, async function () {
      const { home, drop } = await homeOn(kind, this);
      const opened = await Promise.allSettled([home.core(), home.core(), home.core()]);
      const cores = opened.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
      for (const core of cores) await core.close();
      try {
        assert.deepEqual(
          opened.flatMap((one) => (one.status === "rejected" ? [String(one.reason)] : [])),
          [],
        );
        assert.equal(new Set(cores.map((core: Core) => core.keys.identity)).size, 1);
      } finally {
        await drop();
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
