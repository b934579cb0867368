/**
 * The built service under this node, or under others: `QUIETLINE_NODES` names their binaries, separated by colons, as in
 * `QUIETLINE_NODES=$(npx -y -p node@24 node -p process.execPath) npx mocha test/nodes.test.ts`.
 */
import assert from "node:assert/strict";
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { createInterface } from "node:readline";
import sharp from "sharp";
import { fileReport, onWeb, openMailbox, told, words } from "./privacy/people.ts";
import { type TestHome, testHome } from "./support/house.ts";
import { lend } from "./support/learned.ts";
import { skipFor } from "./support/missing.ts";

const named = (process.env.QUIETLINE_NODES || process.execPath).split(":");

describe("the built service", () => {
  before(function () {
    if (!existsSync("dist/cli.js")) skipFor(this, "it is not built: npm run build");
  });
  for (const node of named)
    it(`files a report with a picture and reads it back by its receipt under ${version(node)}`, async function () {
      this.timeout(120_000);
      const home = testHome();
      lend(home.home); // or the service would learn the content ahead, seconds for each Node
      const running: ChildProcess[] = [];
      try {
        const receipt = await onPage(start(node, home, running), async (page) => {
          const picture = await sharp({ create: { width: 40, height: 30, channels: 3, background: "#357" } })
            .png()
            .toBuffer();
          const file = { name: "list.png", type: "image/png", bytes: picture };
          return fileReport(onWeb(page, 7), { ...told("A clerk sells lists."), file });
        });
        await stop(running);
        // by another process: what was kept is read, not what is remembered
        await onPage(start(node, home, running), async (page) => {
          const reader = onWeb(page, 8);
          await openMailbox(reader, receipt);
          await reader.press(words("mailbox:open.told"));
          assert.ok(reader.text().includes("A clerk sells lists."), reader.text());
        });
      } finally {
        await stop(running);
        home.remove();
      }
    });
});

function version(node: string): string {
  return execFileSync(node, ["--version"], { encoding: "utf8" }).trim();
}

function start(node: string, home: TestHome, running: ChildProcess[]): ChildProcess {
  // as the image and the unit start it
  const flags = ["--max-semi-space-size=2", "--clear-free-memory"];
  const child = spawn(node, [...flags, "dist/cli.js", "start"], {
    env: { PATH: process.env.PATH, QUIETLINE_HOME: home.home, QUIETLINE_LISTEN: "127.0.0.1:0" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  running.push(child);
  return child;
}

/** Does something on the page that a starting service names. */
async function onPage<T>(child: ChildProcess, work: (page: string) => Promise<T>): Promise<T> {
  for await (const line of createInterface({ input: child.stdout! })) {
    const page = /Report page:\s+(http:\S+?)\/?$/.exec(line)?.[1];
    if (page) return work(page);
  }
  return assert.fail("the service did not start");
}

async function stop(running: ChildProcess[]): Promise<void> {
  for (const child of running.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    const gone = once(child, "exit");
    child.kill("SIGTERM");
    assert.deepEqual(await gone, [0, null]);
  }
}
