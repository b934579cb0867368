/** What goes wrong with a backup costs that backup and no other, is named, and leaves nothing in the way of the next. */
import assert from "node:assert/strict";
import { fork } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { generateHybridIdentity } from "age-encryption";
import { sealManifest } from "../../src/backup/manifest.ts";
import { type Backup, listBackups } from "../../src/backup.ts";
import { keysOf } from "../../src/crypto/keys.ts";
import { openStorage, type Storage } from "../../src/storage/storage.ts";
import { smallDisk } from "../support/disk.ts";
import { times } from "../support/long.ts";
import { skipFor } from "../support/missing.ts";
import { type BackupHouse, backupHouse, fill, refused } from "./vault.ts";

describe("a backup in trouble", function () {
  this.timeout(120_000);
  let house: BackupHouse;
  let storage: Storage;
  let url: string;
  /** Before a change, and after it. */
  let older: Backup;
  let newer: Backup;
  /** A part that only the older one names, and one that both do. */
  let own: string;
  let shared: string;
  before(async () => {
    house = await backupHouse();
    url = `sqlite:${join(house.base, "full.sqlite")}`;
    storage = await openStorage(url);
    const ids = await fill(storage, 300);
    older = await house.back(storage);
    const before = house.chunks();
    await storage.transaction(async (trx) => trx("reports").where({ id: ids[0]! }).delete());
    newer = await house.back(storage);
    const full = await openedParts(newer.name);
    own = before.find((name) => !full.has(name))!;
    shared = before.find((name) => full.has(name))!;
  });
  after(async () => {
    await storage?.close();
    house?.remove();
  });

  /** The parts that a backup cannot do without: each is taken away, and it is asked whether that is noticed. */
  async function openedParts(name: string): Promise<Set<string>> {
    const needed = new Set<string>();
    for (const part of house.chunks()) {
      const path = join(house.folder, "chunks", part);
      renameSync(path, `${path}.away`);
      const found = (await listBackups(house.folder, house.keys)).find((b) => b.name === name);
      if (found?.missing === `chunks/${part}`) needed.add(part);
      renameSync(`${path}.away`, path);
    }
    return needed;
  }

  const comesBack = (made: Backup): Promise<void> =>
    house.restored(made.name, async (_, back) => assert.equal(back.sha256, made.sha256));

  const ruin: [what: string, how: (path: string) => void][] = [
    ["missing", (path) => rmSync(path)],
    ["cut off", (path) => writeFileSync(path, readFileSync(path).subarray(0, -30))],
    [
      "changed in one bit",
      (path) => {
        const bytes = readFileSync(path);
        bytes[bytes.length - 300]! ^= 1;
        writeFileSync(path, bytes);
      },
    ],
    ["exchanged for another", (path) => copyFileSync(join(house.folder, "chunks", shared), path)],
    ["empty", (path) => writeFileSync(path, "")],
  ];
  for (const [what, how] of ruin)
    it(`is refused where a part is ${what}, by the part's name; a backup without that part comes back`, async () => {
      const path = join(house.folder, "chunks", own);
      const whole = readFileSync(path);
      try {
        how(path);
        assert.equal(
          await refused(
            "backup-damaged",
            house.restored(older.name, async () => undefined),
          ),
          `chunks/${own}`,
        );
        await comesBack(newer);
      } finally {
        writeFileSync(path, whole);
        chmodSync(path, 0o600);
      }
    });

  it("is mended by the next backup where the same part is still wanted", async () => {
    writeFileSync(join(house.folder, "chunks", shared), "a disk that forgets");
    await refused(
      "backup-damaged",
      house.restored(older.name, async () => undefined),
    );
    const next = await house.back(storage);
    assert.equal(next.mended, true);
    await comesBack(next);
    await comesBack(older);
    assert.equal((await house.back(storage)).mended, undefined);
  });

  it("is refused where somebody who knows only the public key made it", async () => {
    const thief = await keysOf(await generateHybridIdentity());
    const forged = { head: "", chunks: [], count: { rows: {}, sha256: "" }, files: [] };
    const name = "quietline-00099-2026-01-01-00000000.age";
    const path = join(house.folder, name);
    writeFileSync(path, await sealManifest(forged, thief, [house.keys.recipient]), { mode: 0o600 });
    await refused(
      "backup-damaged",
      house.restored(name, async () => undefined),
    );
    rmSync(path);
  });

  it("is made once where two are begun at once, and the other says so", async () => {
    const both = await Promise.allSettled([house.back(storage), house.back(storage)]);
    const [lost] = both.filter((one) => one.status === "rejected");
    assert.equal(both.filter((one) => one.status === "fulfilled").length, 1);
    await refused("backup-busy", Promise.reject(lost?.reason));
    await comesBack(await house.back(storage));
  });

  it("is not begun where nothing can be written", async () => {
    const file = join(house.base, "a-file");
    writeFileSync(file, "");
    await refused("backup-unwritable", house.back(storage, {}, file));
    await refused("backup-unwritable", house.back(storage, {}, join(file, "below")));
    await refused("backup-shared", house.back(storage, {}, house.home));
  });

  it("tells of a full disk, and is made when there is room again", async function () {
    const disk = smallDisk(12);
    try {
      if (!disk.mount()) return skipFor(this, "no small disk can be mounted");
      const folder = join(disk.path, "backups");
      mkdirSync(folder, { mode: 0o700 });
      const first = await house.back(storage, {}, folder);
      await fill(storage, 40);
      disk.fill();
      await refused("disk-full", house.back(storage, {}, folder));
      assert.deepEqual(
        (await listBackups(folder, house.keys)).map(({ name, missing }) => [name, missing]),
        [[first.name, undefined]],
      );
      disk.free();
      assert.equal((await house.back(storage, {}, folder)).rows.reports, first.rows.reports! + 40);
    } finally {
      disk.remove();
    }
  });

  it("that is killed, wherever, leaves the earlier ones good, and the next run tidies up", async () => {
    const shares = Array.from({ length: times(3, 30) }, (_, i, all = times(3, 30)) => (i + 0.5) / all);
    for (const share of shares) {
      await fill(storage, 20);
      const args = [url, house.home, house.folder, house.keys.identity];
      const child = fork(fileURLToPath(new URL("maker.ts", import.meta.url)), args, {
        execArgv: ["--import", "tsx"],
        stdio: ["ignore", "ignore", "inherit", "ipc"],
      });
      const gone = once(child, "exit");
      await once(child, "message");
      child.send(share);
      assert.deepEqual(await gone, [null, "SIGKILL"]);
      assert.deepEqual(
        (await listBackups(house.folder, house.keys)).filter(({ missing }) => missing),
        [],
      );
      if (share > 0.4) assert.ok(existsSync(join(house.home, "proof")), "it was not killed in the proof");
    }
    await comesBack(newer);
    await comesBack(await house.back(storage));
    assert.deepEqual(house.leftovers(), []);
  });
});
