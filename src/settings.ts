/** One table of settings: name, default, check, sentence. The README's is tested against it. */
import { z } from "zod";
import { isRecipient } from "./crypto/keys.ts";

export interface Setting {
  sentence: string;
  fallback?: string;
  secret?: true;
  check: z.ZodType<unknown, string>;
  /** What is said when the check fails: what is wanted, with an example. */
  cure: string;
}

const url = (...protocols: string[]) =>
  z.string().refine((v) => protocols.some((p) => v.startsWith(p)) && URL.canParse(v.replace(/^sqlite:/, "file:")));
const token = (pattern: RegExp) => z.string().regex(pattern);
const text = z.string();
const listen = text
  .regex(/^(\[[0-9a-fA-F:]+\]|[^:\s]+):\d{1,5}$/)
  .refine((v) => Number(v.slice(v.lastIndexOf(":") + 1)) < 65_536);
/** `0,1/4`: the first two of four shards. */
const shards = text.regex(/^\d+(\s*,\s*\d+)*\/\d+$/).refine((v) => {
  const { ids, count } = shardsOf(v);
  return new Set(ids).size === ids.length && ids.every((id) => id < count);
});
/** A mistyped recipient would make every report fail, so each is tried. */
const recipients = text
  .regex(/^age1pq1[0-9a-z]+(\s+age1pq1[0-9a-z]+)*$/)
  .refine((v) => v.split(/\s+/).every(isRecipient));

