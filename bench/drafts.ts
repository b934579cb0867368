/**
 * A house in which so many people have begun a report and gone on to something else. Prints an address; asked there for a
 * number, it has that many drafts open and answers the megabytes that it has in memory. Arguments: the numbers to come.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { readConfig } from "../src/config.ts";
import { openCore } from "../src/main.ts";
import { consoleCan } from "../src/platforms/console.ts";
import type { House } from "../src/platforms/platform.ts";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

const read = readConfig(process.env);
if ("problems" in read) throw new Error(JSON.stringify(read.problems));
const core = await openCore(read.config, { note: () => undefined });
let house: House | undefined;
await core.connect({
  name: "web",
  can: { ...consoleCan, formFields: 20 },
  open: async (given) => {
    house = given;
  },
  send: async () => ({ ok: true }),
  close: async () => undefined,
});

let people = 0;
async function begin(): Promise<void> {
  const id = `person-${people++}`;
  const hear = (n: number, input: Parameters<House["hear"]>[0]["input"]) =>
    house!.hear({ id: `${id}-${n}`, from: { platform: "web", id }, locale: "en", input });
  const facts = await hear(1, { kind: "command", name: "report", rest: "" });
  const go = facts?.buttons?.find((button) => button.value.endsWith(".go"));
  if (!go) throw new Error("the first screen has no way on");
  await hear(2, { kind: "choice", value: go.value });
}

const server = createServer(async (request, response) => {
  const wanted = Number(request.url?.slice(1));
  const one = async (): Promise<void> => {
    while (people < wanted) await begin();
  };
  await Promise.all(Array.from({ length: 32 }, one));
  collect();
  response.end(String(process.memoryUsage.rss() / 1024 / 1024));
});
server.listen(0, "127.0.0.1", () =>
  process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}\n`),
);
process.on("SIGTERM", () => process.exit());
