/**
 * The courier: takes due rows, has them drawn, hands them to their network at the moments that it allows, and keeps at it
 * until each is delivered.
 */
import type { Screen } from "../bot/screen.ts";
import { codeOf } from "../errors.ts";
import type { Address, Pace, Platform } from "../platforms/platform.ts";
import { unreadable } from "./claims.ts";
import { createDelivery } from "./delivery.ts";
import type { Moment } from "./line.ts";
import type { Outbox } from "./outbox.ts";
import type { Pacer } from "./pace.ts";
import type { Due, Payload } from "./rows.ts";

export interface Courier {
  start(): void;
  /** Something new may be due. */
  wake(): void;
  /** Resolves when nothing is due any more. */
  idle(): Promise<void>;
  stop(): Promise<void>;
}

export interface CourierParts {
  outbox: Outbox;
  /** Keeps to what networks allow; without one nothing is held back. */
  pacer?: Pacer;
  platform(name: string): Platform | undefined;
  open(sealed: Buffer): Address;
  draw(platform: Platform, payload: Payload): Promise<Screen>;
  /** A subscriber cannot be reached any more: they blocked us or left. */
  gone?(owner: string): Promise<void>;
  /** Puts more into the outbox, a handful at a time, where there is more; called before each look at it. */
  feed?(): Promise<void>;
  note(code: string, values?: Record<string, string | number>): void;
  /** Milliseconds since 1970. */
  now?(): number;
  sleep?(milliseconds: number): Promise<void>;
}

/** For how long rows are ours (seconds). */
const lease = 120;
/**
 * How many rows one look takes, when a network has enough in hand, below what it gets more, and when all together have
 * enough. Where networks say how fast, about a second's worth: who comes later waits no longer than that.
 */
const [paced, free] = [
  { rows: 32, lane: 32, low: 16, all: 160 },
  { rows: 128, lane: 384, low: 256, all: 768 },
];
/** So many at most are on their way at once and not noted yet, on each network: they may come twice after a crash. */
const flying = 160;
/** How often it is looked whether notes can be written again (milliseconds). */
const stuckLook = 200;
/** After so long a sleep (milliseconds) it is looked whether the house closes. */
const longestSleep = 1000;
/** Longest pause between two looks at the table (seconds). */
const longestLook = 2;

/** Rows on their way to one network. */
interface Lane {
  name: string;
  /** First things first. */
  waiting: { row: Due; to: Address; precedence: number }[];
  /** When they may leave, the earliest first. */
  moments: Moment[];
  count: number;
  /** On their way, and not noted yet. */
  flying: number;
  /** Told when one has landed. */
  landed?: () => void;
  pumping: boolean;
  /** Places that cards are on their way to: the next one waits, so that they come in order. */
  places: Map<string, Promise<void>>;
}

