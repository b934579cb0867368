/** Planted values, every byte they could hide in, and whether an order betrays another. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** One way to write a planted value. */
interface Needle {
  what: string;
  bytes: Buffer;
}

/** Where a planted value was found. */
export interface Find {
  what: string;
  where: string;
  at: number;
}

/** Shorter byte strings turn up in sealed data by chance: 6 bytes in 100 MB once in three million runs, 4 bytes often. */
const shortest = 6;

/** Values that must be found nowhere, in every spelling that a program could store. */
export class Needles {
  private readonly byStart = new Map<number, Needle[]>();
  private readonly maybe = new Uint8Array(1 << 20);
  private readonly known = new Set<string>();
  count = 0;

  /** Plants a text: as it is, in both cases, in two-byte characters, as hex, base64 (at each offset) and in an address. */
  text(what: string, value: string): void {
    for (const spelled of new Set([value, value.toLowerCase(), value.toUpperCase()])) {
      const bytes = Buffer.from(spelled);
      this.bytes(what, bytes);
      this.bytes(`${what} in utf-16le`, Buffer.from(spelled, "utf16le"));
      this.bytes(`${what} in utf-16be`, Buffer.from(spelled, "utf16le").swap16());
      this.bytes(`${what} in hex`, Buffer.from(bytes.toString("hex")));
      this.bytes(`${what} in HEX`, Buffer.from(bytes.toString("hex").toUpperCase()));
      this.bytes(`${what} in an address`, Buffer.from(encodeURIComponent(spelled)));
      for (const encoding of ["base64", "base64url"] as const)
        for (const offset of [0, 1, 2]) this.bytes(`${what} in ${encoding}`, inBase64(bytes, offset, encoding));
    }
  }

  /** Plants an account number: its digits, and its value as databases and protocols store integers. */
  number(what: string, value: string): void {
    this.text(what, value);
    const wide = Buffer.alloc(8);
    wide.writeBigUInt64BE(BigInt(value));
    this.bytes(`${what} as an integer`, wide.subarray(2));
    this.bytes(`${what} as an integer`, Buffer.from(wide).reverse().subarray(0, 6));
  }

  /** Plants a receipt: whole and by halves, with hyphens, spaces or nothing. */
  receipt(what: string, shown: string): void {
    const groups = shown.split("-");
    for (const mark of ["-", " ", ""]) {
      this.text(what, groups.join(mark));
      this.text(`half of ${what}`, groups.slice(0, 2).join(mark));
      this.text(`half of ${what}`, groups.slice(3).join(mark));
    }
  }

  /** Every place of a haystack where something planted lies. */
  search(where: string, hay: Uint8Array): Find[] {
    const finds: Find[] = [];
    const { maybe } = this;
    // the four bytes from `at` on, kept up as it moves: memory and logs are hundreds of megabytes
    let start = (hay[0]! << 8) | (hay[1]! << 16) | (hay[2]! << 24);
    for (let at = 0; at + 4 <= hay.length; at++) {
      start = (start >>> 8) | (hay[at + 3]! << 24);
      if (maybe[Math.imul(start, 2_654_435_761) >>> 12] === 0) continue;
      for (const { what, bytes } of this.byStart.get(start >>> 0) ?? []) {
        if (Buffer.compare(bytes, hay.subarray(at, at + bytes.length)) === 0) finds.push({ what, where, at });
      }
    }
    return finds;
  }

  private bytes(what: string, bytes: Buffer): void {
    const key = bytes.toString("latin1");
    if (bytes.length < shortest || this.known.has(key)) return;
    this.known.add(key);
    const start = startOf(bytes, 0);
    this.byStart.set(start, [...(this.byStart.get(start) ?? []), { what, bytes }]);
    this.maybe[Math.imul(start, 2_654_435_761) >>> 12] = 1;
    this.count += 1;
  }
}

function startOf(bytes: Uint8Array, at: number): number {
  return (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0;
}

/** The characters of a base64 text that come from these bytes alone, when they begin so many bytes into a group. */
function inBase64(bytes: Buffer, offset: number, encoding: "base64" | "base64url"): Buffer {
  const text = Buffer.concat([Buffer.alloc(offset), bytes])
    .toString(encoding)
    .replace(/=+$/, "");
  const whole = Math.floor(((offset + bytes.length) * 8) / 6);
  return Buffer.from(text.slice(Math.ceil((offset * 8) / 6), whole));
}

/** Every file below a folder, and the names of files and folders as one more haystack. */
export function everyByte(folder: string): { where: string; bytes: Buffer }[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((e) => e.isFile()).map((e) => join(e.parentPath, e.name));
  const read = files.map((where) => ({ where: where.slice(folder.length + 1), bytes: readFileSync(where) }));
  return [...read, { where: "file names", bytes: Buffer.from(entries.map((e) => e.name).join("\n")) }];
}

/** Writes that a process makes to its standard output and error while `work` runs; they still go out. */
export async function overheard(work: () => Promise<void>): Promise<string> {
  let all = "";
  const restore = ([process.stdout, process.stderr] as const).map((stream) => {
    const write = stream.write;
    stream.write = ((...given: Parameters<typeof write>) => {
      all += typeof given[0] === "string" ? given[0] : Buffer.from(given[0]).toString("latin1");
      return write.apply(stream, given);
    }) as typeof write;
    return () => {
      stream.write = write;
    };
  });
  try {
    await work();
  } finally {
    for (const back of restore) back();
  }
  return all;
}

/**
 * Spearman's rank correlation of two orders of the same things: 1 the same, −1 reversed, 0 unrelated. Of n unrelated
 * things it is normal with a deviation of 1/√(n−1).
 */
export function spearman(one: readonly unknown[], other: readonly unknown[]): number {
  const n = one.length;
  const place = new Map(other.map((thing, at) => [thing, at]));
  const apart = one.reduce<number>((sum, thing, at) => sum + (at - place.get(thing)!) ** 2, 0);
  return 1 - (6 * apart) / (n * (n * n - 1));
}

/** The things in the order of a number that each has. */
export function by<Thing>(things: readonly Thing[], number: (thing: Thing) => number | string): Thing[] {
  return [...things].sort((a, b) => (number(a) < number(b) ? -1 : 1));
}
