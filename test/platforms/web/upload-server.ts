/** A web platform in a process of its own, so that its memory is measured without its client's. */
import { web } from "../../../src/platforms/web.tsx";

const platform = web({ listen: "127.0.0.1:0" });
let bytes = 0;
let peak = 0;
let before = 0;

await platform.open({
  hear: async ({ input }) => {
    if (input.kind === "files")
      for await (const piece of (await input.files[0]!.open()) as unknown as AsyncIterable<Uint8Array>) {
        bytes += piece.length;
        peak = Math.max(peak, process.memoryUsage.rss() - before);
      }
    return { text: "Files", files: { max: 1, bytes: 300 * 1024 * 1024, pick: "Choose" } };
  },
  say: (_locale, key) => `[${key}]`,
  commands: [{ name: "report", where: "private" }],
  locales: ["en"],
  note: () => {},
});
// "measure" tells what happened since the last time, and starts anew.
process.on("message", () => {
  process.send?.({ bytes, peak });
  bytes = 0;
  peak = 0;
  before = process.memoryUsage.rss();
});
process.send?.({ url: platform.url });
