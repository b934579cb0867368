import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import fc from "fast-check";
import { type Config, pageOf, readConfig } from "../src/config.ts";
import { settings } from "../src/settings.ts";

const token = `123456:${"A".repeat(35)}`;
const secret = "s3cret-marmalade";

describe("the configuration", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "quietline-config-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const put = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  function good(env: NodeJS.ProcessEnv): Config {
    const read = readConfig({ QUIETLINE_HOME: folder, ...env });
    assert.ok("config" in read, JSON.stringify(read));
    return read.config;
  }
  function bad(env: NodeJS.ProcessEnv): Record<string, string> {
    const read = readConfig({ QUIETLINE_HOME: folder, ...env });
    assert.ok("problems" in read, "this is no good configuration");
    for (const p of read.problems) assert.ok(p.problem.endsWith(".") && p.cure.length > 10, `${p.name} has a cure`);
    return Object.fromEntries(read.problems.map((p) => [p.name, p.problem]));
  }

  it("needs nothing at all", () => {
    const read = readConfig({});
    assert.ok("config" in read);
    const { home, listen, databaseUrl, telegram, discord, key } = read.config;
    assert.deepEqual(
      [home, listen, databaseUrl, telegram, discord, key],
      [
        resolve("./var"),
        "127.0.0.1:8787",
        `sqlite:${resolve("./var/quietline.sqlite")}`,
        undefined,
        undefined,
        undefined,
      ],
    );
    assert.deepEqual(
      good({ TELEGRAM_BOT_TOKEN: "", QUIETLINE_KEY: "  " }).telegram,
      undefined,
      "an empty variable is none",
    );
  });

  it("tells every problem at once, each with its cure", () => {
    const problems = bad({
      QUIETLINE_LISTEN: "nowhere",
      QUIETLINE_CARD_DELAY: "soon",
      QUIETLINE_TYPO: "1",
      TELEGRAM_BOT_TOKEN: "x",
      DATABASE_URL: "mysql://h",
      REDIS_URL_FILE: "/no/such/file",
    });
    assert.deepEqual(Object.keys(problems).sort(), [
      "DATABASE_URL",
      "QUIETLINE_CARD_DELAY",
      "QUIETLINE_LISTEN",
      "QUIETLINE_TYPO",
      "REDIS_URL_FILE",
      "TELEGRAM_BOT_TOKEN",
    ]);
  });

  it("refuses what could not work", () => {
    for (const [name, value] of [
      ["QUIETLINE_LISTEN", "127.0.0.1:99999"],
      ["QUIETLINE_LISTEN", "8787"],
      ["QUIETLINE_PUBLIC_URL", "tips.example.org"],
      ["QUIETLINE_KEY", "AGE-SECRET-KEY-1CLASSIC"],
      ["QUIETLINE_RECOVERY", "age1pq1mistyped"],
      ["TELEGRAM_MODE", "push"],
      ["TELEGRAM_WEBHOOK_SECRET", "short"],
      ["QUIETLINE_CARD_DELAY", "-1"],
      ["QUIETLINE_ROLES", "web,postman"],
      ["QUIETLINE_ROLES", "web,"],
      ["QUIETLINE_REDIS_PERSISTS", "yes"],
      ["QUIETLINE_DISCORD_SHARDS", "4/4"],
      ["QUIETLINE_DISCORD_SHARDS", "0,0/4"],
      ["QUIETLINE_DISCORD_SHARDS", "0"],
    ] as const)
      assert.deepEqual(Object.keys(bad({ [name]: value })), [name], `${name}=${value}`);
    assert.deepEqual(good({ QUIETLINE_LISTEN: "[::1]:80" }).listen, "[::1]:80");
  });

  it("says what a process is, by default everything; a network that is asked for needs its token", () => {
    assert.deepEqual(good({}).roles, ["web", "telegram", "discord", "courier"]);
    assert.deepEqual(good({ QUIETLINE_ROLES: "courier, web" }).roles, ["web", "courier"]);
    assert.deepEqual(Object.keys(bad({ QUIETLINE_ROLES: "web,telegram" })), ["TELEGRAM_BOT_TOKEN"]);
    const discord = { DISCORD_BOT_TOKEN: "a.b.c", QUIETLINE_DISCORD_SHARDS: "0,1/4" };
    assert.deepEqual(good(discord).discord?.shards, { ids: [0, 1], count: 4 });
  });

  it("wants a secret and an https address for a webhook", () => {
    const webhook = { TELEGRAM_BOT_TOKEN: token, TELEGRAM_MODE: "webhook" };
    assert.deepEqual(Object.keys(bad(webhook)).sort(), ["QUIETLINE_PUBLIC_URL", "TELEGRAM_WEBHOOK_SECRET"]);
    const config = good({
      ...webhook,
      TELEGRAM_WEBHOOK_SECRET: "x".repeat(20),
      QUIETLINE_PUBLIC_URL: "https://tips.example.org/",
    });
    assert.equal(config.telegram?.webhook?.url, "https://tips.example.org/telegram");
  });

  it("takes a secret from a file, and says when there is none in it", () => {
    const config = good({ TELEGRAM_BOT_TOKEN_FILE: put("token", `# from BotFather\n\n  ${token}  \n`) });
    assert.equal(config.telegram?.token, token);
    assert.deepEqual(Object.keys(bad({ QUIETLINE_KEY_FILE: put("empty", "\n# nothing\n") })), ["QUIETLINE_KEY_FILE"]);
    assert.deepEqual(Object.keys(bad({ TELEGRAM_BOT_TOKEN_FILE: join(folder, "gone") })), ["TELEGRAM_BOT_TOKEN_FILE"]);
    assert.match(
      bad({ TELEGRAM_BOT_TOKEN: token, TELEGRAM_BOT_TOKEN_FILE: join(folder, "token") }).TELEGRAM_BOT_TOKEN!,
      /Both/,
    );
  });

  it("takes quietline.yaml from the state folder or from where it is told, and the environment wins", () => {
    put("quietline.yaml", "QUIETLINE_LISTEN: 127.0.0.1:1111\nQUIETLINE_CARD_DELAY: 5\n");
    assert.deepEqual([good({}).listen, good({}).cardDelay], ["127.0.0.1:1111", 5]);
    assert.equal(good({ QUIETLINE_LISTEN: "127.0.0.1:2222" }).listen, "127.0.0.1:2222");
    const elsewhere = put("other.yaml", `QUIETLINE_HOME: ${folder}/deep\nQUIETLINE_LISTEN: 127.0.0.1:3333\n`);
    const read = readConfig({ QUIETLINE_CONFIG: elsewhere });
    assert.ok("config" in read);
    assert.deepEqual(
      [read.config.home, read.config.listen, read.config.databaseUrl],
      [`${folder}/deep`, "127.0.0.1:3333", `sqlite:${folder}/deep/quietline.sqlite`],
    );
  });

  it("says which line of quietline.yaml it does not know, and when it cannot be read", () => {
    put("quietline.yaml", "QUIETLINE_LISTN: 127.0.0.1:1111\n");
    assert.deepEqual(Object.keys(bad({})), ["QUIETLINE_LISTN"]);
    for (const text of ["- a\n- b\n", "a: [1\n", "QUIETLINE_LISTEN: {a: b}\n"]) {
      put("quietline.yaml", text);
      assert.deepEqual(Object.keys(bad({})), ["quietline.yaml"], text);
    }
    assert.deepEqual(Object.keys(bad({ QUIETLINE_CONFIG: join(folder, "none.yaml") })), ["QUIETLINE_CONFIG"]);
  });

  it("never repeats a value in a problem", () => {
    const names = Object.keys(settings).filter((name) => name !== "QUIETLINE_HOME");
    const value = fc.constantFrom(
      secret,
      `${secret}:1`,
      `postgres:${secret}`,
      `AGE-SECRET-KEY-PQ-${secret}`,
      `\u0000${secret}`,
    );
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom(...names, ...names.map((n) => `${n}_FILE`)), value, { minKeys: 1 }),
        (env) => {
          const read = readConfig({ QUIETLINE_HOME: folder, ...env });
          if ("problems" in read) assert.ok(!JSON.stringify(read.problems).includes("marmalade"));
        },
      ),
    );
  });

  it("is documented, setting by setting, in the README", () => {
    const manual = readFileSync("README.md", "utf8");
    for (const [name, setting] of Object.entries(settings) as [string, { sentence: string; fallback?: string }][]) {
      const row = manual.split("\n").find((line) => line.startsWith(`| \`${name}\` |`));
      assert.ok(row?.includes(setting.sentence), `${name}: its sentence stands in the README`);
      if (setting.fallback)
        assert.ok(row?.includes(`\`${setting.fallback}\``), `${name}: its default stands in the README`);
    }
  });

  it("that listens everywhere names an address which every browser on this machine opens", () => {
    for (const [listen, page] of [
      ["0.0.0.0:8787", "http://127.0.0.1:8787"],
      ["[::]:8787", "http://[::1]:8787"],
      ["192.0.2.1:80", "http://192.0.2.1:80"],
    ] as const)
      assert.equal(pageOf(good({ QUIETLINE_LISTEN: listen })), page);
    assert.equal(
      pageOf(good({ QUIETLINE_LISTEN: "0.0.0.0:8787", QUIETLINE_PUBLIC_URL: "https://tips.example/" })),
      "https://tips.example",
    );
  });

  it("that is bad ends the program with code 78 before anything is opened, every problem on a line", () => {
    const built = existsSync("dist/cli.js");
    const run = spawnSync(process.execPath, built ? ["dist/cli.js"] : ["--import", "tsx", "src/cli.ts"], {
      env: {
        PATH: process.env.PATH,
        QUIETLINE_HOME: join(folder, "state"),
        QUIETLINE_LISTEN: "nowhere",
        TELEGRAM_BOT_TOKEN: secret,
      },
      encoding: "utf8",
    });
    assert.equal(run.status, 78, run.stderr);
    assert.match(
      run.stderr,
      /^The configuration has problems\.\n {2}QUIETLINE_LISTEN: .+\n {2}TELEGRAM_BOT_TOKEN: .+\n$/,
    );
    assert.equal(run.stdout, "");
    assert.ok(!run.stderr.includes(secret));
    assert.ok(!existsSync(join(folder, "state")), "no state folder was made");
  });
});
