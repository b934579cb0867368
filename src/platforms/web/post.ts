/** Takes a posted form: whose it is, what was done, and what the house says to it. Draws nothing. */
import type { IncomingMessage } from "node:http";
import type { Input, Screen } from "../../bot/screen.ts";
import { type Exchange, type Ground, hear, visitIn } from "./ground.ts";
import { readBody, readInput, typedTexts } from "./read.ts";
import { readParts } from "./uploads.ts";
import { door, freshId, type Limits, openSeal, origin } from "./visits.ts";

/** A sealed form that is the person's own: whose visit it is, and whether the visit begins with it. */
export interface Admitted {
  visit: string;
  begins: boolean;
  event: string;
  limits?: Limits;
}

/** What became of a form. A refused one hands back what was typed. */
export type Posted =
  | { kind: "heard"; admitted: Admitted; screen?: Screen }
  | { kind: "refused" | "ended"; typed: string[] }
  | { kind: "foreign" | "malformed" | "too-long" };

/**
 * Reads one form and has the house hear it.
 * @throws UploadCut when a multipart body is malformed or its sender goes away
 */
export async function takePost(ground: Ground, c: Exchange): Promise<Posted> {
  const incoming = c.env.incoming as IncomingMessage;
  const type = (incoming.headers["content-type"] ?? "").split(";")[0]?.trim().toLowerCase();
  if (origin(incoming.headers, ground.publicUrl) === "foreign") return { kind: "foreign" };
  if (type === "multipart/form-data") return takeFiles(ground, c, incoming);
  if (type !== "application/x-www-form-urlencoded") return { kind: "malformed" };
  const body = await readBody(incoming);
  if (!body) return { kind: "too-long" };
  const fields = new URLSearchParams(body.toString("utf8"));
  const admitted = admit(ground, c, fields);
  if (!admitted) return refuse(ground, c, fields);
  const input = readInput(fields);
  return input ? said(ground, c, admitted, input) : { kind: "heard", admitted };
}

/** Has the house hear what was pressed. Whoever signed in goes on under an id that nobody else can know. */
async function said(
  ground: Ground,
  c: Exchange,
  admitted: Admitted,
  input: Input,
): Promise<Posted & { kind: "heard" }> {
  const fresh = freshId();
  const screen = await hear(ground, c, admitted.visit, admitted.event, input, fresh);
  return { kind: "heard", admitted: screen?.moved ? { ...admitted, visit: fresh, begins: true } : admitted, screen };
}

/** Each file is an event of its own, heard before the next one is read; what was pressed with them comes last. */
async function takeFiles(ground: Ground, c: Exchange, incoming: IncomingMessage): Promise<Posted> {
  const fields = new URLSearchParams();
  let admitted: Admitted | undefined;
  let screen: Screen | undefined;
  let count = 0;
  let cut = false;
  for await (const part of readParts(incoming)) {
    if (part.kind === "field") {
      fields.append(part.name, part.value);
      continue;
    }
    admitted ??= admit(ground, c, fields);
    count += 1;
    const limits = admitted?.limits;
    // One file too many is still heard, empty-handed, so that the house can say so; further ones are passed over.
    if (admitted && limits && count <= limits.max + 1) {
      const upload = part.upload(count <= limits.max ? limits.bytes : -1);
      const input = { kind: "files" as const, files: [upload] };
      screen = (await hear(ground, c, admitted.visit, `${admitted.event}#${count}`, input)) ?? screen;
    }
    await part.skip();
    cut ||= part.tooLarge() || (limits !== undefined && count > limits.max);
  }
  admitted ??= admit(ground, c, fields);
  if (!admitted) return refuse(ground, c, fields);
  // After a file that did not fit, the person reads why before anything else happens.
  const input = cut ? undefined : readInput(fields);
  if (input) {
    const why = screen?.notice;
    const next = await said(ground, c, admitted, input);
    return next.screen && why && !next.screen.notice ? { ...next, screen: { ...next.screen, notice: why } } : next;
  }
  return { kind: "heard", admitted, screen };
}

/**
 * Is this form the person's own? With a visit, its forms are; so is one from before the visit, as after "back", but
 * only to press something and only where the browser vouches for it. Without a visit, a form from before it begins one.
 */
function admit(ground: Ground, c: Exchange, fields: URLSearchParams): Admitted | undefined {
  const visit = visitIn(ground, c);
  const own = visit && openSeal(ground.secret, visit, fields);
  if (own) return { visit, begins: false, ...own };
  const early = openSeal(ground.secret, door, fields);
  if (!early) return undefined;
  if (!visit) return { visit: freshId(), begins: true, ...early };
  const pressed = fields.has("command") || fields.has("choice");
  const vouched = origin(c.env.incoming.headers, ground.publicUrl) === "own";
  return pressed && vouched ? { visit, begins: false, ...early } : undefined;
}

/** A form of a visit that the browser no longer has is one that has ended since. */
function refuse(ground: Ground, c: Exchange, fields: URLSearchParams): Posted {
  return { kind: visitIn(ground, c) ? "refused" : "ended", typed: typedTexts(fields) };
}
