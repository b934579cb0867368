import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { createDayKeys } from "../../src/crypto/daykeys.ts";

const today = Math.floor(Date.now() / 86_400_000);

describe("keys that forget", () => {
  let folder: string;
  beforeEach(() => {
    folder = join(mkdtempSync(join(tmpdir(), "quietline-day-")), "keys");
  });
  afterEach(() => rmSync(join(folder, ".."), { recursive: true, force: true }));

  it("are made on the day, one a day, for their owner's eyes only", () => {
    const keys = createDayKeys("", folder);
    const key = keys.at(today)!;
    assert.equal(key.length, 32);
    assert.notDeepEqual(keys.at(today + 1), key);
    assert.deepEqual(keys.at(today), key);
    assert.equal(keys.at(today - 1), undefined, "yesterday's cannot be made any more");
    assert.equal(statSync(folder).mode & 0o777, 0o700);
    for (const name of readdirSync(folder)) assert.equal(statSync(join(folder, name)).mode & 0o777, 0o600);
    assert.deepEqual(readdirSync(folder).sort(), [`day-${today}`, `day-${today + 1}`], "nothing half made is left");
  });

  it("survive the process that made them", () => {
    const key = createDayKeys("", folder).at(today);
    assert.deepEqual(createDayKeys("", folder).at(today), key);
    assert.equal(createDayKeys("", folder).survivesCrash, true);
  });

  it("are the same for all processes that begin at once", async () => {
    const script = `import { createDayKeys } from ${JSON.stringify(pathToFileURL("src/crypto/daykeys.ts").href)}; process.stdin.once("data", () => { process.stdout.write(createDayKeys("", ${JSON.stringify(folder)}).at(${today}).toString("hex")); process.exit(); }); process.stdout.write("ready ");`;
    const all = [1, 2, 3].map(() =>
      spawn(process.execPath, ["--import", "tsx", "--input-type=module", "-e", script], {
        stdio: ["pipe", "pipe", "inherit"],
      }),
    );
    const heard = all.map((child) => {
      let text = "";
      const ready = new Promise<void>((resolve) =>
        child.stdout.on("data", (chunk) => {
          text += chunk;
          if (text.startsWith("ready ")) resolve();
        }),
      );
      const ended = new Promise<string>((resolve) => child.once("close", () => resolve(text)));
      return { ready, ended };
    });
    await Promise.all(heard.map((h) => h.ready));
    for (const child of all) child.stdin.write("go");
    const said = await Promise.all(heard.map((h) => h.ended));
    assert.deepEqual(new Set(said), new Set([`ready ${readFileSync(join(folder, `day-${today}`)).toString("hex")}`]));
  });

  it("are destroyed when the last draft that they sealed is over, in memory and in the folder", () => {
    const keys = createDayKeys("", folder);
    const held = keys.at(today)!;
    keys.sweep(today + 1);
    assert.deepEqual(keys.at(today), held, "a draft lives until the end of the next day");
    assert.ok(keys.alive(today + 1).includes(today));
    keys.sweep(today + 2);
    assert.ok(held.equals(Buffer.alloc(32)), "also where it was held");
    assert.deepEqual(readdirSync(folder), []);
    assert.ok(!keys.alive(today + 2).includes(today));
  });

  it("go on being made and destroyed where the system took the folder away meanwhile", () => {
    const keys = createDayKeys("", folder);
    const key = keys.at(today);
    rmSync(folder, { recursive: true });
    keys.sweep(today);
    assert.deepEqual(keys.at(today), key, "what is in use stays in use");
    assert.equal(keys.at(today + 1)!.length, 32);
    assert.deepEqual(readdirSync(folder), [`day-${today + 1}`]);
    assert.equal(statSync(folder).mode & 0o777, 0o700);
  });

  it("are gone after a reboot: the folder is empty and new ones are made", () => {
    const key = createDayKeys("", folder).at(today);
    rmSync(folder, { recursive: true });
    assert.notDeepEqual(createDayKeys("", folder).at(today), key);
  });
});
