/** What a core dump of a running process would hold, read without stopping it (Linux). */
import { closeSync, openSync, readFileSync, readSync } from "node:fs";

/** Every writable region of its memory. Needs the right to trace it: our own child, or root. */
export function memoryOf(pid: number): { where: string; bytes: Buffer }[] {
  const regions = readFileSync(`/proc/${pid}/maps`, "utf8")
    .split("\n")
    .flatMap((line) => {
      const match = /^([0-9a-f]+)-([0-9a-f]+) rw\S* \S+ \S+ \S+\s*(.*)$/.exec(line);
      return match ? [{ from: BigInt(`0x${match[1]}`), to: BigInt(`0x${match[2]}`), name: match[3] ?? "" }] : [];
    });
  const memory = openSync(`/proc/${pid}/mem`, "r");
  try {
    return regions.flatMap(({ from, to, name }) => {
      if (name.startsWith("[v")) return [];
      const bytes = Buffer.alloc(Number(to - from));
      try {
        const read = readSync(memory, bytes, 0, bytes.length, from);
        return [{ where: `memory ${name || "without a name"}`, bytes: bytes.subarray(0, read) }];
      } catch {
        return []; // reserved, never used: there is nothing behind it
      }
    });
  } finally {
    closeSync(memory);
  }
}
