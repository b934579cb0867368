/**
 * `quietline campaign` at the machine, while the service runs: a dry run, a file with a fault, a campaign that is watched,
 * one person who had blocked the bot, and one for many that waits for an admin. `UPDATE_TRANSCRIPTS=1 npx mocha
 * test/transcripts/campaign-cli.test.ts` writes the text beside this file anew; read the difference before you commit it.
 */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { programPath } from "../crash/victim.ts";
import { type Networks, onBothNetworks } from "../support/networks.ts";

const warn = (networks: string) => `texts:
  en: { title: Somebody calls in our name, text: "We never ask for a code by telephone. Hang up." }
  zh-CN: { title: 有人冒充我们打电话, text: 我们从不在电话里索要验证码。请挂断。 }
platforms: [${networks}]
`;

describe("a campaign on the command line", function () {
  this.timeout(600_000); // each command starts a process
  let wired: Networks;
  let folder: string;

  before(async () => {
    wired = await onBothNetworks();
    folder = mkdtempSync(join(tmpdir(), "quietline-test-"));
    for (const id of [101, 102]) {
      const person = wired.telegram.user(id);
      await person.send("/tips");
      await person.press("Begin");
    }
    const other = wired.discord.account(103);
    await other.command("tips");
    await other.press("Begin");
    wired.telegram.blocked.add(wired.telegram.user(102).id);
  });
  after(async () => {
    await wired.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Types a command; what it prints, to both outputs, in order. */
  async function quietline(...words: string[]): Promise<string> {
    const { config } = wired.home;
    const { main, execArgv } = programPath("cli");
    const child = spawn(process.execPath, [...execArgv, fileURLToPath(main), ...words], {
      cwd: folder,
      env: {
        PATH: process.env.PATH,
        TZ: "UTC",
        QUIETLINE_HOME: config.home,
        QUIETLINE_LISTEN: "127.0.0.1:0",
        TELEGRAM_BOT_TOKEN: wired.telegram.token,
        TELEGRAM_API_ROOT: wired.telegram.url,
        DISCORD_BOT_TOKEN: wired.discord.token,
        DISCORD_API_ROOT: wired.discord.apiRoot,
      },
    });
    let printed = "";
    for (const output of [child.stdout, child.stderr])
      output.setEncoding("utf8").on("data", (piece: string) => (printed += piece));
    await new Promise((resolve) => child.once("close", resolve));
    return printed;
  }

  it("is kept beside this file, word for word", async () => {
    const talk: string[] = [];
    const type = async (line: string): Promise<string> => {
      const printed = await quietline(...line.split(" ").slice(1));
      talk.push(`$ ${line}\n${printed}`);
      return printed;
    };
    const shows = (file: string) => talk.push(`$ cat ${file}\n${readFileSync(join(folder, file), "utf8")}`);
    const idIn = (printed: string) => /Campaign ([0-9a-f]{10})/.exec(printed)?.[1] ?? assert.fail(printed);

    writeFileSync(join(folder, "warn.yaml"), warn("telegram, pigeon"));
    shows("warn.yaml");
    assert.match(await type("quietline campaign preview warn.yaml"), /warn\.yaml:4: there is no platform pigeon/);
    writeFileSync(join(folder, "warn.yaml"), warn("telegram, discord"));
    assert.match(await type("quietline campaign preview warn.yaml"), /It reaches 3 people: discord 1, telegram 2\./);
    const first = idIn(await type("quietline campaign start warn.yaml --watch"));
    assert.match(await type(`quietline campaign summary ${first}`), /telegram: gone 1, sent 1/);

    await crowd(1100);
    writeFileSync(join(folder, "many.yaml"), `tip: easy-side-job\nplatforms: [telegram]\nspread: 2h\n`);
    shows("many.yaml");
    const many = idIn(await type("quietline campaign start many.yaml"));
    writeFileSync(join(folder, "many.yaml"), `tip: easy-side-job\nplatforms: [telegram]\nspread: 4h\n`);
    const changed = idIn(await type(`quietline campaign change ${many} many.yaml`));
    await type("quietline campaign list");
    await type(`quietline campaign cancel ${changed}`);
    assert.match(await type(`quietline campaign watch ${changed}`), /cancelled/);

    const names = [first, many, changed].map((id, n) => [id, `${n + 1}a2b3c4d5e`] as const);
    const text = names
      .reduce((all, [id, name]) => all.replaceAll(id, name), talk.join("\n"))
      .replaceAll(/20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z/g, "2030-05-14T10:00:00.000Z")
      .replaceAll(/ {2}ends [\d: -]+/g, "")
      .replaceAll(/\d+\.\d\/s/g, "N/s")
      // how often it is looked meanwhile depends on the machine: the last line is always the same
      .replaceAll(/^ *\d+% .*\n(?= *\d+% )/gm, "")
      // those of one day come in the order of their random names
      .replaceAll(/(?:^\da2b3c4d5e {2}.*\n){2,}/gm, (list) => list.split(/^/m).sort().join(""));
    const path = new URL("campaign.cli.txt", import.meta.url);
    if (process.env.UPDATE_TRANSCRIPTS) writeFileSync(path, text);
    assert.ok(existsSync(path), "no campaign.cli.txt yet");
    assert.equal(text, readFileSync(path, "utf8"));
  });

  /** So many more subscribers. */
  async function crowd(size: number): Promise<void> {
    await wired.service.core.storage.transaction(async (trx) => {
      const one = (await trx("subscribers").where({ lane: "telegram" }).first()) as Record<string, unknown>;
      for (let from = 0; from < size; from += 100)
        await trx("subscribers").insert(
          Array.from({ length: 100 }, (_, i) => ({ ...one, id: `crowd${from + i}`, tag: `crowd${from + i}` })),
        );
    });
  }
});
