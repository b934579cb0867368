/**
 * What many machines share, on one machine: reports and chat turns with one, two and four processes over PostgreSQL and
 * Redis of the bench's own, what open drafts cost, and how long a backup takes to come back.
 */
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generateHybridIdentity } from "age-encryption";
import { createClient } from "redis";
import { makeBackup, restoreBackup } from "../src/backup.ts";
import { keysOf } from "../src/crypto/keys.ts";
import { openStorage } from "../src/storage/storage.ts";
import { freePort, ownPostgres, ownRedis } from "../test/support/servers.ts";
import { type Child, forkHelper, scratch, start, startQuietline, stop } from "./child.ts";
import type { Row } from "./table.ts";
import type { Ask, Played } from "./telegram-stage.ts";
import { fileReport } from "./walk.ts";

/** People at once. */
const crowd = 16;

/** PostgreSQL and Redis of our own, and what every process is told. */
async function servers() {
  const [postgres, redis] = [await ownPostgres(), await ownRedis()];
  if (!postgres || !redis) throw new Error("the programs of PostgreSQL's and Redis' servers are not there");
  await Promise.all([postgres.start(), redis.start()]);
  return {
    env: {
      QUIETLINE_KEY: await generateHybridIdentity(),
      DATABASE_URL: postgres.url,
      REDIS_URL: redis.url,
      QUIETLINE_CARD_DELAY: "0",
    },
    redis,
    end: async () => {
      await postgres.remove();
      await redis.remove();
    },
  };
}

/** So many processes, each in a state folder of its own, and where they listen. */
async function processes(n: number, env: Record<string, string>): Promise<{ urls: string[]; end(): Promise<void> }> {
  const homes = Array.from({ length: n }, scratch);
  // one after the other: the first makes the tables
  const all: Child[] = [];
  const urls: string[] = [];
  for (const home of homes) {
    const listen = `127.0.0.1:${await freePort()}`;
    all.push(await startQuietline(home.path, { ...env, QUIETLINE_LISTEN: listen }));
    urls.push(`http://${listen}`);
  }
  return {
    urls,
    async end() {
      for (const child of all) await child.stop();
      for (const home of homes) home.remove();
    },
  };
}

/** @param reports for each number of processes @param persons who walk through a report on Telegram, 21 turns each */
export async function measureProcesses(reports: number, persons: number): Promise<Row[]> {
  const shared = await servers();
  try {
    const rows: Row[] = [];
    const counts = [1, 2, 4];
    const filed: number[] = [];
    const spoken: number[] = [];
    for (const n of counts) {
      const { urls, end } = await processes(n, { ...shared.env, QUIETLINE_ROLES: "web" });
      try {
        await file(urls, Math.ceil(reports / 5), `warm${n}`);
        filed.push(await file(urls, reports, `with${n}`));
      } finally {
        await end();
      }
      // a Telegram that counts its updates from the beginning again wants a house that has answered none
      const other = await servers();
      spoken.push(await speak(n, persons, other.env).finally(other.end));
    }
    for (const [i, n] of counts.entries())
      rows.push({
        what: `reports over HTTP on PostgreSQL, ${n} process${n > 1 ? "es" : ""}`,
        unit: "reports/s",
        figure: filed[i]!,
        ...(n > 1 ? { peer: filed[0]! } : {}),
      });
    for (const [i, n] of counts.entries())
      rows.push({
        what: `chat turns by webhook, ${n} process${n > 1 ? "es" : ""}`,
        unit: "turns/s",
        figure: spoken[i]!,
        ...(n > 1 ? { peer: spoken[0]! } : {}),
      });
    return rows;
  } finally {
    await shared.end();
  }
}

/** Reports a second, filed by a crowd; each whole report goes to one process, the next to another. */
async function file(urls: string[], count: number, name: string): Promise<number> {
  let next = 0;
  const began = performance.now();
  const one = async (): Promise<void> => {
    while (next < count) {
      const mark = next++;
      await fileReport(urls[mark % urls.length]!, `${name}-${mark}`);
    }
  };
  await Promise.all(Array.from({ length: crowd }, one));
  return count / ((performance.now() - began) / 1000);
}

/** Turns a second, the updates going to each process in turn. */
async function speak(n: number, persons: number, env: Record<string, string>): Promise<number> {
  const stage = forkHelper("telegram-stage");
  const [{ url, token }] = (await once(stage, "message")) as [{ url: string; token: string }];
  const { urls, end } = await processes(n, {
    ...env,
    QUIETLINE_ROLES: "telegram",
    TELEGRAM_BOT_TOKEN: token,
    TELEGRAM_API_ROOT: url,
    TELEGRAM_MODE: "webhook",
    TELEGRAM_WEBHOOK_SECRET: "a-webhook-secret_1",
    QUIETLINE_PUBLIC_URL: "https://tips.example.org",
  });
  const hooks = urls.map((url) => `${url}/telegram`);
  const walk = async (ask: Ask): Promise<Played> => {
    stage.send(ask);
    return ((await once(stage, "message")) as [Played])[0];
  };
  try {
    await walk({ persons: Math.max(crowd, persons / 5), bare: false, atOnce: crowd, hooks });
    const began = performance.now();
    const { turns } = await walk({ persons, bare: false, atOnce: crowd, hooks });
    return turns / ((performance.now() - began) / 1000);
  } finally {
    await end();
    await stop(stage);
  }
}

