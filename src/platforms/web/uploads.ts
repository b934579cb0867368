/**
 * Files on their way in, as streams and one after the other: the next part is not read before the last one has been
 * consumed, the network itself is slowed down, and nothing touches the disk.
 */
import type { IncomingMessage } from "node:http";
import type { Readable } from "node:stream";
import { Busboy } from "@fastify/busboy";
import type { Upload } from "../../bot/screen.ts";
import { bodyLimit } from "./read.ts";

/** Why a stream of an upload ended early; carries no name and no content. */
export class UploadCut extends Error {
  readonly code: "upload-broken" | "upload-too-large";
  constructor(code: "upload-broken" | "upload-too-large") {
    super(code);
    this.code = code;
  }
}

/** A part of a multipart body. */
export type Part =
  | { kind: "field"; name: string; value: string }
  | {
      kind: "file";
      /** The file; its stream fails when more than `limit` bytes come, or when the sender goes away. */
      upload(limit: number): Upload;
      /** Reads to the end whatever was left; must be called before the next part is asked for. */
      skip(): Promise<void>;
      /** More than the limit came. */
      tooLarge(): boolean;
    };

/** After so many thrown-away bytes of one file the connection is cut. */
const patience = 2 * 1024 * 1024 * 1024;

/**
 * The parts of a multipart body in their order. File inputs that were left empty are not among them.
 * @throws UploadCut when the body is malformed or the sender goes away; open streams of files fail with it too
 */
export async function* readParts(incoming: IncomingMessage): AsyncGenerator<Part> {
  const queue: ({ kind: "field"; name: string; value: string } | { kind: "file"; file: Source })[] = [];
  const open = new Set<Readable>();
  const state = { ended: false, cut: undefined as UploadCut | undefined, small: 0, wake: (): void => {} };
  const fail = (code: UploadCut["code"]): void => {
    state.cut ??= new UploadCut(code);
    for (const stream of open) stream.destroy(state.cut);
    state.wake();
  };
  const lost = (): void => fail("upload-broken");
  const parser = startParser(incoming);
  parser.on("field", (name: string | undefined, value, _nameCut, valueCut) => {
    if (name === undefined) return lost(); // no browser sends a field without a name
    state.small += name.length + value.length;
    if (valueCut || state.small > bodyLimit) return fail("upload-too-large");
    queue.push({ kind: "field", name, value });
    state.wake();
  });
  parser.on("file", (_field, stream, name, _encoding, type) => {
    open.add(stream);
    // Without a listener an error on a stream nobody reads yet would end the process.
    stream.on("error", () => open.delete(stream)).on("end", () => open.delete(stream));
    queue.push({ kind: "file", file: { stream, name: name ?? "", type } });
    state.wake();
  });
  parser.on("finish", () => {
    state.ended = true;
    state.wake();
  });
  for (const event of ["error", "fieldsLimit", "partsLimit"] as const) parser.on(event, lost);
  const gone = (): void => {
    if (!incoming.complete) lost();
  };
  incoming.on("error", lost).on("close", gone).pipe(parser);
  try {
    for (;;) {
      const next = queue.shift();
      if (next?.kind === "field") yield next;
      else if (next) {
        const part = await startFile(next.file, incoming);
        if (part) yield part;
      } else if (state.cut) throw state.cut;
      else if (state.ended) return;
      else
        await new Promise<void>((resolve) => {
          state.wake = resolve;
        });
    }
  } finally {
    incoming.unpipe(parser).resume();
  }
}

interface Source {
  stream: Readable;
  name: string;
  type: string;
}

function startParser(incoming: IncomingMessage) {
  try {
    return new Busboy({
      headers: { ...incoming.headers, "content-type": incoming.headers["content-type"] ?? "" },
      fileHwm: 64 * 1024,
      limits: { fieldSize: bodyLimit, fields: 500, parts: 600, headerPairs: 50, headerSize: 8 * 1024 },
    });
  } catch {
    throw new UploadCut("upload-broken"); // no boundary: the parser says so by throwing
  }
}

/** Waits for the first bytes, because only they tell a file from an input that was left empty. */
async function startFile(source: Source, incoming: IncomingMessage): Promise<Part | undefined> {
  const pieces = source.stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  const first = await pieces.next();
  if (first.done && source.name === "") return undefined;
  let ahead: IteratorResult<Buffer> | undefined = first;
  let over = false;
  const pull = async (): Promise<Buffer | undefined> => {
    const piece = ahead ?? (await pieces.next());
    ahead = undefined;
    return piece.done ? undefined : piece.value;
  };
  return {
    kind: "file",
    tooLarge: () => over,
    upload: (limit) => ({
      name: source.name,
      type: source.type,
      open: async () => {
        let bytes = 0;
        return new ReadableStream<Uint8Array>(
          {
            async pull(controller) {
              const piece = await pull();
              if (!piece) return controller.close();
              bytes += piece.length;
              over ||= bytes > limit;
              if (over) controller.error(new UploadCut("upload-too-large"));
              else controller.enqueue(piece);
            },
          },
          { highWaterMark: 0 },
        );
      },
    }),
    async skip() {
      try {
        for (let bytes = 0, piece = await pull(); piece; piece = await pull()) {
          bytes += piece.length;
          if (bytes > patience) incoming.destroy();
        }
      } catch (error) {
        // The sender went away; the loop over the parts ends with the same error.
        if (!(error instanceof Error)) throw error;
      }
    },
  };
}
