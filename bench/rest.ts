/** How long a start takes, what is in memory at rest, and by how much a large upload makes it grow. */
import { setTimeout as sleep } from "node:timers/promises";
import { browser } from "./browser.ts";
import { type Child, scratch, start, startPeer, startQuietline } from "./child.ts";
import { median, type Row } from "./table.ts";
import { storyOf } from "./walk.ts";

/** A bare Hono server, the least that answers a page. */
const hello = `
import { serve } from "@hono/node-server";
import { Hono } from "hono";
const app = new Hono().get("/", (c) => c.html("<h1>Hello</h1>"));
serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" }, ({ port }) => console.log("http://127.0.0.1:" + port));`;
const startHello = (): Promise<Child> => start(["--input-type=module", "-e", hello]);

/** @param times starts of each kind; the median counts */
export async function measureStart(times: number): Promise<Row[]> {
  const fresh: number[] = [];
  const again: number[] = [];
  const peer: number[] = [];
  const memory: number[] = [];
  const peerMemory: number[] = [];
  for (let i = 0; i < times; i++) {
    const home = scratch();
    try {
      fresh.push(await answerTime(() => startQuietline(home.path)));
      again.push(await answerTime(() => startQuietline(home.path), memory));
      peer.push(await answerTime(startHello, peerMemory));
    } finally {
      home.remove();
    }
  }
  const goal = { is: "under", value: 1500, of: "figure" } as const;
  return [
    { what: "start to first answer, new state folder", unit: "ms", figure: median(fresh), peer: median(peer), goal },
    { what: "start to first answer, existing one", unit: "ms", figure: median(again), peer: median(peer), goal },
    {
      what: "memory at rest, web page only",
      unit: "MB",
      figure: median(memory),
      peer: median(peerMemory),
      goal: { is: "under", value: 150, of: "figure" },
    },
  ];
}

/** Milliseconds from spawning to the first whole page. `memory` gets what is in use two seconds later. */
async function answerTime(run: () => Promise<Child>, memory?: number[]): Promise<number> {
  const began = performance.now();
  const child = await run();
  try {
    await (await fetch(`${child.url}/`)).text();
    const took = performance.now() - began;
    if (memory) {
      await sleep(2000);
      memory.push(child.memory());
    }
    return took;
  } finally {
    await child.stop();
  }
}

/** @param megabytes of one attachment */
export async function measureUpload(megabytes: number): Promise<Row[]> {
  const home = scratch();
  const peerHome = scratch();
  const server = await startQuietline(home.path);
  const peer = await startPeer("seal", { PEER_HOME: peerHome.parent });
  try {
    const ours = await growth(server, megabytes, async (b) => {
      await b.open("/report");
      await b.press("command", "report");
      await b.press("choice", ".go");
      await b.press("choice", ".selling");
      await b.press("send", ".send", { "f.story": storyOf("with a file") });
      for (const _question of ["sector", "data", "chain", "sale", "evidence"]) await b.press("choice", ".!skip");
    });
    const theirs = await growth(peer, megabytes, (b) => b.open("/upload"));
    const goal = { is: "at most", value: 30, of: "figure" } as const;
    return [{ what: `memory grown by a ${megabytes} MB upload`, unit: "MB", figure: ours, peer: theirs, goal }];
  } finally {
    await server.stop();
    await peer.stop();
    home.remove();
    peerHome.remove();
  }
}

/** By how much the peak rises above what was in use before, in megabytes; a small upload first warms everything up. */
async function growth(
  server: Child,
  megabytes: number,
  reach: (b: ReturnType<typeof browser>) => Promise<void>,
): Promise<number> {
  let before = 0;
  for (const size of [1, megabytes]) {
    const b = browser(server.url);
    await reach(b);
    server.resetPeak();
    before = server.memory();
    await b.press("choice", "go", {}, pieces(size));
    if (/role="alert"/.test(b.page)) throw new Error("the upload was refused");
    b.close();
  }
  return server.peak() - before;
}

/** A plain text, line after line. */
function* pieces(megabytes: number): Generator<Uint8Array> {
  const lines = Buffer.alloc(
    64 * 1024,
    "One line of a long list that somebody saved before it was gone, 0123456789.\n",
  );
  for (let i = 0; i < megabytes * 16; i++) yield lines;
}
