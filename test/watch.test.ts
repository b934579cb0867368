/** Tips and quiz items that are edited while the house runs: people get the whole of what is new, or what was before. */
import assert from "node:assert/strict";
import { EventEmitter, once } from "node:events";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { tipsShown } from "../src/desk/tips.ts";
import type { Core } from "../src/main.ts";
import { type TestHome, testHome } from "./support/house.ts";
import { quizFolder } from "./support/learner.ts";

describe("tips and quizzes that are edited while the house runs", function () {
  this.timeout(60_000);
  let home: TestHome;
  let core: Core;
  let folder: string;
  const told = new EventEmitter();
  const noted = async () => (await once(told, "note")) as [string, Record<string, unknown>?];

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "quietline-test-"));
    cpSync("data/tips", join(folder, "tips"), { recursive: true });
    cpSync(join(quizFolder, "quizzes"), join(folder, "quizzes"), { recursive: true });
    home = testHome();
    const note = (code: string, values?: Record<string, string | number>) => {
      if (code.startsWith("content-")) told.emit("note", code, values);
    };
    core = await home.core(Date.now, { serving: true, quizFolder: folder, tipFolder: folder, note });
  });
  afterEach(async () => {
    await core.close();
    home.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Writes a file with this changed. */
  const edit = (file: string, what: string | RegExp, instead: string) => {
    const text = readFileSync(join(folder, file), "utf8");
    assert.notEqual(text.replace(what, instead), text);
    writeFileSync(join(folder, file), text.replace(what, instead));
  };

  it("shows a new tip to who had the list before, and an edited question at the next look", async () => {
    const page = tipsShown(core.tips);
    const first = core.tips[0]!;
    let next = noted();
    edit(`tips/${first.theme}.yaml`, first.en.today, "Read this one again.");
    assert.deepEqual(await next, ["content-reloaded", undefined]);
    assert.equal(page.of(undefined, "en")[0]?.today, "Read this one again.");

    const item = [...(await core.quiz.items()).values()][0]!;
    next = noted();
    edit(`quizzes/${item.theme}.yaml`, item.goal.en, "A goal that was edited");
    assert.deepEqual(await next, ["content-reloaded", undefined]);
    assert.equal((await core.quiz.items()).get(item.id)?.goal.en, "A goal that was edited");
  });

  it("changes nothing where anything is wrong, and names file and line", async () => {
    const before = JSON.stringify(core.tips);
    const first = core.tips[0]!;
    let next = noted();
    edit(`tips/${first.theme}.yaml`, /audiences: \[[a-z, ]+\]/, "audiences: [everybody]");
    let [code, where] = await next;
    assert.deepEqual([code, where?.file, typeof where?.line], ["content-invalid", `${first.theme}.yaml`, "number"]);
    assert.equal(JSON.stringify(core.tips), before);

    const items = await core.quiz.items();
    const { theme } = [...items.values()][0]!;
    next = noted();
    edit(`quizzes/${theme}.yaml`, /difficulty: \d/, "difficulty: 9");
    [code, where] = await next;
    assert.deepEqual([code, where?.file, typeof where?.line], ["content-invalid", `${theme}.yaml`, "number"]);
    assert.equal((await core.quiz.items()).size, items.size);
  });
});
