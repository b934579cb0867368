/** Reads a posted form into what the person did. The names of the fields are those that `draw.tsx` writes. */
import type { IncomingMessage } from "node:http";
import type { Input } from "../../bot/screen.ts";

/** Most bytes of a body without files. */
export const bodyLimit = 1024 * 1024;

/** After this much the connection is cut instead of being read to its end for politeness. */
const patience = 64 * 1024 * 1024;

/**
 * Reads a whole body. Answers `undefined` when it is longer than `bodyLimit`; the rest is read and thrown away first,
 * because a browser looks at our answer only when it has sent everything.
 * @throws when the connection breaks
 */
export async function readBody(incoming: IncomingMessage): Promise<Buffer | undefined> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of incoming as AsyncIterable<Buffer>) {
    bytes += piece.length;
    if (bytes <= bodyLimit) pieces.push(piece);
    else pieces.length = 0;
    if (bytes > patience) break;
  }
  return bytes > bodyLimit ? undefined : Buffer.concat(pieces);
}

/**
 * What was done: the pressed button decides; what was typed into the form beside it comes along. Browsers send text
 * with CR LF; the house speaks LF.
 * `undefined` when nothing was said, as when files were sent and nothing else, or no option was picked.
 */
export function readInput(fields: URLSearchParams): Input | undefined {
  const command = fields.get("command");
  if (command !== null) return { kind: "command", name: command, rest: fields.get("rest") ?? "" };
  const send = fields.get("send");
  if (send !== null) return { kind: "form", value: send, values: readValues(fields) };
  const done = fields.get("done");
  if (done !== null) return { kind: "choices", value: done, values: fields.getAll("pick") };
  const choice = fields.get("choice") ?? (fields.has("go") ? fields.get("one") : null);
  if (choice === null) return undefined;
  const values = readValues(fields);
  // an emptied field comes along too: what was taken out of it must not stay
  return { kind: "choice", value: choice, ...(Object.keys(values).length > 0 ? { values } : {}) };
}

function readValues(fields: URLSearchParams): Record<string, string> {
  const answers = new Map<string, string[]>();
  for (const [key, value] of fields) {
    if (!key.startsWith("f.")) continue;
    const all = answers.get(key.slice(2)) ?? [];
    if (value !== "") all.push(value.replace(/\r\n?/g, "\n"));
    answers.set(key.slice(2), all);
  }
  return Object.fromEntries([...answers].map(([name, all]) => [name, all.join(",")]));
}

/** The texts that a person typed into a form, to be shown again where the form itself cannot be taken. */
export function typedTexts(fields: URLSearchParams): string[] {
  return [...fields]
    .filter(([key, value]) => key.startsWith("f.") && value.trim().length > 12)
    .map(([, value]) => value.replace(/\r\n?/g, "\n"));
}
