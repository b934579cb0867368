/** `board`: an operator takes a board away whose place is gone. */
import assert from "node:assert/strict";
import type { Core } from "../../src/main.ts";
import { type TestHome, testHome } from "../support/house.ts";
import { operator } from "../support/operator.ts";

describe("boards at the command line", function () {
  this.timeout(60_000);
  let home: TestHome;
  let core: Core;
  const boards = ["ab".repeat(16), "cd".repeat(16)];

  before(async () => {
    home = testHome();
    core = await home.core();
    await core.storage.transaction(async (trx) => {
      for (const id of boards) {
        const board = { id, address: Buffer.from("sealed"), locale: "en" };
        await core.outbox.addBoard(trx, { ...board, day: 22_000 });
        await core.outbox.card(trx, board, "CASE", 0);
      }
    });
    for (const row of await core.outbox.claim(9, 100)) await core.outbox.park(row, "telegram-chat-gone");
  });
  after(async () => {
    await core.close();
    home.remove();
  });

  it("are listed with what was given up, and taken away one by one, on record", async () => {
    const run = operator(home);
    assert.deepEqual((await run("board", "list")).text.trim().split("\n"), [
      "abababababab  since 2030-03-27  1 given up: telegram-chat-gone",
      "cdcdcdcdcdcd  since 2030-03-27  1 given up: telegram-chat-gone",
    ]);
    const wrong = await run("board", "remove", "ab");
    assert.equal(wrong.code, 1);
    assert.match(wrong.text, /no board of that name.*quietline board list/);
    assert.equal((await run("board", "remove", "abababababab")).code, 0);
    assert.deepEqual(
      (await core.outbox.boards()).map(({ id }) => id),
      [boards[1]],
    );
    assert.deepEqual(
      (await core.storage.read("outbox")).map(({ once }) => once),
      [`card ${boards[1]} CASE`],
    );
    const last = await core.storage.read("audit").orderBy("number", "desc").first();
    assert.deepEqual([last.alias, last.action], ["(operator)", "board off"]);
  });
});