export function createCourier(parts: CourierParts): Courier {
  const { outbox, pacer, note } = parts;
  const inHand = pacer ? paced : free;
  const sleep = parts.sleep ?? ((ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)));
  const lanes = new Map<string, Lane>();
  const delivery = createDelivery(parts);
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  let again = false;
  let stopped = true;
  let all = 0;
  /** Why the last look at the table failed: told once, however often it fails. */
  let ailing: string | undefined;
  let moved = (): void => {};

  function failed(code: string): void {
    if (ailing !== code) note("courier-failed", { code });
    ailing = code;
  }

  outbox.onStuck(failed);

  function laneOf(name: string): Lane {
    let lane = lanes.get(name);
    if (!lane) {
      lane = { name, waiting: [], moments: [], count: 0, flying: 0, pumping: false, places: new Map() };
      lanes.set(name, lane);
    }
    return lane;
  }

  async function deliver(lane: Lane, row: Due, to: Address, answered?: () => void): Promise<void> {
    try {
      await delivery.deliver(row, to, answered);
    } catch (error) {
      note("courier-failed", { kind: row.kind, error: error instanceof Error ? error.name : "unknown" });
      await delivery.after(row).catch(() => note("courier-failed", { kind: row.kind }));
    } finally {
      lane.flying -= 1;
      lane.landed?.();
      over(lane, 1);
    }
  }

  /** What goes to many has nobody to wait for: each is another person. */
  function inTurn(lane: Lane, row: Due, to: Address, answered?: () => void): Promise<void> {
    if (delivery.precedence(row) > 0) return deliver(lane, row, to, answered);
    const before = lane.places.get(to.id);
    const delivering = (before ?? Promise.resolve()).then(() => deliver(lane, row, to, answered));
    lane.places.set(to.id, delivering);
    return delivering.finally(() => {
      if (lane.places.get(to.id) === delivering) lane.places.delete(to.id);
    });
  }

  function over(lane: Lane, n: number): void {
    lane.count -= n;
    all -= n;
    if (all === 0 || (lane.count <= inHand.low && lane.count + n > inHand.low)) moved();
  }

  async function reserve(lane: Lane, pace: Pace | undefined, n: number): Promise<void> {
    if (!pacer || !pace) return;
    const moments = await pacer.reserve(lane.name, pace, n);
    lane.moments = [...lane.moments, ...moments].sort((a, b) => a.at - b.at);
  }

  /** Waits until the next row of a lane may leave; what is to be called when its network has answered. */
  async function turn(lane: Lane): Promise<(() => void) | undefined> {
    while (!stopped) {
      // what is sent now could not be noted
      if (outbox.stuck()) {
        await sleep(stuckLook);
        continue;
      }
      const pace = parts.platform(lane.name)?.pace;
      if (!pacer || !pace) return undefined;
      const gone = pacer.go(lane.name, pace, lane.moments);
      if ("wait" in gone) await sleep(Math.min(gone.wait, longestSleep));
      else if ("missed" in gone) {
        const { missed } = gone;
        lane.moments = lane.moments.filter((moment) => !missed.includes(moment));
        await reserve(lane, pace, missed.length);
      } else {
        lane.moments.shift();
        return gone.answered;
      }
    }
    return undefined;
  }

  /** Hands a lane's rows over at their moments; when its network wants silence, gives them back. */
  async function pump(lane: Lane): Promise<void> {
    if (lane.pumping) return;
    lane.pumping = true;
    let recovered = false;
    while (lane.waiting.length > 0) {
      if (lane.flying >= flying) {
        await new Promise<void>((resolve) => (lane.landed = resolve));
        continue;
      }
      const answered = await turn(lane);
      // after an illness the line forms anew, with those that were put off meanwhile
      if (stopped || recovered || delivery.silent(lane.name)) {
        const back = lane.waiting.splice(0);
        lane.moments = [];
        await delivery
          .giveBack(
            lane.name,
            back.map(({ row }) => row),
          )
          .catch((error: unknown) => failed(codeOf(error)));
        over(lane, back.length);
        recovered = false;
        // what was handed over meanwhile found us at work: nobody else looks at it
        continue;
      }
      const next = lane.waiting.shift();
      if (!next) break;
      lane.flying += 1;
      const delivering = inTurn(lane, next.row, next.to, answered);
      // a network that was ill gets one at a time until it is well
      if (!delivery.ailing(lane.name)) continue;
      await delivering;
      recovered = !delivery.ailing(lane.name);
    }
    lane.pumping = false;
  }

  /** Where a row goes; one that was damaged goes nowhere and holds up no other. */
  async function addressOf(row: Due): Promise<Address | undefined> {
    try {
      return parts.open(row.address);
    } catch {
      note("not-delivered", { code: unreadable, kind: row.kind });
      await outbox.park(row, unreadable).catch((error: unknown) => failed(codeOf(error)));
      return undefined;
    }
  }

  async function handOver(due: Due[]): Promise<void> {
    const fresh = new Map<Lane, Lane["waiting"]>();
    for (const row of due) {
      const to = await addressOf(row);
      if (!to) continue;
      const lane = laneOf(to.platform);
      fresh.set(lane, [...(fresh.get(lane) ?? []), { row, to, precedence: delivery.precedence(row) }]);
      lane.count += 1;
      all += 1;
    }
    for (const [lane, rows] of fresh) {
      // a row waits for no moment before there is one: a busy lane would send it at once
      await reserve(lane, parts.platform(lane.name)?.pace, rows.length);
      for (const one of rows) {
        const at = lane.waiting.findIndex((w) => w.precedence > one.precedence);
        lane.waiting.splice(at < 0 ? lane.waiting.length : at, 0, one);
      }
      void pump(lane);
    }
  }

  /** Something has moved, or it is time to look again: one slow network holds up no other. */
  function nextMove(): Promise<void> {
    return new Promise((resolve) => {
      const look = setTimeout(resolve, longestLook * 1000).unref();
      moved = () => {
        clearTimeout(look);
        resolve();
      };
    });
  }

  async function work(): Promise<void> {
    do {
      again = false;
      if (!outbox.stuck()) await parts.feed?.().catch((error: unknown) => failed(codeOf(error)));
      // before the look, so that nothing that moves meanwhile is missed
      const change = nextMove();
      const full = [...lanes.values()].filter((lane) => lane.count >= inHand.lane).map((lane) => lane.name);
      const held = [...(await delivery.quiet()), ...full];
      const due = all >= inHand.all ? [] : await outbox.claim(inHand.rows, lease, held);
      await handOver(due);
      if (due.length > 0 && ailing !== undefined) {
        note("courier-resumed");
        ailing = undefined;
      }
      if (due.length === inHand.rows && all < inHand.all) {
        again = true;
        // let what can be sent be sent, or every look would find less room
        await new Promise(setImmediate);
        continue;
      }
      // what was held back while its network had enough in hand may go now; who woke us meanwhile is not forgotten
      again ||= all > 0 || full.length > 0;
      if (all > 0) await change;
    } while (again && !stopped);
    while (all > 0) await nextMove();
  }

  function run(): void {
    if (running) {
      again = true;
      moved();
      return;
    }
    clearTimeout(timer);
    running = work()
      .catch((error: unknown) => failed(codeOf(error)))
      .then(async () => {
        running = undefined;
        if (stopped) return;
        const wait = await outbox.next(await delivery.quiet().catch(() => [])).catch(() => longestLook);
        if (!stopped && !running) timer = setTimeout(run, Math.min(wait ?? longestLook, longestLook) * 1000 + 50);
      });
  }

  return {
    start() {
      stopped = false;
      run();
    },
    wake() {
      if (!stopped) run();
    },
    async idle() {
      stopped = false;
      do {
        run();
        await running;
      } while ((await outbox.next(await delivery.quiet())) === 0);
    },
    async stop() {
      stopped = true;
      clearTimeout(timer);
      outbox.hurry();
      moved();
      await running;
    },
  };
}