/** Every setting, in the order of the manual. */
export const settings = {
  QUIETLINE_HOME: {
    sentence: "The state folder: key, database, files.",
    fallback: "./var",
    check: text.min(1),
    cure: "Give the path of a folder.",
  },
  QUIETLINE_LISTEN: {
    sentence: "Where the web page listens.",
    fallback: "127.0.0.1:8787",
    check: listen,
    cure: "Give address and port: 127.0.0.1:8787.",
  },
  QUIETLINE_ROLES: {
    sentence:
      "What this process is: `web` serves the pages, `telegram` and `discord` listen to their networks, `courier` sends what is owed on all of them.",
    fallback: "web,telegram,discord,courier",
    check: text.refine((v) => v.split(",").every((role) => (roles as readonly string[]).includes(role.trim()))),
    cure: "Give one or more of web, telegram, discord and courier, separated by commas.",
  },
  QUIETLINE_PUBLIC_URL: {
    sentence: "The web page's address as people reach it; https or .onion.",
    check: url("https://", "http://"),
    cure: "Give the whole address: https://tips.example.org",
  },
  QUIETLINE_ONION_URL: {
    sentence: "The onion service's address: Tor Browser offers it on the https page (`Onion-Location`).",
    check: text.regex(/^http:\/\/[a-z2-7]{56}\.onion$/),
    cure: "Give the address from Tor's file hostname: http://….onion",
  },
  QUIETLINE_KEY: {
    sentence: "The organisation's key, instead of the key file.",
    secret: true,
    check: text.regex(/^AGE-SECRET-KEY-PQ-1[0-9A-Z]+$/),
    cure: "Give an age hybrid identity: AGE-SECRET-KEY-PQ-1…",
  },
  QUIETLINE_RECOVERY: {
    sentence:
      "Offline age recipients that every report, every backup and the house's own key are sealed to, separated by spaces.",
    check: recipients,
    cure: "Give hybrid recipients: age1pq1… (made by `age-keygen -pq`).",
  },
  QUIETLINE_CARD_DELAY: {
    sentence: "Cards reach boards after a random wait of up to so many seconds, so as not to tell who typed just now.",
    fallback: "180",
    check: text.regex(/^\d{1,5}$/),
    cure: "Give whole seconds, 0 to 99999.",
  },
  QUIETLINE_UNDO: {
    sentence: "For so many seconds a reviewer can take an answer back; the reporter can read it when they are over.",
    fallback: "60",
    check: text.regex(/^\d{1,4}$/),
    cure: "Give whole seconds, 0 to 9999.",
  },
  QUIETLINE_COVER: {
    sentence:
      "`on`: a notice to a reporter who asked for one waits for the next tick of the daily tip (9 o'clock on a working day) and looks like a tip.",
    fallback: "off",
    check: z.enum(["off", "on"]),
    cure: "Give off or on.",
  },
  QUIETLINE_MUTE_HOURS: {
    sentence: "For so many hours the sender of junk can be made to wait; what that costs stands above. 0: never.",
    fallback: "24",
    check: text.regex(/^([0-9]|[1-3][0-9]|4[0-8])$/),
    cure: "Give whole hours, 0 to 48.",
  },
  QUIETLINE_FLOOD: {
    sentence: "So many reports and sightings in ten minutes are a flood; what follows stands above. 0: never.",
    fallback: "60",
    check: text.regex(/^\d{1,6}$/),
    cure: "Give a whole number, 0 to 999999.",
  },
  QUIETLINE_QUIZ_SIZE: {
    sentence: "How many questions a learner is asked on a day.",
    fallback: "3",
    check: text.regex(/^([1-9]|10)$/),
    cure: "Give a number from 1 to 10.",
  },
  QUIETLINE_STAFF: {
    sentence: "How many people work for you: /learning then shows reports for every 100 of them, as counts.",
    check: text.regex(/^[1-9]\d{0,6}$/),
    cure: "Give a whole number: 1200.",
  },
  QUIETLINE_EXIT_URL: {
    sentence:
      "Where the quick exit of the web page leads: an everyday page that can be reached where your reporters are.",
    fallback: "https://www.wikipedia.org/",
    check: url("https://"),
    cure: "Give an https address: https://www.wikipedia.org/",
  },
  QUIETLINE_METRICS_LISTEN: {
    sentence: "Where operators look: `/metrics` for Prometheus, `/healthz`, `/readyz`; off by default.",
    check: listen,
    cure: "Give address and port: 127.0.0.1:9187.",
  },
  DATABASE_URL: {
    sentence: "The database: sqlite: and a path, or postgres://…; by default a file in the state folder.",
    secret: true,
    check: url("sqlite:", "postgres://", "postgresql://"),
    cure: "Give sqlite:/path/to/file or postgres://user:password@host/database.",
  },
  REDIS_URL: {
    sentence: "Redis or Valkey, which must not persist: where drafts, their keys and limits of many processes live.",
    secret: true,
    check: url("redis://", "rediss://"),
    cure: "Give redis://host:6379.",
  },
  QUIETLINE_REDIS_PERSISTS: {
    sentence: "`i-accept` starts although Redis writes to a disk, or does not say whether it does.",
    check: z.literal("i-accept"),
    cure: 'Unset it and have Redis keep nothing (`save ""`, `appendonly no`), or give i-accept.',
  },
  TELEGRAM_BOT_TOKEN: {
    sentence: "Turns Telegram on: the token from @BotFather.",
    secret: true,
    check: token(/^\d+:[A-Za-z0-9_-]{30,}$/),
    cure: "Copy the whole token from @BotFather: 123456:ABC…",
  },
  TELEGRAM_API_ROOT: {
    sentence: "A Bot API server of your own.",
    check: url("https://", "http://"),
    cure: "Give its address: http://127.0.0.1:8081",
  },
  TELEGRAM_MODE: {
    sentence: "How updates come.",
    fallback: "polling",
    check: z.enum(["polling", "webhook"]),
    cure: "Give polling or webhook.",
  },
  TELEGRAM_WEBHOOK_SECRET: {
    sentence: "What Telegram proves itself by in webhook mode.",
    secret: true,
    check: text.regex(/^[A-Za-z0-9_-]{16,256}$/),
    cure: "Give 16 to 256 letters, digits, _ or -.",
  },
  DISCORD_BOT_TOKEN: {
    sentence: "Turns Discord on: the token from the developer portal.",
    secret: true,
    check: token(/^[\w-]+\.[\w-]+\.[\w-]+$/),
    cure: "Copy the whole token from the developer portal (Bot → Reset Token).",
  },
  DISCORD_API_ROOT: {
    sentence: "Another address of Discord's REST API.",
    check: url("https://", "http://"),
    cure: "Give its address, ending in /api.",
  },
  QUIETLINE_DISCORD_SHARDS: {
    sentence: "Which shards of how many this process holds, such as `0,1/4`; by default all that Discord asks for.",
    check: shards,
    cure: "Give numbers from 0, a slash, and how many there are in all: 0,1/4",
  },
} as const satisfies Record<string, Setting>;

/** What a process can be. */
export const roles = ["web", "telegram", "discord", "courier"] as const;
export type Role = (typeof roles)[number];

/** Some of Discord's shards. */
export interface Shards {
  ids: number[];
  count: number;
}

/** Reads what `QUIETLINE_DISCORD_SHARDS` says. */
export function shardsOf(value: string): Shards {
  const [ids = "", count = ""] = value.split("/");
  return { ids: ids.split(",").map(Number), count: Number(count) };
}

export type SettingName = keyof typeof settings;
