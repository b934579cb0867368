/**
 * A case as one archive to be handed over: what was told as Markdown and as PDF, its files, and last a manifest with the
 * SHA-256 of each, worked out from the very bytes that went in. Nothing is written to a disk.
 */
import { createHash } from "node:crypto";
import { pack } from "tar-stream";
import { markdown, type Paper, pdf } from "./paper.ts";

export interface Enclosed {
  name: string;
  bytes: number;
  open(): Promise<ReadableStream<Uint8Array>>;
}

export interface Manifest {
  package: "quietline-referral";
  version: 1;
  code: string;
  /** The day on which it was made: 2030-05-14. */
  day: string;
  to: string;
  files: { name: string; bytes: number; sha256: string }[];
}

/** Streams the tar archive. @param day days since 1970. Fails half-way when a file cannot be opened whole */
export async function packed(
  about: { code: string; to: string; day: number },
  paper: Paper,
  files: Enclosed[],
): Promise<{ bytes: number; stream: ReadableStream<Uint8Array> }> {
  const text = Buffer.from(markdown(paper));
  const drawn = Buffer.from(await pdf(paper, about.day));
  const inside: Enclosed[] = [
    { name: "report.md", bytes: text.length, open: async () => new Blob([text]).stream() },
    { name: "report.pdf", bytes: drawn.length, open: async () => new Blob([drawn]).stream() },
    ...files.map((file) => ({ ...file, name: `files/${file.name}` })),
  ];
  const archive = pack();
  archive.on("error", () => undefined); // met by whoever reads the stream
  const folder = about.code;
  const entry = (name: string, size: number) => ({ name: `${folder}/${name}`, size, mtime: new Date(0), mode: 0o600 });

  async function fill(): Promise<void> {
    const listed: Manifest["files"] = [];
    for (const { name, bytes, open } of inside) {
      const hash = createHash("sha256");
      await new Promise<void>((resolve, reject) => {
        const sink = archive.entry(entry(name, bytes), (error) => (error ? reject(error) : resolve()));
        sink.on("error", reject); // an error that nobody listens to would end the process
        pour(open, async (chunk) => {
          hash.update(chunk);
          if (!sink.write(chunk)) await new Promise<void>((drained) => sink.once("drain", drained));
        }).then(() => sink.end(null), reject);
      });
      listed.push({ name, bytes, sha256: hash.digest("hex") });
    }
    const manifest: Manifest = {
      package: "quietline-referral",
      version: 1,
      code: about.code,
      day: new Date(about.day * 86_400_000).toISOString().slice(0, 10),
      to: about.to,
      files: listed,
    };
    const last = Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`);
    await new Promise<void>((resolve, reject) => {
      archive.entry(entry("manifest.json", last.length), last, (error) => (error ? reject(error) : resolve()));
    });
    archive.finalize();
  }

  fill().catch((error: unknown) => archive.destroy(error instanceof Error ? error : new Error("not packed")));
  const block = (bytes: number) => 512 + Math.ceil(bytes / 512) * 512;
  return {
    bytes: inside.reduce((sum, { bytes }) => sum + block(bytes), block(200 * (inside.length + 1)) + 1024),
    stream: ReadableStream.from(archive as AsyncIterable<Uint8Array>) as ReadableStream<Uint8Array>,
  };
}

async function pour(open: Enclosed["open"], write: (chunk: Uint8Array) => Promise<void>): Promise<void> {
  const reader = (await open()).getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    await write(value);
  }
}
