/**
 * The web: pages drawn on the server that work with no script at all. This file opens and closes the server; what it
 * answers stands in `web/site.tsx`, how a form is read in `web/post.ts`, how a screen is drawn in `web/draw.tsx`.
 */
import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { getRequestListener } from "@hono/node-server";
import type { Can, Platform, Sent } from "./platform.ts";
import type { Route } from "./web/ground.ts";
import { baseHeaders } from "./web/headers.ts";
import { makeShelf } from "./web/shelf.ts";
import { makeSite } from "./web/site.tsx";
import type { TipsShown } from "./web/tips.tsx";

export type { Route } from "./web/ground.ts";

export interface WebOptions {
  /** `host:port`; port 0 takes any that is free. */
  listen: string;
  /** The address people use. With https the cookie is `__Host-` and Secure, and browsers are told to stay on https. */
  publicUrl?: string;
  /** The same page as an onion service; Tor Browser offers it to whoever came by https. */
  onionUrl?: string;
  /** Where the quick exit leads; a page that anyone may have open. */
  exit?: string;
  /** Read at every request, so that other platforms may add theirs later. */
  routes?: Route[];
  /** False: only the routes are answered, no page. */
  pages?: boolean;
  /** Tips, for a page and feeds of their own. */
  tips?: TipsShown;
  /** Seals the forms. Share it between processes and restarts, or an open form cannot be sent after either. */
  visitSecret?: Uint8Array;
}

/** How long a closing server waits for who is still sending, and for answers that are being made (milliseconds). */
const farewell = { senders: 1_000, waiters: 10_000 };

export const can: Can = {
  formFields: 20,
  menuOptions: 100,
  menuMany: true,
  label: 200,
  value: 200,
  typed: 0,
  text: 100_000,
  fileBytes: 200 * 1024 * 1024,
  freeText: false,
  push: false,
  edit: false,
  erase: false,
  anonymous: true,
};

/**
 * The web platform. `open` rejects with an `Error` that carries the code `EADDRINUSE` or `port-refused` when the address
 * cannot be listened on. `url` is the public address, else where it is found on this machine.
 */
export function web(options: WebOptions): Platform & { readonly url: string } {
  const publicUrl = options.publicUrl?.replace(/\/+$/, "");
  const secure = publicUrl?.startsWith("https:") ?? false;
  const secret = options.visitSecret ?? randomBytes(32);
  const shelf = makeShelf();
  let server: Server | undefined;
  let sweeper: NodeJS.Timeout | undefined;
  let bound = "";
  /** Requests without a whole answer. */
  const asked = new Map<ServerResponse, IncomingMessage>();
  /** Does anybody who has said all wait for an answer? */
  const waits = (): boolean => [...asked.values()].some((incoming) => incoming.complete);
  let answered = (): void => {};

  return {
    name: "web",
    can,
    get url() {
      return publicUrl ?? bound;
    },

    async open(house) {
      shelf.share(house.kept);
      const site = makeSite({
        house,
        shelf,
        secret,
        exit: options.exit ?? "https://www.wikipedia.org/",
        publicUrl,
        get url() {
          return publicUrl ?? bound;
        },
        visitCookie: secure ? "__Host-visit" : "visit",
        languageCookie: secure ? "__Host-language" : "language",
        attributes: `Path=/; HttpOnly; SameSite=Strict${secure ? "; Secure" : ""}`,
        pages: options.pages ?? true,
        routes: () => options.routes ?? [],
        ...(options.tips ? { tips: options.tips } : {}),
      });
      const listener = getRequestListener(site.fetch, {
        hostname: "localhost",
        errorHandler: () => new Response(null, { status: 400 }),
      });
      const headers = Object.entries(baseHeaders(secure));
      const opening = createServer((incoming, outgoing) => {
        asked.set(outgoing, incoming);
        outgoing.on("close", () => {
          asked.delete(outgoing);
          if (!waits()) answered();
        });
        for (const [name, value] of headers) outgoing.setHeader(name, value);
        // only from https (https://community.torproject.org/onion-services/advanced/onion-location/); what is in an address
        // beyond a page's name is nobody's to repeat
        if (options.onionUrl && secure && incoming.method === "GET")
          outgoing.setHeader(
            "Onion-Location",
            options.onionUrl + (/^\/[a-z]{0,20}$/.exec(incoming.url ?? "")?.[0] ?? "/"),
          );
        // An answer to someone who has gone fails; that is nobody's fault and nothing to log.
        outgoing.on("error", () => outgoing.destroy());
        void listener(incoming, outgoing);
      });
      bound = await startListening(opening, options.listen);
      server = opening;
      sweeper = setInterval(() => shelf.sweep(), 30_000);
      sweeper.unref();
      house.note("platform-ready", { platform: "web" });
    },

    async send(): Promise<Sent> {
      return { ok: false, retry: false, gone: true, code: "no-push" };
    },

    async close() {
      clearInterval(sweeper);
      const closing = server;
      server = undefined;
      if (!closing) return;
      const closed = new Promise<void>((resolve) => closing.close(() => resolve()));
      closing.closeIdleConnections();
      // whoever has pressed gets an answer; who is still sending begins again
      const rest = new Promise<void>((resolve) => {
        const senders = setTimeout(() => {
          answered = resolve;
          if (!waits()) resolve();
        }, farewell.senders);
        const waiters = setTimeout(resolve, farewell.waiters);
        void closed.then(resolve).finally(() => [senders, waiters].forEach(clearTimeout));
      });
      await rest;
      closing.closeAllConnections();
      await closed;
    },
  };
}

/** Listens, and answers the address. Slow senders are welcome (Tor is slow, evidence is large); silent ones are not. */
async function startListening(server: Server, listen: string): Promise<string> {
  const at = listen.lastIndexOf(":");
  const host = listen.slice(0, Math.max(at, 0)).replace(/^\[|\]$/g, "") || "127.0.0.1";
  server.headersTimeout = 20_000;
  server.requestTimeout = 2 * 60 * 60_000;
  server.keepAliveTimeout = 10_000;
  server.maxConnections = 4_000;
  server.setTimeout(120_000, (socket: Socket) => socket.destroy());
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) =>
      reject(
        Object.assign(new Error("web-listen-failed"), {
          code: error.code === "EADDRINUSE" ? error.code : "port-refused",
        }),
      ),
    );
    server.listen(Number(listen.slice(at + 1)), host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  // who listens everywhere is found here; not every browser opens 0.0.0.0
  const found = host === "0.0.0.0" ? "127.0.0.1" : host === "::" ? "::1" : host;
  return `http://${found.includes(":") ? `[${found}]` : found}:${port}`;
}
