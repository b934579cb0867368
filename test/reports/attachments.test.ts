import assert from "node:assert/strict";
import { crc32, deflateRawSync, deflateSync } from "node:zlib";
import fc from "fast-check";
import sharp from "sharp";
import { cleanImage, IMAGE_LIMITS, inspect, neutralName } from "../../src/reports/attachments.ts";

const PLANTED = "Reporter Lin, 31.2304N 121.4737E, Pixel 9";

describe("reports/attachments: what a file is", () => {
  const rules: [what: string, head: string | Buffer, kind: string, extension: string, verdict: string][] = [
    ["a text", "The teller sells records at noon.", "text", "txt", "fine"],
    ["a Chinese text", "柜员中午卖记录。", "text", "txt", "fine"],
    ["a Chinese text in GBK", Buffer.from("b9f1d4b1c2f4bcc7c2bc", "hex"), "text", "txt", "fine"],
    ["a text in UTF-16", Buffer.from("\ufeffThe teller", "utf16le"), "text", "txt", "fine"],
    ["a text that begins like a picture", "BMW drivers' data", "text", "txt", "fine"],
    ["a text that begins like a program", "MZ is what they call him", "text", "txt", "fine"],
    ["a text with tags further on", "he wrote <b>60 yuan</b> and x < y", "text", "txt", "fine"],
    ["a table", "name,phone\nx,1\n", "text", "txt", "fine"],
    ["plain XML", '<?xml version="1.0"?><orders><order/></orders>', "text", "txt", "fine"],
    ["HTML", "<!DOCTYPE html><p>hi", "text", "bin", "script"],
    ["HTML after blank lines", "\n\t <ScRiPt src=x>", "text", "bin", "script"],
    ["HTML behind a comment", "<!-- a --><html>", "text", "bin", "script"],
    ["HTML in UTF-16", Buffer.from("\ufeff<html><script>", "utf16le"), "text", "bin", "script"],
    ["SVG", '<svg xmlns="http://www.w3.org/2000/svg" onload="x()"/>', "text", "bin", "script"],
    ["SVG in XML", '<?xml version="1.0"?><!-- x --><svg:svg/>', "text", "bin", "script"],
    ["XML with entities", '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><x/>', "text", "bin", "script"],
    ["a shell script", "#!/bin/sh\nrm -rf /", "text", "bin", "script"],
    ["a batch file", "@echo off\r\n", "text", "bin", "script"],
    ["a PHP page", "<?php system('x');", "text", "bin", "script"],
    ["an internet shortcut", "[InternetShortcut]\r\nURL=file:///x", "text", "bin", "script"],
    ["PostScript", "%!PS-Adobe-3.0\n", "other", "bin", "script"],
    [
      "a Windows program",
      Buffer.concat([Buffer.from("MZ\x90\0\x03\0\0\0", "latin1"), Buffer.alloc(300)]),
      "other",
      "bin",
      "executable",
    ],
    [
      "a Linux program",
      Buffer.concat([Buffer.from("\x7fELF\x02\x01\x01\0", "latin1"), Buffer.alloc(60)]),
      "other",
      "bin",
      "executable",
    ],
    ["a Java archive", zip("META-INF/MANIFEST.MF", "Main.class"), "other", "bin", "executable"],
    ["a phone app", zip("res/a.png", "AndroidManifest.xml"), "other", "bin", "executable"],
    ["a Windows installer", cfb("8410 0c00 0000 0000 c000 0000 0000 0046"), "other", "bin", "executable"],
    ["an old Word file", cfb("57006f0072006400 44006f00630075006d0065006e007400"), "office", "doc", "warn"],
    ["a PDF", "%PDF-1.7\n", "pdf", "pdf", "warn"],
    ["an RTF", "{\\rtf1 x}", "office", "rtf", "warn"],
    ["a Word file", zip("[Content_Types].xml", "word/document.xml"), "office", "docx", "warn"],
    ["a zip", zip("a.txt", "b.txt"), "archive", "zip", "warn"],
    ["a gzip", Buffer.from("1f8b0800000000000003", "hex"), "archive", "gz", "warn"],
    [
      "an MP3",
      Buffer.concat([Buffer.from("ID3\x03\0\0\0\0\0\0", "latin1"), Buffer.from("fffb9000", "hex"), Buffer.alloc(400)]),
      "audio",
      "bin",
      "voice",
    ],
    ["a voice note (Ogg Opus)", ogg("OpusHead"), "audio", "bin", "voice"],
    ["a voice note in an MP4", mp4("soun"), "audio", "bin", "voice"],
    ["a voice note in a WebM", webm("A_OPUS"), "audio", "bin", "voice"],
    ["a film", mp4("vide"), "video", "mp4", "warn"],
    ["a film with sound", Buffer.concat([mp4("soun"), mp4("vide")]), "video", "mp4", "warn"],
    ["a WebM film", Buffer.concat([webm("V_VP8"), Buffer.from("A_OPUS")]), "video", "webm", "warn"],
    ["a HEIC picture", Buffer.from("\0\0\0\x18ftypheic\0\0\0\0mif1heic", "latin1"), "image", "bin", "image-format"],
    ["random bytes", Buffer.from("0001fffe90a1c3d5e7f900010203", "hex"), "other", "bin", "warn"],
  ];
  for (const [what, content, kind, extension, expected] of rules) {
    it(`${what}: ${expected}`, async () => {
      const head = Buffer.from(content);
      const verdict = await inspect(head, head.length);
      const said = verdict.allowed ? (verdict.warn ? "warn" : "fine") : verdict.why;
      assert.deepEqual([verdict.kind, verdict.extension, said], [kind, extension, expected], verdict.type);
      assert.equal(verdict.allowed, verdict.why === undefined);
    });
  }

  it("nothing at all: empty", async () => {
    const verdict = await inspect(new Uint8Array(0), 0);
    assert.deepEqual([verdict.allowed, verdict.why], [false, "empty"]);
  });

  it("a text whose head ends inside a character is still a text", async () => {
    const long = Buffer.from("卖".repeat(3000));
    for (const end of [4098, 4099, 4100])
      assert.equal((await inspect(long.subarray(0, end), long.length)).kind, "text");
  });

  for (const format of ["jpeg", "png", "webp", "gif", "tiff", "avif"] as const) {
    it(`a ${format}: a picture that can be cleaned`, async () => {
      const bytes = await picture().toFormat(format).toBuffer();
      const verdict = await inspect(bytes.subarray(0, 4100), bytes.length);
      assert.deepEqual([verdict.kind, verdict.allowed, verdict.warn, verdict.cleanable], ["image", true, false, true]);
    });
  }

  it("never fails, whatever the bytes", async () => {
    const magic = fc.constantFrom(
      "",
      "PK\x03\x04",
      "MZ",
      "\x89PNG\r\n\x1a\n",
      "\xff\xd8\xff",
      "%PDF",
      "<?xml",
      "\0\0\0\x18ftyp",
      "OggS",
      "\x1aE\xdf\xa3",
      "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
      "ID3",
    );
    await fc.assert(
      fc.asyncProperty(magic, fc.uint8Array({ maxLength: 4000, size: "max" }), async (start, rest) => {
        const head = Buffer.concat([Buffer.from(start, "latin1"), rest]);
        const verdict = await inspect(head, head.length + 1);
        assert.match(verdict.extension, /^[a-z0-9.]{1,8}$/);
        assert.equal(verdict.allowed, verdict.why === undefined);
        if (["script", "executable", "audio"].includes(verdict.kind)) assert.equal(verdict.allowed, false);
      }),
      { numRuns: 200 },
    );
  });

  it("does not stumble over a text that is made to make it slow", async () => {
    const nasty = ["<!---->", "<?xml ", "<?xml>", " ", "<", "hdlr", "[", "<?xml <a:", "V_", "A_"];
    const started = performance.now();
    for (const piece of nasty) {
      const head = Buffer.from(piece.repeat(4100).slice(0, 4100));
      await inspect(head, 1_000_000);
    }
    assert.ok(performance.now() - started < 2000);
  });
});

