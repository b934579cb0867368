/** P4, attacked by files: a picture that bursts, lies about what it is or kills its decoder takes nobody's report with it. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { deflateSync } from "node:zlib";
import sharp from "sharp";
import { cleanImage, inspect } from "../../src/reports/attachments.ts";
import { drawAnew, LIMITS, type Limits } from "../../src/reports/easel.ts";
import { times } from "../support/long.ts";
import { skipFor } from "../support/missing.ts";
import { dice } from "../support/walk.ts";

const stream = (bytes: Uint8Array) => new Blob([bytes as Uint8Array<ArrayBuffer>]).stream();
const unreadable = { code: "image-unreadable", message: "image-unreadable" };
const small = () => sharp({ create: { width: 64, height: 48, channels: 3, background: "#842" } });
/** Detail, so that decoding takes a while. */
const large = () =>
  sharp({
    create: {
      width: 2500,
      height: 2000,
      channels: 3,
      background: "#842",
      noise: { type: "gaussian", mean: 128, sigma: 60 },
    },
  })
    .png({ compressionLevel: 1 })
    .toBuffer();

/** Processes that this one started. */
const children = (): number[] =>
  readdirSync("/proc/self/task").flatMap((task) =>
    readFileSync(`/proc/self/task/${task}/children`, "utf8").trim().split(" ").filter(Boolean).map(Number),
  );
const isEasel = (pid: number): boolean => readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("easel-process");

const mebibyte = 1024 * 1024;

/**
 * Draws a picture under other limits, in a process that has drawn none but a small one. Answers what came of it, the most memory
 * that the process had (bytes), and whether it is still there.
 */
async function drawn(picture: Buffer, limits: Partial<Limits>): Promise<{ came: string; most: number; left: boolean }> {
  for (const pid of children().filter(isEasel)) process.kill(pid, "SIGKILL");
  // the first may be given to the one that was just ended
  const tiny = await small().png().toBuffer();
  while (!(await drawAnew(tiny, "png").catch(() => undefined)));
  const pid = children().find(isEasel)!;
  let over = false;
  const drawing = drawAnew(picture, "png", { ...LIMITS, ...limits })
    .then(
      () => "drawn",
      (error: Error) => error.message,
    )
    .finally(() => {
      over = true;
    });
  let most = 0;
  while (!over) {
    most = Math.max(most, memoryOf(pid));
    await new Promise(setImmediate);
  }
  const came = await drawing;
  // who was told to end ends at once, and is there until then
  while (came !== "drawn" && children().includes(pid)) await new Promise(setImmediate);
  return { came, most, left: children().includes(pid) };
}

/** The most that a process has had in memory; 0 when it is gone. */
function memoryOf(pid: number): number {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}

