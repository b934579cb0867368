/** A load balancer that remembers nobody: each request goes to the next server of the list; one that cannot be reached is passed over. */

import { once } from "node:events";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";

export interface Balancer {
  url: string;
  /** Addresses of servers; changed as they come and go. */
  servers: string[];
  close(): Promise<void>;
}

/** @param patience how long it waits for a server (milliseconds) */
export async function balancer(servers: string[] = [], patience = 20_000): Promise<Balancer> {
  let turn = 0;
  const all: Balancer = { url: "", servers, close: async () => undefined };
  const server = createServer(async (incoming, outgoing) => {
    outgoing.on("error", () => undefined); // who asked has gone
    const pieces: Buffer[] = [];
    for await (const piece of incoming) pieces.push(piece as Buffer);
    const { method, headers, url: path } = incoming;
    const ask = (tries: number): void => {
      const to = all.servers[turn++ % all.servers.length];
      if (tries === 0 || !to) return void outgoing.writeHead(502).end();
      const asking = request(to + path, { method, headers, agent: false, timeout: patience }, (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.on("error", () => outgoing.destroy()).pipe(outgoing);
      });
      asking.on("timeout", () => asking.destroy());
      asking.on("error", (error: NodeJS.ErrnoException) => {
        // only what was never begun may go elsewhere: a press is not repeated behind its sender's back
        if (error.code === "ECONNREFUSED" || error.code === "EHOSTUNREACH") ask(tries - 1);
        else outgoing.destroy();
      });
      asking.end(Buffer.concat(pieces));
    };
    ask(all.servers.length * 2);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  all.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  all.close = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return all;
}