describe("reports/attachments: clean pictures", () => {
  const clean = (bytes: Uint8Array) => cleanImage(from(bytes));
  const unreadable = { code: "image-unreadable", message: "image-unreadable" };

  for (const format of ["jpeg", "png", "webp", "tiff", "avif"] as const) {
    it(`take place, device, profile and resolution out of a ${format}`, async () => {
      const planted = await picture()
        .withExif({
          IFD0: { Artist: PLANTED, Make: PLANTED },
          IFD3: { GPSLatitudeRef: "N", GPSLatitude: "31/1 13/1 49/1" },
        })
        .withXmp(`<x:xmpmeta xmlns:x="adobe:ns:meta/">${PLANTED}</x:xmpmeta>`)
        .withIccProfile("p3")
        .withDensity(317)
        .toFormat(format)
        .toBuffer();
      assert.ok(planted.includes(PLANTED), "the test has planted nothing");
      const { bytes, type, extension } = await clean(planted);
      const found = await sharp(bytes).metadata();
      assert.equal(found.exif ?? found.xmp ?? found.icc ?? found.iptc ?? found.comments, undefined);
      assert.notEqual(found.density, 317);
      assert.deepEqual([found.width, found.height], [60, 40]);
      for (const word of [PLANTED, "Reporter", "Exif", "GPS", "xmpmeta"])
        assert.ok(!Buffer.from(bytes).includes(word), word);
      assert.deepEqual(
        [type, extension],
        {
          jpeg: ["image/jpeg", "jpg"],
          png: ["image/png", "png"],
          webp: ["image/webp", "webp"],
          tiff: ["image/png", "png"],
          avif: ["image/jpeg", "jpg"],
        }[format],
      );
    });
  }

  it("take comments out of a PNG", async () => {
    const good = await picture().png().toBuffer();
    const end = good.length - 12; // IEND
    const texts = [
      chunk("tEXt", Buffer.from(`Author\0${PLANTED}`)),
      chunk("tIME", Buffer.from([7, 234, 11, 23, 6, 47, 10])),
      chunk("prVt", Buffer.from(PLANTED)),
    ];
    const { bytes } = await clean(Buffer.concat([good.subarray(0, end), ...texts, good.subarray(end)]));
    for (const word of [PLANTED, "tEXt", "tIME", "prVt"]) assert.ok(!Buffer.from(bytes).includes(word), word);
  });

  it("take away what is appended", async () => {
    const hidden = zip("secret.exe", PLANTED);
    const { bytes } = await clean(Buffer.concat([await picture().jpeg().toBuffer(), hidden]));
    for (const word of [PLANTED, "PK\x03\x04", "secret.exe"]) assert.ok(!Buffer.from(bytes).includes(word), word);
    assert.equal(Buffer.from(bytes).subarray(-2).toString("hex"), "ffd9");
  });

  it("stand upright although the mark that said so is gone", async () => {
    const lying = await picture().withMetadata({ orientation: 6 }).jpeg().toBuffer();
    const { width, height, orientation } = await sharp((await clean(lying)).bytes).metadata();
    assert.deepEqual([width, height, orientation], [40, 60, undefined]);
  });

  it("keep their colours, transparency and first frame", async () => {
    const red = (await sharp((await clean(await picture().png().toBuffer())).bytes).stats()).dominant;
    assert.ok(red.r > 180 && red.g < 80 && red.b < 80);
    const glass = sharp({ create: { width: 9, height: 9, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 0.5 } } });
    assert.equal((await sharp((await clean(await glass.webp().toBuffer())).bytes).metadata()).hasAlpha, true);
    const frames = await sharp([await picture().png().toBuffer(), await picture().negate().png().toBuffer()], {
      join: { animated: true },
    })
      .gif()
      .toBuffer();
    assert.equal((await sharp(frames).metadata()).pages, 2);
    const still = await sharp((await clean(frames)).bytes).metadata();
    assert.deepEqual([still.format, still.pages, still.height], ["png", undefined, 40]);
  });

  it("are at most 4,096 pixels wide", async () => {
    const wide = sharp({ create: { width: 6000, height: 30, channels: 3, background: "#fff" } });
    const { width, height } = await sharp((await clean(await wide.png().toBuffer())).bytes).metadata();
    assert.deepEqual([width, height], [IMAGE_LIMITS.side, 20]);
  });

  it("do not come from a bomb", async () => {
    const bomb = png(30_000, 30_000);
    assert.ok(bomb.length < 200_000, "the bomb is small");
    const before = process.memoryUsage.rss();
    await assert.rejects(clean(bomb), unreadable);
    assert.ok(process.memoryUsage.rss() - before < 50 * 1024 * 1024, "it was refused by its header");
  });

  it("do not come from more bytes than a picture may have", async () => {
    let given = 0;
    let cancelled = false;
    const endless = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        given += 8 * 1024 * 1024;
        controller.enqueue(new Uint8Array(8 * 1024 * 1024));
      },
      cancel: () => {
        cancelled = true;
      },
    });
    await assert.rejects(cleanImage(endless), unreadable);
    assert.ok(cancelled && given < 2 * IMAGE_LIMITS.bytes);
  });

  it("do not come from anything else", async () => {
    const whole = await sharp(Buffer.from(Array.from({ length: 30_000 }, (_, i) => (i * 7919) % 251)), {
      raw: { width: 100, height: 100, channels: 3 },
    })
      .jpeg()
      .toBuffer();
    const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><image href="/etc/passwd"/></svg>';
    const others: [string, Uint8Array][] = [
      ["nothing", new Uint8Array(0)],
      ["a cut picture", whole.subarray(0, whole.length / 2)],
      ["a head only", whole.subarray(0, 20)],
      ["a drawing that can load files", Buffer.from(svg)],
      ["a program", Buffer.concat([Buffer.from("MZ\x90\0\x03\0\0\0", "latin1"), Buffer.alloc(300)])],
      ["a PDF", Buffer.from("%PDF-1.4\n")],
    ];
    for (const [what, bytes] of others) await assert.rejects(clean(bytes), unreadable, what);
  });

  it("pass a broken source on as it is", async () => {
    const broken = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.error(Object.assign(new Error(), { code: "blob-unreadable" })),
    });
    await assert.rejects(cleanImage(broken), { code: "blob-unreadable" });
  });
});

