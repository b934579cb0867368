/**
 * What the libraries below us keep of the last thing that they read. Node's HTTP server and each client read into one buffer
 * for the whole process: what a short message leaves of a longer one stays there, on a quiet line for days. So now and then
 * something long and empty is sent to ourselves, and read in every way in which people's words are read; and what nobody holds any more is freed.
 */
import { once } from "node:events";
import { createServer } from "node:http";
import { Session } from "node:inspector";
import type { AddressInfo } from "node:net";

/** As much as is read at once, several times (bytes). */
const nothing = Buffer.alloc(4 * 65_536, " ");

/** Reads what an address of this machine answers, and sends it as much. */
export type Reader = (url: string) => Promise<unknown>;

/** Reads as Node's own client does. */
export async function readByFetch(url: string): Promise<void> {
  const answer = await fetch(url, { method: "POST", body: nothing, headers: { connection: "close" } });
  await answer.arrayBuffer();
}

/**
 * Has Node free whatever nobody holds any more, as it does when memory is short: on a quiet line that could take days. It
 * takes some tenths of a second, in which nobody is served.
 */
async function free(): Promise<void> {
  const session = new Session();
  session.connect();
  // pages that it frees and keeps at hand are not wiped: they are filled, and what was let go of meanwhile is freed, too
  for (let round = 0; round < 3; round++) {
    await new Promise((resolve) => session.post("HeapProfiler.collectGarbage", resolve));
    for (let n = 0; n < 60_000; n++) filled.last = new Array(100).fill(n);
    filled.last = [];
    await new Promise(setImmediate);
  }
  session.disconnect(); // not while it answers: then the answer is lost
}
/** Outside of `free`, or the filling would be left out as being for nothing. */
const filled: { last: number[] } = { last: [] };

/** Overwrites what these readers, and the server that listens to them, have left, and frees what is over. */
export async function overwrite(readers: readonly Reader[]): Promise<void> {
  const server = createServer((request, response) => {
    request.resume().once("end", () => response.end(nothing));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  try {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    for (const read of readers) for (let round = 0; round < 2; round++) await read(url);
  } finally {
    server.close();
    server.closeAllConnections();
  }
  await free();
}
