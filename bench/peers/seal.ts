/**
 * The pure work of a report: a bare Hono server that takes the same number of forms, remembers nothing in between, and on
 * the last one seals what was told to two hybrid recipients and stores one row in SQLite, WAL and `synchronous=FULL`.
 * It is also the peer of an upload: the same body read by the same parser, sealed and written to a file, and no more.
 */
import { createCipheriv, randomBytes } from "node:crypto";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import type { IncomingMessage } from "node:http";
import { pipeline } from "node:stream/promises";
import { Busboy } from "@fastify/busboy";
import { type HttpBindings, serve } from "@hono/node-server";
import { Encrypter, generateHybridIdentity, identityToRecipient } from "age-encryption";
import { Hono } from "hono";
import sqlite3 from "sqlite3";

const folder = process.env.PEER_HOME ?? ".";
const db = new sqlite3.Database(`${folder}/peer.sqlite`);
const run = (sql: string, values: unknown[] = []): Promise<void> =>
  new Promise((resolve, reject) => db.run(sql, values, (error) => (error ? reject(error) : resolve())));
await run("PRAGMA journal_mode = WAL");
await run("PRAGMA synchronous = FULL");
await run("CREATE TABLE IF NOT EXISTS reports (id TEXT PRIMARY KEY, body BLOB NOT NULL)");

const recipients: string[] = [];
for (let i = 0; i < 2; i++) recipients.push(await identityToRecipient(await generateHybridIdentity()));

const form = (
  type: string,
) => `<!doctype html><title>A form</title><main><form method="post" action="/talk" enctype="${type}">
<input type="hidden" name="event" value="1"/><button type="submit" name="choice" value="go">Go on</button></form></main>`;

async function keep(told: string): Promise<void> {
  const encrypter = new Encrypter();
  for (const recipient of recipients) encrypter.addRecipient(recipient);
  const body = Buffer.alloc(4096);
  body.write(told);
  const id = randomBytes(16).toString("hex");
  await run("INSERT INTO reports VALUES (?, ?)", [id, Buffer.from(await encrypter.encrypt(body))]);
}

async function keepFile(incoming: HttpBindings["incoming"]): Promise<void> {
  const parser = new Busboy({
    headers: { ...incoming.headers, "content-type": incoming.headers["content-type"] ?? "" },
  });
  const kept: Promise<void>[] = [];
  parser.on("file", (_name, stream) => {
    const cipher = createCipheriv("aes-256-gcm", randomBytes(32), randomBytes(12));
    kept.push(pipeline(stream, cipher, createWriteStream(`${folder}/upload`)));
  });
  const finished = once(parser, "finish");
  (incoming as IncomingMessage).pipe(parser);
  await finished;
  await Promise.all(kept);
}

const app = new Hono<{ Bindings: HttpBindings }>();
app.get("/upload", (c) => c.html(form("multipart/form-data")));
app.get("/*", (c) => c.html(form("application/x-www-form-urlencoded")));
app.post("/talk", async (c) => {
  if (c.req.header("content-type")?.startsWith("multipart/")) await keepFile(c.env.incoming);
  else {
    const { told } = await c.req.parseBody();
    if (typeof told === "string") await keep(told);
  }
  return c.redirect("/talk", 303);
});

serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" }, ({ port }) =>
  process.stdout.write(`http://127.0.0.1:${port}\n`),
);
