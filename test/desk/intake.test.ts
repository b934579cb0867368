import assert from "node:assert/strict";
import sharp from "sharp";
import type { Counter } from "../../src/desk/counter.ts";
import { takeIn } from "../../src/desk/intake.ts";
import { BlobError } from "../../src/storage/blob-error.ts";

/** Files in memory; each that is opened waits at a gate until the test lets it through. */
function shelf() {
  const kept = new Map<string, Uint8Array>();
  const gates: (() => void)[] = [];
  let open = 0;
  let most = 0;
  let failing: Error | undefined;
  const blobs = {
    async stage(body: ReadableStream<Uint8Array>) {
      const whole = Buffer.from(await new Response(body).arrayBuffer());
      if (failing && kept.size > 0) throw failing;
      const id = String(kept.size);
      kept.set(id, whole);
      return { id, secret: "", bytes: whole.length, sha256: "", head: whole.subarray(0, 4100) };
    },
    async open(id: string) {
      open += 1;
      most = Math.max(most, open);
      await new Promise<void>((go) => gates.push(go));
      open -= 1;
      return new Blob([kept.get(id) as Uint8Array<ArrayBuffer>]).stream();
    },
    async remove() {},
  };
  const counter = { blobs, today: () => 1 } as unknown as Counter;
  return {
    take: (bytes: Uint8Array) =>
      takeIn(
        counter,
        { name: "x", type: "", open: async () => new Blob([bytes as Uint8Array<ArrayBuffer>]).stream() },
        1_000_000,
      ),
    fail(error: Error) {
      failing = error;
    },
    staged: () => kept.size,
    waiting: () => gates.length,
    most: () => most,
    async pass() {
      while (gates.length === 0) await new Promise((go) => setImmediate(go));
      gates.shift()!();
    },
  };
}

describe("pictures on their way in", () => {
  let picture: Uint8Array;
  before(async () => {
    picture = await sharp({ create: { width: 8, height: 8, channels: 3, background: "#123456" } })
      .png()
      .toBuffer();
  });

  it("are cleaned two at a time, all of them in the end, broken ones too", async () => {
    const { take, staged, waiting, most, pass } = shelf();
    const broken = Buffer.concat([picture.subarray(0, 40), Buffer.alloc(40)]);
    const taken = Promise.all([picture, broken, broken, picture, picture, broken, picture].map((bytes) => take(bytes)));
    while (staged() < 7 || waiting() < 2) await new Promise((go) => setImmediate(go));
    for (let i = 0; i < 20; i++) await new Promise((go) => setImmediate(go));
    assert.equal(waiting(), 2);
    for (let i = 0; i < 7; i++) await pass();
    assert.deepEqual(
      (await taken).map((t) => (t.ok ? t.file.type : t.why)),
      ["png", "", "", "png", "png", "", "png"].map((type) => (type ? `image/${type}` : "image-unreadable")),
    );
    assert.equal(most(), 2);
  });

  it("whose clean copy finds no room are refused for that, not as unreadable", async () => {
    const { take, fail, pass } = shelf();
    fail(new BlobError("disk-full"));
    const taken = take(picture);
    await pass();
    assert.deepEqual(await taken, { ok: false, why: "disk-full" });
  });
});