describe("P4: files that attack", function () {
  this.timeout(120_000);

  it("a decoder that dies takes its own picture with it and nothing else: the next one is drawn", async function () {
    if (process.platform !== "linux") return skipFor(this, "processes are found in /proc");
    const picture = await large();
    const drawing = cleanImage(stream(picture));
    const refused = assert.rejects(drawing, unreadable);
    let easels: number[] = [];
    while (easels.length === 0) {
      await new Promise(setImmediate);
      easels = children().filter(isEasel);
    }
    for (const pid of easels) process.kill(pid, "SIGSEGV");
    await refused;
    assert.equal((await cleanImage(stream(await small().png().toBuffer()))).type, "image/png");
  });

  it("a decoder that takes too much memory, or too long, is ended, and the next picture is drawn", async function () {
    if (process.platform !== "linux") return skipFor(this, "processes are found in /proc");
    const picture = await large();
    const within = await drawn(picture, {});
    assert.equal(within.came, "drawn");
    assert.ok(within.left, "it waits for the next one");
    const memory = 140 * mebibyte;
    assert.ok(within.most > memory, `it needs ${within.most} bytes: the limit below would not be met`);
    const heavy = await drawn(picture, { memory });
    assert.deepEqual([heavy.came, heavy.left], ["image-unreadable", false]);
    assert.ok(heavy.most < within.most, `${heavy.most} bytes of ${within.most}`);
    const slow = await drawn(picture, { patience: 0.1 });
    assert.deepEqual([slow.came, slow.left], ["image-unreadable", false]);
    assert.equal((await cleanImage(stream(await small().png().toBuffer()))).type, "image/png");
    // what holds where nobody lowers it
    assert.ok(LIMITS.memory <= 1024 * mebibyte && LIMITS.patience <= 25 && LIMITS.seconds < LIMITS.patience);
  });

  it("the decoder holds nothing of ours: no key, no token, no address of a database", async function () {
    if (process.platform !== "linux") return skipFor(this, "processes are found in /proc");
    process.env.QUIETLINE_PLANTED_KEY = "AGE-SECRET-KEY-PQ-PLANTED";
    try {
      // one that is at rest may be older than the key
      for (const pid of children().filter(isEasel)) process.kill(pid, "SIGKILL");
      await cleanImage(stream(await small().png().toBuffer())).catch(() => undefined);
      await cleanImage(stream(await small().png().toBuffer()));
      const easels = children().filter(isEasel);
      assert.ok(easels.length > 0);
      for (const pid of easels) assert.ok(!readFileSync(`/proc/${pid}/environ`).includes("PLANTED"));
    } finally {
      delete process.env.QUIETLINE_PLANTED_KEY;
    }
  });

  it("bombs are refused, and this process does not grow by them", async () => {
    const largest = "a PNG of 200 KB that unpacks to 200 MB";
    const bombs: [string, Buffer][] = [
      ["a PNG of 30,000 by 30,000", png(30_000, 30_000)],
      [largest, png(7000, 7000, deflateSync(Buffer.alloc(200 * 1024 * 1024), { level: 9 }))],
      [
        "a GIF of 65,535 by 65,535",
        Buffer.from(
          "47494638396100ffffffff800000000000ffffff2c00000000ffffffff000002024401003b".replace(
            "00ffffffff80",
            "ffffffff80",
          ),
          "hex",
        ),
      ],
      ["a TIFF that refers to itself", Buffer.from("49492a0008000000010000010300010000000100000008000000", "hex")],
    ];
    for (const [what, bomb] of bombs) {
      const before = process.memoryUsage.rss();
      // as large as a picture may be it is drawn; beyond that it is refused
      const came = await cleanImage(stream(bomb)).catch((error: { code: string }) => error.code);
      assert.ok(came === "image-unreadable" || what === largest, what);
      assert.ok(process.memoryUsage.rss() - before < 150 * 1024 * 1024, what);
    }
    assert.equal((await cleanImage(stream(await small().jpeg().toBuffer()))).type, "image/jpeg");
  });

  it("archives are never unpacked: a bomb is an archive, as small as it came", async () => {
    const zeros = deflateSync(Buffer.alloc(50 * 1024 * 1024), { level: 9 });
    for (const head of [
      Buffer.concat([Buffer.from("PK\x03\x04", "latin1"), Buffer.alloc(26), zeros]),
      Buffer.concat([Buffer.from("1f8b0800000000000003", "hex"), zeros]),
    ]) {
      const before = process.memoryUsage.rss();
      const verdict = await inspect(head.subarray(0, 4100), head.length);
      assert.ok(["archive", "other"].includes(verdict.kind) && verdict.warn);
      assert.ok(process.memoryUsage.rss() - before < 20 * 1024 * 1024);
    }
  });

  it("what is two things at once leaves as one: a picture that is also a page, a script or an archive", async () => {
    const tails = [
      "<html><script>alert(1)</script></html>",
      "PK\x03\x04\x14\0secret.exe",
      "#!/bin/sh\nrm -rf /",
      "%PDF-1.7\n1 0 obj",
      "<?php system($_GET['c']); ?>",
      "MZ\x90\0\x03",
    ];
    for (const format of ["png", "jpeg", "gif", "webp"] as const)
      for (const tail of tails) {
        const both = Buffer.concat([await small().toFormat(format).toBuffer(), Buffer.from(tail, "latin1")]);
        const verdict = await inspect(both.subarray(0, 4100), both.length);
        assert.equal(verdict.kind, "image");
        const { bytes } = await cleanImage(stream(both));
        assert.ok(!Buffer.from(bytes).includes(tail), `${format} with ${tail}`);
      }
    for (const page of ["GIF89a=1;/*<script>*/", "<!-- \x89PNG -->", "%PDF-1.4 <script>alert(1)</script>"]) {
      const verdict = await inspect(Buffer.from(page, "latin1"), page.length);
      assert.ok(!verdict.type.includes("html") && !verdict.type.includes("svg"), verdict.type);
    }
  });

  it("broken in every way, a picture is drawn or refused, and never anything else", async () => {
    const random = dice(7);
    const whole = await Promise.all(
      (["png", "jpeg", "gif", "webp", "tiff", "avif"] as const).map((format) => small().toFormat(format).toBuffer()),
    );
    for (let n = 0; n < times(60, 5000); n++) {
      const broken = Buffer.from(whole[n % whole.length]!);
      for (let bits = 0; bits < 1 + (n % 8); bits++)
        broken[Math.floor(random() * broken.length)]! ^= 1 << Math.floor(random() * 8);
      const given = n % 5 === 0 ? broken.subarray(0, Math.floor(random() * broken.length)) : broken;
      const came = await cleanImage(stream(given)).catch((error: Error) => error);
      if (came instanceof Error)
        assert.deepEqual(
          { message: came.message, name: came.name },
          { message: "image-unreadable", name: "AttachmentError" },
        );
      else assert.ok((await sharp(came.bytes).metadata()).width! <= 4096);
    }
  });
});

/** A PNG of so many pixels, whatever stands in its body. */
function png(width: number, height: number, body = deflateSync(Buffer.alloc(64))): Buffer {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 6, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from("89504e470d0a1a0a", "hex"),
    chunk("IHDR", head),
    chunk("IDAT", body),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

function chunk(type: string, body: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type), body]);
  const framed = Buffer.alloc(named.length + 8);
  framed.writeUInt32BE(body.length, 0);
  framed.set(named, 4);
  framed.writeUInt32BE(crc(named), named.length + 4);
  return framed;
}

function crc(bytes: Buffer): number {
  let c = -1;
  for (const byte of bytes) {
    c ^= byte;
    for (let bit = 0; bit < 8; bit++) c = (c >>> 1) ^ (c & 1 ? 0xedb88320 : 0);
  }
  return ~c >>> 0;
}
