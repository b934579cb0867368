/**
 * A Bot API stand-in that only takes messages, and keeps Telegram's limits strictly: 30 to everybody in any second,
 * wherever it begins, and one to a chat. As a program it runs in a process of its own, so that its cost
 * does not count; asked with any message, it answers with a `Wire`. Argument: `limits` for it to keep any.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { pathToFileURL } from "node:url";
import { Window } from "../test/support/window.ts";

export interface Wire {
  taken: number;
  refused: number;
  /** From the first message to the last (milliseconds). */
  span: number;
}

/** Starts one. @param now milliseconds */
export async function openWire(limits: boolean, now: () => number) {
  const window = limits ? new Window(30) : undefined;
  const chats = new Map<string, number>();
  let [taken, refused, first, last] = [0, 0, 0, 0];

  const server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (piece) => (body += piece));
    request.on("end", () => {
      const at = now();
      const reply = (status: number, json: object) =>
        response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(json));
      if (!request.url?.endsWith("/sendMessage")) return reply(200, { ok: true, result: [] });
      const chat = /chat_id\W+(\d+)/.exec(body)?.[1] ?? "";
      const soon = window !== undefined && at - (chats.get(chat) ?? Number.NEGATIVE_INFINITY) < 1000;
      if (soon || (window && !window.take(at))) {
        refused += 1;
        const parameters = { retry_after: 1 };
        return reply(429, { ok: false, error_code: 429, description: "Too Many Requests: retry after 1", parameters });
      }
      if (window) chats.set(chat, at);
      if (taken === 0) first = at;
      taken += 1;
      last = at;
      return reply(200, { ok: true, result: { message_id: taken, date: 1_790_000_000, chat: { id: Number(chat) } } });
    });
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    wire: (): Wire => ({ taken, refused, span: last - first }),
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const { url, wire } = await openWire(process.argv[2] === "limits", () => performance.now());
  process.on("message", () => process.send?.(wire()));
  process.on("disconnect", () => process.exit());
  process.send?.(url);
}
