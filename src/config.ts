/**
 * Reads the configuration. Values come from the environment, from `<NAME>_FILE` (for secrets), or from `quietline.yaml` in
 * the state folder (or where QUIETLINE_CONFIG points); the environment wins.
 */
import { join, resolve } from "node:path";
import { type Problem, raw, readYaml } from "./config-sources.ts";
import { type Role, roles, type Setting, type SettingName, type Shards, settings, shardsOf } from "./settings.ts";

/** Where people open the page: its public address, else where it is found on this machine, also when it listens everywhere. */
export function pageOf(config: Pick<Config, "publicUrl" | "listen">): string {
  const here = config.listen.replace(/^0\.0\.0\.0:/, "127.0.0.1:").replace(/^\[::\]:/, "[::1]:");
  return config.publicUrl ?? `http://${here}`;
}

export interface Config {
  home: string;
  listen: string;
  roles: Role[];
  publicUrl?: string;
  onionUrl?: string;
  exitUrl: string;
  key?: string;
  recovery: string[];
  cardDelay: number;
  undo: number;
  /** Notices go with the tick of the daily tip and look like one. */
  cover: boolean;
  gate: { muteHours: number; flood: number };
  quizSize: number;
  /** 0 where it is not stated. */
  staff: number;
  metricsListen?: string;
  databaseUrl: string;
  redisUrl?: string;
  /** A Redis that persists is accepted. */
  redisPersists?: true;
  telegram?: {
    token: string;
    apiRoot?: string;
    mode: "polling" | "webhook";
    webhook?: { url: string; secret: string };
  };
  discord?: { token: string; apiRoot?: string; shards?: Shards };
}

/** Reads the whole configuration; answers every problem at once. */
export function readConfig(env: NodeJS.ProcessEnv): { config: Config } | { problems: Problem[] } {
  const problems: Problem[] = [];
  const file = readYaml(
    env.QUIETLINE_CONFIG ?? join(resolve(env.QUIETLINE_HOME || settings.QUIETLINE_HOME.fallback), "quietline.yaml"),
    env.QUIETLINE_CONFIG !== undefined,
    problems,
  );
  const values = new Map<string, string>();

  for (const [name, setting] of Object.entries(settings) as [SettingName, Setting][]) {
    const value = raw(name, setting, env, file, problems);
    if (value === undefined) continue;
    if (!setting.check.safeParse(value).success)
      problems.push({ name, problem: "The value does not fit.", cure: setting.cure });
    else values.set(name, value);
  }
  for (const name of Object.keys(file))
    if (!(name in settings))
      problems.push({
        name,
        problem: "There is no such setting.",
        cure: "Take the line out of quietline.yaml, or mend its name.",
      });
  for (const name of Object.keys(env)) {
    const bare = name.replace(/_FILE$/, "");
    if (name.startsWith("QUIETLINE_") && !(bare in settings) && !others.has(name))
      problems.push({ name, problem: "There is no such setting.", cure: "Mend the name or unset it." });
  }

  const get = (name: SettingName) => values.get(name);
  const webhook = get("TELEGRAM_MODE") === "webhook" && get("TELEGRAM_BOT_TOKEN") !== undefined;
  if (webhook && !get("TELEGRAM_WEBHOOK_SECRET"))
    problems.push({
      name: "TELEGRAM_WEBHOOK_SECRET",
      problem: "Webhook mode needs it.",
      cure: "Set a random secret: openssl rand -hex 32",
    });
  if (webhook && !get("QUIETLINE_PUBLIC_URL")?.startsWith("https://"))
    problems.push({
      name: "QUIETLINE_PUBLIC_URL",
      problem: "Webhook mode needs an https address.",
      cure: "Set the address under which Telegram reaches this server, or use TELEGRAM_MODE=polling.",
    });
  const parts = get("QUIETLINE_ROLES")
    ?.split(",")
    .map((role) => role.trim()) as Role[] | undefined;
  const told = (env.QUIETLINE_ROLES ?? file.QUIETLINE_ROLES) !== undefined;
  for (const [role, name] of Object.entries({ telegram: "TELEGRAM_BOT_TOKEN", discord: "DISCORD_BOT_TOKEN" } as const))
    if (told && parts?.includes(role as Role) && !get(name))
      problems.push({
        name,
        problem: `The role ${role} needs it.`,
        cure: `Set the token, or take ${role} out of QUIETLINE_ROLES.`,
      });
  if (problems.length > 0) return { problems };

  const home = resolve(get("QUIETLINE_HOME")!);
  const publicUrl = get("QUIETLINE_PUBLIC_URL")?.replace(/\/+$/, "");
  return {
    config: {
      home,
      listen: get("QUIETLINE_LISTEN")!,
      roles: roles.filter((role) => parts?.includes(role)),
      ...(publicUrl ? { publicUrl } : {}),
      ...optional("onionUrl", get("QUIETLINE_ONION_URL")),
      exitUrl: get("QUIETLINE_EXIT_URL")!,
      ...optional("key", get("QUIETLINE_KEY")),
      recovery: (get("QUIETLINE_RECOVERY") ?? "").split(/\s+/).filter(Boolean),
      cardDelay: Number(get("QUIETLINE_CARD_DELAY")),
      undo: Number(get("QUIETLINE_UNDO")),
      cover: get("QUIETLINE_COVER") === "on",
      gate: { muteHours: Number(get("QUIETLINE_MUTE_HOURS")), flood: Number(get("QUIETLINE_FLOOD")) },
      quizSize: Number(get("QUIETLINE_QUIZ_SIZE")),
      staff: Number(get("QUIETLINE_STAFF") ?? 0),
      ...optional("metricsListen", get("QUIETLINE_METRICS_LISTEN")),
      databaseUrl: get("DATABASE_URL") ?? `sqlite:${join(home, "quietline.sqlite")}`,
      ...optional("redisUrl", get("REDIS_URL")),
      ...(get("QUIETLINE_REDIS_PERSISTS") ? { redisPersists: true } : {}),
      ...optional(
        "telegram",
        get("TELEGRAM_BOT_TOKEN") && {
          token: get("TELEGRAM_BOT_TOKEN")!,
          ...optional("apiRoot", get("TELEGRAM_API_ROOT")),
          mode: get("TELEGRAM_MODE") as "polling" | "webhook",
          ...(webhook ? { webhook: { url: `${publicUrl}/telegram`, secret: get("TELEGRAM_WEBHOOK_SECRET")! } } : {}),
        },
      ),
      ...optional(
        "discord",
        get("DISCORD_BOT_TOKEN") && {
          token: get("DISCORD_BOT_TOKEN")!,
          ...optional("apiRoot", get("DISCORD_API_ROOT")),
          ...optional("shards", get("QUIETLINE_DISCORD_SHARDS") && shardsOf(get("QUIETLINE_DISCORD_SHARDS")!)),
        },
      ),
    },
  };
}

/** Variables of our own that are no settings of the service. */
const others = new Set(["QUIETLINE_CONFIG", "QUIETLINE_QA_TASKS", "QUIETLINE_SCREENSHOTS"]);

function optional<K extends string, V>(key: K, value: V | undefined | ""): { [P in K]?: V } {
  return (value === undefined || value === "" ? {} : { [key]: value }) as { [P in K]?: V };
}
