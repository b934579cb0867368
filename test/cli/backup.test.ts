/** An operator makes backups, sees what is wrong with one, and puts another back: as commands, with nothing but what they say to go by. */
import assert from "node:assert/strict";
import { cpSync, mkdirSync, readdirSync, renameSync } from "node:fs";
import { join } from "node:path";
import { testHome } from "../support/house.ts";
import { operator, operatorApart, type Said } from "../support/operator.ts";

describe("backups at the command line", function () {
  this.timeout(300_000);
  const home = testHome();
  const fresh = testHome();
  const folder = join(home.home, "..", "backups");
  const at = operator(home);
  const names = () =>
    readdirSync(folder)
      .filter((name) => name.startsWith("quietline-"))
      .sort();
  const well = ({ code, text }: Said, words: RegExp): void => {
    assert.equal(code, 0, text);
    assert.match(text, words);
  };
  before(async () => well(await at("reviewer", "invite", "--role", "admin"), /join/));
  after(() => {
    home.remove();
    fresh.remove();
  });

  it("say what was written, and that it was restored and compared", async () => {
    well(
      await operatorApart(home)("backup", folder),
      /^quietline-00001-[\d-]+-[0-9a-f]{8}\.age: \d+ rows, restored into a private folder/,
    );
    well(
      await at("backup", folder),
      /^quietline-00002-.*\nParts of the database: [2-9], of them written now: [12]\.$/m,
    );
  });

  it("name what is damaged, by list and by restore, with the cure; another one comes back", async () => {
    const [older = "", newer = ""] = names();
    mkdirSync(fresh.home, { recursive: true });
    cpSync(join(home.home, "key.age"), join(fresh.home, "key.age"));
    // whichever part goes: the list says of each backup whether it lacks it
    const [part = ""] = readdirSync(join(folder, "chunks"));
    renameSync(join(folder, "chunks", part), join(folder, "part"));
    const list = await at("backup", "list", folder);
    assert.equal(list.code, 1);
    const lines = list.text.trim().split("\n");
    assert.deepEqual(
      lines.map((line) => line.split(" ")[0]),
      [older, newer],
    );
    const hurt = lines.findIndex((line) => line.endsWith(`damaged: chunks/${part}`));
    const restored = await operator(fresh)("restore", join(folder, names()[hurt]!));
    assert.equal(restored.code, 69);
    assert.match(restored.text, new RegExp(`^Damaged or missing: chunks/${part}\nbackup-damaged: .*backup list`));
    renameSync(join(folder, "part"), join(folder, "chunks", part));
    well(await operator(fresh)("restore", folder), new RegExp(`^${newer}: \\d+ rows and 0 files of reports are back`));
  });

  it("are pruned to as many as are to stay", async () => {
    await at("backup", folder); // its record of the last one takes the place of an older part
    well(await at("backup", "prune", folder, "--keep", "1"), /^Removed: 2 backups and [12] parts/);
    assert.equal(names().length, 1);
    assert.equal((await at("backup", "prune", folder, "--keep", "none")).code, 78);
  });
});