it("reports/attachments: names tell a number and a kind", () => {
  assert.equal(neutralName(1, "jpg"), "file-1.jpg");
  assert.equal(neutralName(2, "../../etc/passwd"), "file-2.bin");
  assert.equal(neutralName(3, "tar.gz"), "file-3.bin");
  assert.equal(neutralName(4, ""), "file-4.bin");
});

function picture() {
  return sharp({ create: { width: 60, height: 40, channels: 3, background: "#cc3333" } });
}

function from(bytes: Uint8Array): ReadableStream<Uint8Array> {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) return controller.close();
      controller.enqueue(bytes.subarray(at, at + 1000));
      at += 1000;
    },
  });
}

/** A zip with these files, each holding its own name. */
function zip(...files: string[]): Buffer {
  return Buffer.concat(
    files.map((name) => {
      const body = Buffer.from(name);
      const packed = deflateRawSync(body);
      const head = Buffer.alloc(30);
      head.write("PK\x03\x04", "latin1");
      head.writeUInt16LE(20, 4);
      head.writeUInt16LE(8, 8);
      head.writeUInt32LE(crc32(body), 14);
      head.writeUInt32LE(packed.length, 18);
      head.writeUInt32LE(body.length, 22);
      head.writeUInt16LE(name.length, 26);
      return Buffer.concat([head, body, packed]);
    }),
  );
}

