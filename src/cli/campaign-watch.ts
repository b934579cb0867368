/** How far a campaign is, on a terminal: a bar that moves until it is over; elsewhere a plain line whenever that changed. */
import type { Core } from "../main.ts";
import type { Progress } from "../outbox/progress.ts";
import { complain, say, untilStopped } from "./terminal.ts";

export const unknown = "There is no such campaign. `quietline campaign list` names them.";

/** How often it is looked (milliseconds). */
const looks = 1000;
/** Columns that the figures need beside the bar, and how long that may be. */
const room = { figures: 64, shortest: 8, longest: 40 };

/** The figures as one line of 62 columns at most, up to ten million people. @param now seconds since 1970 */
export function lineOf(p: Progress, now: number): string {
  const all = p.sent + p.failed + p.left;
  const end = Math.max(now + p.left / p.rate, p.begins + p.spread);
  const then =
    p.state !== "running"
      ? p.state
      : p.left > 0 && p.sent + p.failed > 0 && p.rate > 0
        ? `ends ${clock(end, now)}`
        : "";
  return [
    `${all === 0 ? 0 : Math.floor(((p.sent + p.failed) * 100) / all)}%`.padStart(4),
    `sent ${p.sent}`,
    `failed ${p.failed}`,
    `left ${p.left}`,
    `${p.rate.toFixed(1)}/s`,
    then,
  ]
    .filter(Boolean)
    .join("  ");
}

/** A moment by this machine's clock; with its day where that is not today. */
function clock(seconds: number, now: number): string {
  const two = (n: number) => String(n).padStart(2, "0");
  const [at, today] = [new Date(seconds * 1000), new Date(now * 1000)];
  const day = at.toDateString() === today.toDateString() ? "" : `${two(at.getMonth() + 1)}-${two(at.getDate())} `;
  return `${day}${two(at.getHours())}:${two(at.getMinutes())}`;
}

/** What became of it, network by network. */
export function tell(p: Progress): void {
  say(`Campaign ${p.id}: ${p.state}. Sent ${p.sent}, failed ${p.failed}, left ${p.left}.`);
  for (const [lane, counts] of Object.entries(p.by))
    say(
      `  ${lane || "feedback"}: ${Object.entries(counts)
        .map(([what, n]) => `${what} ${n}`)
        .join(", ")}`,
    );
  for (const [lane, code] of Object.entries(p.quiet)) say(`  ${lane} accepts nothing at the moment (${code}).`);
}

/** Shows how far it is until it is over or somebody has seen enough. */
export async function watch(core: Core, id: string): Promise<void> {
  const show = process.stdout.isTTY ? await onTerminal(process.stdout.columns) : inLines();
  const enough = untilStopped().then(() => "enough" as const);
  let last: Progress | undefined;
  for (;;) {
    const p = await core.campaigns.progress(id);
    if (!p) return complain(unknown);
    show.now(p);
    last = p;
    if (p.state === "done" || p.state === "cancelled") break;
    if ((await Promise.race([enough, new Promise((resolve) => setTimeout(resolve, looks))])) === "enough") break;
  }
  show.end();
  tell(last);
  if (last.state === "running" || last.state === "paused" || last.state === "waiting")
    say(`It does not need this window: \`quietline campaign watch ${id}\` shows it again.`);
}

interface Show {
  now(p: Progress): void;
  end(): void;
}

/** Lines for a file or a log: one whenever something has changed. */
function inLines(): Show {
  let before = "";
  return {
    now(p) {
      const key = JSON.stringify([p.state, p.sent, p.failed, p.left]);
      if (key !== before) say(lineOf(p, Date.now() / 1000));
      before = key;
    },
    end: () => undefined,
  };
}

async function onTerminal(columns: number): Promise<Show> {
  const { Presets, SingleBar } = await import("cli-progress");
  const barsize = Math.max(room.shortest, Math.min(room.longest, columns - room.figures));
  const bar = new SingleBar(
    { format: "{bar} {line}", barsize, stream: process.stdout, hideCursor: true },
    Presets.shades_classic,
  );
  let begun = false;
  return {
    now(p) {
      const [all, over] = [Math.max(1, p.sent + p.failed + p.left), p.sent + p.failed];
      const line = { line: lineOf(p, Date.now() / 1000) };
      if (!begun) bar.start(all, over, line);
      else {
        bar.setTotal(all);
        bar.update(over, line);
      }
      begun = true;
    },
    end: () => bar.stop(),
  };
}
