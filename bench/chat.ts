/** What one turn on Telegram costs, against a bare echo of the same library over the same stand-in. */
import { once } from "node:events";
import { type Child, forkHelper, scratch, startPeer, startQuietline, stop } from "./child.ts";
import type { Row } from "./table.ts";
import type { Ask, Played } from "./telegram-stage.ts";

/** @param persons how many walk through a report, 21 turns each */
export async function measureChat(persons: number): Promise<Row[]> {
  const home = scratch();
  try {
    const ours = await play(persons, false, (env) => startQuietline(home.path, env));
    const theirs = await play(persons, true, (env) => startPeer("echo", env));
    return [
      {
        what: "chat turn on Telegram, processor time",
        unit: "ms/turn",
        figure: ours.cpu,
        peer: theirs.cpu,
        goal: { is: "at most", value: 1.3, of: "ratio" },
        details: { turns: ours.turns, callsPerTurn: ours.calls, peerCallsPerTurn: theirs.calls },
      },
      { what: "  turns, one person at a time", unit: "turns/s", figure: ours.perSecond, peer: theirs.perSecond },
    ];
  } finally {
    home.remove();
  }
}

interface Measured {
  turns: number;
  cpu: number;
  calls: number;
  perSecond: number;
}

/** Plays the walk with a bot, a fifth of it first to warm up. */
async function play(
  persons: number,
  bare: boolean,
  bot: (env: Record<string, string>) => Promise<Child>,
): Promise<Measured> {
  const stage = forkHelper("telegram-stage");
  const [{ url, token }] = (await once(stage, "message")) as [{ url: string; token: string }];
  const child = await bot({ TELEGRAM_BOT_TOKEN: token, TELEGRAM_API_ROOT: url });
  const walk = async (ask: Ask): Promise<Played> => {
    stage.send(ask);
    return ((await once(stage, "message")) as [Played])[0];
  };
  try {
    await walk({ persons: Math.ceil(persons / 5), bare });
    const before = child.cpu();
    const began = performance.now();
    const { turns, calls } = await walk({ persons, bare });
    const seconds = (performance.now() - began) / 1000;
    const out = Object.values(calls).reduce((sum, n) => sum + n, 0);
    return { turns, cpu: (child.cpu() - before) / turns, calls: out / turns, perSecond: turns / seconds };
  } finally {
    await child.stop();
    await stop(stage);
  }
}
