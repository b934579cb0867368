/** Makes a backup in a process of its own, to be killed. Arguments: database, state folder, backup folder; says how far it is, and waits for a word. */
import { once } from "node:events";
import { makeBackup } from "../../src/backup.ts";
import { keysOf } from "../../src/crypto/keys.ts";
import { openStorage } from "../../src/storage/storage.ts";

const [, , url = "", home = "", folder = "", identity = ""] = process.argv;
const storage = await openStorage(url);
const keys = await keysOf(identity);
process.send?.("ready");
const [share] = (await once(process, "message")) as [number];
await makeBackup(
  {
    storage,
    home,
    keys,
    today: 20_000,
    progress: (done, total) => {
      if (done / total >= share) process.kill(process.pid, "SIGKILL");
    },
  },
  folder,
);