/** @param most open drafts, against a hundredth of them: megabytes of the process and of Redis */
export async function measureDrafts(most: number): Promise<Row[]> {
  const shared = await servers();
  const home = scratch();
  const few = most / 100;
  try {
    const child = await start(
      ["--import", "tsx", new URL("drafts.ts", import.meta.url).pathname, String(few), String(most)],
      {
        ...shared.env,
        QUIETLINE_HOME: home.path,
      },
    );
    const redis = createClient({ url: shared.redis.url });
    await redis.connect();
    const used = async (): Promise<number> =>
      Number(/used_memory:(\d+)/.exec(await redis.info("memory"))?.[1]) / 1024 / 1024;
    let open = 0;
    const reach = async (n: number): Promise<{ process: number; redis: number }> => {
      let memory = 0;
      // in steps, because fetch waits five minutes for an answer and no longer
      while (open < n) {
        open = Math.min(n, open + 5000);
        memory = Number(await (await fetch(`${child.url}/${open}`)).text());
      }
      return { process: memory, redis: await used() };
    };
    const [before, after] = [await reach(few), await reach(most)];
    redis.destroy();
    await child.stop();
    const name = (n: number): string => n.toLocaleString("en");
    return [
      {
        what: `memory of a process with ${name(most)} open drafts; peer: ${name(few)}`,
        unit: "MB",
        figure: after.process,
        peer: before.process,
      },
      { what: "  memory of Redis", unit: "MB", figure: after.redis, peer: before.redis },
      {
        what: "  memory of Redis, each draft",
        unit: "kB",
        figure: ((after.redis - before.redis) * 1024) / (most - few),
      },
    ];
  } finally {
    home.remove();
    await shared.end();
  }
}

/** @param count reports in the backup; bodies of random bytes, as long as a sealed report of two pages */
export async function measureRestore(count: number): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), "quietline-restore-"));
  const postgres = await ownPostgres();
  const keys = await keysOf(await generateHybridIdentity());
  try {
    await postgres?.start();
    const home = join(folder, "state");
    mkdirSync(home, { mode: 0o700 });
    const url = `sqlite:${join(folder, "full.sqlite")}`;
    const storage = await openStorage(url);
    await storage.transaction((trx) =>
      trx.raw(
        `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
         INSERT INTO reports (id, code, day, status, owner, version, summary, messages, unread, files, waiting, priority, guard, excluded, body)
         SELECT lower(hex(randomblob(16))), 'C' || i, 20000 + i % 1000, 'received', NULL, 1, randomblob(540), 0, 0, 0, 1, 20000, 0, '', randomblob(6300) FROM n`,
        [count],
      ),
    );
    const to = join(folder, "backups");
    let memory = 0;
    const progress = (done: number): void => {
      if (done % 500 === 0) memory = Math.max(memory, process.memoryUsage.rss() / 1024 / 1024);
    };
    const backUp = async () => {
      const began = performance.now();
      const made = await makeBackup({ storage, home, keys, today: 20_500, progress }, to);
      return { made, seconds: (performance.now() - began) / 1000, written: made.chunks.written };
    };
    const first = await backUp();
    await storage.transaction((trx) =>
      trx.raw("UPDATE reports SET status = 'closed' WHERE id IN (SELECT id FROM reports ORDER BY code LIMIT 100)"),
    );
    const second = await backUp();
    await storage.close();
    const path = join(to, second.made.name);
    const name = count.toLocaleString("en");
    const rows: Row[] = [
      { what: `a backup of ${name} reports, made and restored to prove it`, unit: "s", figure: first.seconds },
      { what: "  the next one, 100 reports changed", unit: "s", figure: second.seconds },
      { what: "  parts that it wrote; peer: all", unit: "", figure: second.written, peer: first.written },
      { what: "  most memory meanwhile", unit: "MB", figure: memory },
    ];
    for (const [where, databaseUrl] of [
      ["SQLite", `sqlite:${join(folder, "back.sqlite")}`],
      ["PostgreSQL", postgres?.url],
    ] as const) {
      if (!databaseUrl) continue;
      const from = performance.now();
      const back = await restoreBackup({ path, keys, home: join(folder, where), databaseUrl });
      if (back.rows.reports !== count) throw new Error("not every report came back");
      rows.push({ what: `  restored into ${where}`, unit: "s", figure: (performance.now() - from) / 1000 });
    }
    return rows;
  } finally {
    await postgres?.remove();
    rmSync(folder, { recursive: true, force: true });
  }
}
