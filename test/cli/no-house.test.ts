/** A mistyped folder: whoever looks for something in a house that is not there is told so, and no new one is made. */
import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { keysFromFile } from "../../src/crypto/keys.ts";
import { homeOn } from "../support/databases.ts";
import { testHome } from "../support/house.ts";
import { operator } from "../support/operator.ts";

const commands = [
  "reviewer list",
  "reviewer suspend Heron",
  "reviewer remove Heron",
  "audit verify",
  "backup copies",
  "campaign list",
  "canary list",
  "content useful",
  "course list",
  "learning figures",
  "outbox list",
];

describe("a folder with no house", () => {
  it("stays as it is, whatever is asked of it, and says what to do", async () => {
    const home = testHome();
    const run = operator(home);
    for (const words of commands) {
      const said = await run(...words.split(" "));
      assert.equal(said.code, 78, `${words}: ${said.text}`);
      assert.match(said.text, /no Quietline in .*QUIETLINE_HOME/, words);
    }
    assert.deepEqual(existsSync(home.home) ? readdirSync(home.home) : [], []);
    home.remove();
  }).timeout(60_000);

  it("is no matter where the house is on a server and the key is given", async function () {
    const { home, drop } = await homeOn("PostgreSQL", this);
    await (await home.core()).close();
    const { identity } = await keysFromFile(join(home.home, "key.age"));
    const folder = join(home.home, "..", "another");
    const said = await operator(home, { QUIETLINE_HOME: folder, QUIETLINE_KEY: identity })("reviewer", "list");
    assert.equal(said.code, 0, said.text);
    await drop();
  }).timeout(60_000);
});
