/**
 * Where tests keep what they make: in memory, where the machine has enough of it for that. Houses in tests are made by the
 * hundred and write each turn to the disk before they answer, which costs a test its time and proves nothing to it.
 * `TMPDIR` chooses another place.
 */
import { accessSync, constants, statfsSync } from "node:fs";

const memory = "/dev/shm";
const enough = 1 << 30;

if (!process.env.TMPDIR)
  try {
    accessSync(memory, constants.W_OK);
    const { bavail, bsize } = statfsSync(memory);
    if (bavail * bsize >= enough) process.env.TMPDIR = memory;
  } catch {
    // none here: the disk does as well
  }
