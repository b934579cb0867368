/** The process that `easel.ts` starts: decodes a picture and encodes its pixels anew, and ends when the service does. */
import { writeFileSync } from "node:fs";
import sharp, { type Sharp } from "sharp";
import { LIMITS, type Limits, type Order, type Target } from "./easel.ts";

process.on("disconnect", () => process.exit());
try {
  writeFileSync("/proc/self/oom_score_adj", "1000"); // where memory runs out, this process is the one to go
} catch {
  // not Linux
}
// decoding runs in threads of the library, so that this loop sees it grow
let most: number = LIMITS.memory;
setInterval(() => process.memoryUsage.rss() > most && process.exit(1), 20);

// decoded pictures of one report must not linger for the next
sharp.cache(false);

process.on("message", async ({ bytes, target, limits }: Order) => {
  most = limits.memory;
  const drawn = await draw(bytes, target, limits).catch(() => undefined);
  process.send?.({ drawn });
});

async function draw(bytes: Uint8Array, target: Target, { pixels, side, seconds }: Limits): Promise<Uint8Array> {
  const { data, info } = await sharp(bytes, { limitInputPixels: pixels, failOn: "error", pages: 1 })
    .timeout({ seconds })
    .autoOrient()
    .resize({ width: side, height: side, fit: "inside", withoutEnlargement: true })
    .toColourspace("srgb")
    .raw()
    .toBuffer({ resolveWithObject: true });
  // Nothing but pixels crosses this line; encoded directly, a PNG would keep the resolution of its scanner.
  const { width, height, channels } = info;
  return new Uint8Array(await encode(sharp(data, { raw: { width, height, channels } }), target).toBuffer());
}

function encode(image: Sharp, target: Target): Sharp {
  switch (target) {
    case "jpeg":
      return image.jpeg({ quality: 88, chromaSubsampling: "4:4:4" });
    case "png":
      return image.png({ compressionLevel: 7 });
    case "webp":
      return image.webp({ quality: 88 });
  }
}