/** The start of an OLE2 compound file with these bytes in its directory. */
function cfb(hex: string): Buffer {
  const magic = Buffer.from("d0cf11e0a1b11ae1", "hex");
  return Buffer.concat([magic, Buffer.alloc(600), Buffer.from(hex.replaceAll(" ", ""), "hex"), Buffer.alloc(400)]);
}

function mp4(handler: string): Buffer {
  return Buffer.from(
    `\0\0\0\x18ftypisom\0\0\x02\0isommp42\0\0\x10\0moov\0\0\0\x21hdlr\0\0\0\0\0\0\0\0${handler}`,
    "latin1",
  );
}

function ogg(codec: string): Buffer {
  return Buffer.concat([Buffer.from("OggS\0\x02", "latin1"), Buffer.alloc(22), Buffer.from(codec), Buffer.alloc(60)]);
}

function webm(codec: string): Buffer {
  const head = Buffer.from("1a45dfa39f4286810142f7810142f2810442f381084282847765626d", "hex");
  return Buffer.concat([head, Buffer.alloc(8), Buffer.from(codec)]);
}

function chunk(type: string, body: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type), body]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(body.length, 0);
  frame.writeUInt32BE(crc32(named), 4);
  return Buffer.concat([frame.subarray(0, 4), named, frame.subarray(4)]);
}

/** A black picture of one bit a pixel. */
function png(width: number, height: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = 1;
  const pixels = deflateSync(Buffer.alloc(height * (Math.ceil(width / 8) + 1)));
  const magic = Buffer.from("\x89PNG\r\n\x1a\n", "latin1");
  return Buffer.concat([magic, chunk("IHDR", header), chunk("IDAT", pixels), chunk("IEND", Buffer.alloc(0))]);
}
