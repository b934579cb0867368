/** The doctor: looks at everything that can go wrong before it does, and says what to do about each finding. */
import { existsSync, statSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { join } from "node:path";
import type { Config } from "./config.ts";
import { createDayKeys } from "./crypto/daykeys.ts";
import { recoveryName } from "./crypto/recovery.ts";
import { anyUnseen } from "./desk/unseen.ts";
import { codeOf, type ErrorCode, explain } from "./errors.ts";
import { openCore } from "./main.ts";

export interface Finding {
  ok: boolean;
  what: string;
  finding: string;
  cure?: string;
}

/** Least free space (bytes) that is called enough. */
const leastFree = 500_000_000;

/** Looks at key, database, content, drafts, tokens, clock and disk. Starts nothing and changes nothing but a new home's own files. */
export async function examine(config: Config): Promise<Finding[]> {
  const findings: Finding[] = [];
  const good = (what: string, finding: string) => findings.push({ ok: true, what, finding });
  const bad = (what: string, code: ErrorCode) =>
    findings.push({ ok: false, what, finding: `${code}. ${explain(code).sentence}`, cure: explain(code).cure });

  try {
    let away = false;
    const core = await openCore(config, {
      note: (code) => {
        away ||= code === "redis-unreachable";
      },
    });
    if (away) bad("Redis", "redis-unreachable");
    else if (config.redisUrl)
      good(
        "Redis",
        config.redisPersists ? "answers; whether it persists was accepted" : "answers, and keeps nothing on a disk",
      );
    good("key", `${core.keys.name}, ${config.key ? "from the environment" : "from the key file"}`);
    const offline = config.recovery.length;
    if (offline === 0)
      good("recovery", "off (no QUIETLINE_RECOVERY): without a copy of the key file nothing opens again");
    else if (existsSync(join(config.home, recoveryName(core.keys.name, config.recovery))))
      good("recovery", `${offline} offline ${offline === 1 ? "key opens" : "keys open"} the recovery file`);
    else bad("recovery", "recovery-missing");
    good("content", `${core.words.locales.length} languages`);
    try {
      await core.storage.check();
      good("database", `whole, ${Math.ceil((await core.storage.bytes()) / 1000)} kB`);
      const chain = await core.audit.verify();
      if (chain.broken === undefined) good("audit log", `${chain.entries} entries, the chain holds`);
      else bad("audit log", "audit-broken");
      if (await anyUnseen(core)) bad("cases", "case-unseen");
      else good("cases", "somebody may see each");
    } catch (error) {
      bad("database", codeOf(error));
    }
    await core.close();
  } catch (error) {
    const code = codeOf(error);
    bad(
      code.startsWith("key")
        ? "key"
        : code === "redis-persists"
          ? "Redis"
          : code === "content-invalid"
            ? "content"
            : code === "home-unwritable"
              ? "state folder"
              : "database",
      code,
    );
  }

  if (existsSync(config.home) && process.platform !== "win32") {
    const open = (statSync(config.home).mode & 0o077) !== 0;
    findings.push({
      ok: !open,
      what: "state folder",
      finding: open ? "others can look into it" : "closed to others",
      cure: "chmod 700 the state folder.",
    });
  }
  const crash = config.redisUrl !== undefined || createDayKeys(config.home).survivesCrash;
  findings.push({
    ok: crash,
    what: "drafts",
    finding: config.redisUrl
      ? "survive a crash of ours, and die with Redis"
      : crash
        ? "survive a crash, and die with a reboot"
        : "would be lost in a crash",
    cure: "Mount a memory-backed /dev/shm, or accept it.",
  });

  const disk = await statfs(existsSync(config.home) ? config.home : ".");
  const free = disk.bavail * disk.bsize;
  findings.push({
    ok: free > leastFree,
    what: "disk",
    finding: `${Math.floor(free / 1_000_000)} MB free`,
    cure: "Free space: reports cannot be stored on a full disk.",
  });

  findings.push(...(await tokens(config)));
  return findings;
}

/** Asks each network whether it knows our token; its clock tells how wrong ours is. */
async function tokens(config: Config): Promise<Finding[]> {
  const findings: Finding[] = [];
  const ask = async (what: string, url: string, headers: Record<string, string>) => {
    try {
      const answer = await fetch(url, { headers, signal: AbortSignal.timeout(10_000) });
      const known = answer.ok;
      findings.push({
        ok: known,
        what,
        finding: known ? "the token is good" : `the token was refused (${answer.status})`,
        cure: "Make a new token and put it into the configuration.",
      });
      const theirs = Date.parse(answer.headers.get("date") ?? "");
      if (Number.isNaN(theirs)) return;
      const off = Math.abs(Date.now() - theirs) / 1000;
      findings.push({
        ok: off < 60,
        what: "clock",
        finding: off < 60 ? `right, by ${what}` : `wrong by ${Math.round(off)} seconds`,
        cure: "Set the clock by NTP: days and deadlines hang on it.",
      });
    } catch {
      findings.push({
        ok: false,
        what,
        finding: "cannot be reached",
        cure: "Check the network, the proxy and the firewall. Quietline keeps trying.",
      });
    }
  };
  if (config.telegram)
    await ask(
      "Telegram",
      `${config.telegram.apiRoot ?? "https://api.telegram.org"}/bot${config.telegram.token}/getMe`,
      {},
    );
  else findings.push({ ok: true, what: "Telegram", finding: "off (no TELEGRAM_BOT_TOKEN)" });
  if (config.discord)
    await ask("Discord", `${config.discord.apiRoot ?? "https://discord.com/api"}/v10/users/@me`, {
      authorization: `Bot ${config.discord.token}`,
    });
  else findings.push({ ok: true, what: "Discord", finding: "off (no DISCORD_BOT_TOKEN)" });
  if (!findings.some((f) => f.what === "clock"))
    findings.push({
      ok: Date.now() > Date.UTC(2026, 0),
      what: "clock",
      finding: new Date().toISOString().slice(0, 10),
      cure: "Set the clock by NTP: days and deadlines hang on it.",
    });
  return findings;
}
