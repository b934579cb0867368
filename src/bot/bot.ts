/**
 * The machine: one event in, one screen out. It finds the talk, takes the turn, stores talk and orders in one
 * transaction, and draws where the talk stands then. It never asks which platform it is on.
 */
import { createHash } from "node:crypto";
import type { Actor, Command, Desk, Visitor } from "../desk.ts";
import { codeOf, fail, personCodes } from "../errors.ts";
import type { Words } from "../i18n/words.ts";
import type { Can, Incoming } from "../platforms/platform.ts";
import type { Context, Step, Taken } from "./conversation.ts";
import type { Door } from "./door.ts";
import { spell } from "./forms.ts";
import { blankTalk, goHome, leavingScreen, type Outcome, stand } from "./moves.ts";
import type { Choice, Quote, Screen, Upload } from "./screen.ts";
import type { Sessions, Talk } from "./sessions.ts";
import { cardPrefix, open, type Shelf } from "./shelf.ts";
import { type Heard, handedBack, tag, take } from "./turns.ts";

/** The platform that an event came from or a screen goes to, as far as the machine cares. */
export interface Speaker {
  name: string;
  can: Can;
}

export interface Bot {
  /** Answers one event. Never rejects: what goes wrong is a screen for the person and a code for the operator. */
  hear(speaker: Speaker, incoming: Incoming): Promise<Screen | undefined>;
  /** Draws a card or a notice that goes out by itself; `step` is `conversation.step`. */
  card(speaker: Speaker, step: string, key: string, locale: string): Promise<Screen>;
}

export interface Parts {
  shelf: Shelf;
  sessions: Sessions;
  door: Door;
  desk: Desk;
  words: Words;
  /** Address of the web page, the same for everyone. */
  page: string;
  /** Milliseconds since 1970. */
  now(): number;
  /** For the operator's log and figures: codes only. */
  note(code: string, values?: Record<string, string | number>): void;
}

/** Does somebody come in as a reviewer by these orders? */
const entering = (commands: Command[]): boolean =>
  commands.some((c) => c.kind === "join" || c.kind === "enter" || c.kind === "sign-in");

/** How often a turn that lost a race is taken again. */
const attempts = 12;
/** How many events and marks of messages a talk remembers. */
const remembered = { events: 40, traces: 400 };

export function createBot(parts: Parts): Bot {
  const { shelf, sessions, door, desk, words, now, note } = parts;
  const tails = new Map<string, Promise<unknown>>();
  const today = () => Math.floor(now() / 86_400_000);

  /** One after another for one key; different keys never wait for each other. */
  function inOrder<T>(key: string, work: () => Promise<T>): Promise<T> {
    const run = (tails.get(key) ?? Promise.resolve()).then(work, work);
    tails.set(key, run);
    const forget = () => tails.get(key) === run && tails.delete(key);
    run.then(forget, forget);
    return run;
  }

  function context(speaker: Speaker, locale: string, visitor: Visitor, shared: boolean): Context {
    const spoken = words.pick(locale);
    return {
      locale: spoken,
      locales: words.locales,
      t: (key, values) => words.say(spoken, key, values),
      label: (list, code) => words.say(spoken, `taxonomy:${list}.${code}`),
      platform: speaker.name,
      can: speaker.can,
      shared,
      page: parts.page,
      today: today(),
      day: (day) => words.day(spoken, day),
      desk: desk.for(visitor),
    };
  }

  async function turn(speaker: Speaker, incoming: Incoming, visitor: Visitor): Promise<Screen | undefined> {
    const shared = incoming.place !== undefined;
    const event = createHash("sha256").update(`${speaker.name}\u0000${incoming.id}`).digest("base64url").slice(0, 8);
    let heard: Heard | undefined;
    for (let attempt = 1; attempt <= attempts; attempt++) {
      await door.ready(today()); // the memory of the keys may have been lost since the last try
      const slots = door.slots(incoming.from, today());
      const loaded = await sessions.load(slots);
      const before = loaded?.talk ?? blankTalk();
      const ctx = context(speaker, before.locale ?? incoming.locale, visitor, shared);
      if (before.events.includes(event))
        return shared ? undefined : { ...(await draw(before, ctx, { erase: before.erase })), locale: ctx.locale };
      before.traces = [...before.traces, ...(incoming.traces ?? [])].slice(-remembered.traces);
      heard ??= await takeFiles(incoming, before, ctx, visitor);
      visitor.locale = ctx.locale; // what is sent later speaks the language that was chosen
      const outcome = await take(shelf, before, heard, ctx);
      const moves = visitor.entrance !== undefined && entering(outcome.commands);
      const home = moves ? door.slots(incoming.fresh!, today()) : slots;
      if (heard.kind !== "look") {
        outcome.talk.events = [...outcome.talk.events, event].slice(-remembered.events);
        outcome.talk.erase = outcome.erase;
        const commands: Command[] = outcome.refused ? [...outcome.commands, { kind: "refused" }] : outcome.commands;
        if (!(await commit(home, outcome.talk, loaded?.mark, visitor, commands))) continue;
        if (heard.kind === "quiz-drawn") return undefined;
      }
      const after = context(
        speaker,
        outcome.talk.locale ?? incoming.locale,
        await current(visitor, outcome.commands),
        shared,
      );
      const screen = await drawOutcome(outcome, after);
      return screen && { ...screen, locale: after.locale, ...(moves ? { moved: true as const } : {}) };
    }
    throw fail("turn-contended");
  }

  /** Session and orders, all or nothing; false when another turn was faster. */
  async function commit(
    slots: ReturnType<Door["slots"]>,
    talk: Talk,
    mark: Parameters<Sessions["commit"]>[2],
    visitor: Visitor,
    commands: Command[],
  ): Promise<boolean> {
    try {
      const orders = await desk.prepare(visitor, commands);
      await sessions.commit(slots, talk, mark, orders.writes);
      await orders.after();
      return true;
    } catch (error) {
      if (codeOf(error) === "stale") return false;
      throw error;
    }
  }

  /** Who the visitor is after orders that change that (joining, signing in or out). */
  async function current(visitor: Visitor, commands: Command[]): Promise<Visitor> {
    const enters = entering(commands);
    if (!enters && !commands.some((c) => c.kind === "sign-out")) return visitor;
    const tag = enters ? (visitor.entrance ?? visitor).tag : visitor.tag;
    return { ...visitor, tag, actor: await desk.actor(tag) };
  }

  /** Seals uploads before the turn: bytes are taken in once, however often the turn is taken. */
  async function takeFiles(incoming: Incoming, talk: Talk, ctx: Context, visitor: Visitor): Promise<Heard> {
    const { input } = incoming;
    if (input.kind !== "files") return input;
    const { step } = stand(shelf, structuredClone(talk));
    const welcome = talk.over || talk.leaving || ctx.shared ? undefined : (await step.show(talk.draft, ctx)).files;
    const taken: Taken[] = [];
    for (const upload of input.files)
      taken.push(welcome ? await takeOne(upload, welcome.bytes, visitor) : { ok: false, why: "no-files-here" });
    return { kind: "files", files: taken, value: input.value };
  }

  async function takeOne(upload: Upload, limit: number, visitor: Visitor): Promise<Taken> {
    try {
      return await desk.takeIn(visitor, upload, limit);
    } catch (error) {
      const code = codeOf(error);
      if (code !== "turn-failed") return { ok: false, why: code };
      return { ok: false, why: "file-broken" };
    }
  }

  async function drawOutcome(outcome: Outcome, ctx: Context): Promise<Screen | undefined> {
    if (outcome.refused) return { text: outcome.notice ?? ctx.t("bot:refused"), hush: true };
    if (outcome.aside) {
      const { conversation, step, draft } = outcome.aside;
      const screen = conversation === "" ? (draft as Screen) : await drawCard(conversation, step, draft, ctx);
      return { ...screen, notice: outcome.notice ?? screen.notice, hush: true };
    }
    return draw(outcome.talk, ctx, outcome);
  }

  async function drawCard(conversation: string, name: string, draft: unknown, ctx: Context): Promise<Screen> {
    const step = shelf.get(conversation)!.steps[name] as Step<unknown, string>;
    return wrap(await step.show(draft, ctx), cardPrefix(conversation, name, step.anytime!.key(draft)));
  }

  async function draw(talk: Talk, ctx: Context, outcome: Pick<Outcome, "notice" | "erase" | "typed">): Promise<Screen> {
    if (!open(stand(shelf, talk).conversation, ctx)) {
      return draw(goHome(talk).talk, ctx, { ...outcome, notice: ctx.t("bot:signed-out") });
    }
    const at = stand(shelf, talk);
    let screen: Screen;
    if (talk.leaving) screen = leavingScreen(at.conversation.loses?.(talk.draft, ctx)?.ask ?? "", ctx);
    else if (talk.over)
      screen = { ...talk.over, buttons: [...(talk.over.buttons ?? []), { value: "!home", label: ctx.t("bot:home") }] };
    else {
      screen = spell(talk, await at.step.show(talk.draft, ctx), ctx);
      screen = { ...screen, buttons: [...(screen.buttons ?? []), ...ways(talk, at, screen, ctx)] };
    }
    return {
      ...wrap(screen, `~${tag(talk)}.`),
      notice: outcome.notice ?? screen.notice,
      ...(outcome.typed?.length ? { quotes: [...handed(outcome.typed, ctx), ...(screen.quotes ?? [])] } : {}),
      hush: true,
      ...(outcome.erase && outcome.erase.length > 0 ? { erase: outcome.erase } : {}),
    };
  }

  /** The ways on that every step has: back, skip, and out. */
  function ways(talk: Talk, at: ReturnType<typeof stand>, screen: Screen, ctx: Context): Choice[] {
    const choices: Choice[] = [];
    if (at.step.skip && !screen.buttons?.some((b) => b.value === "!skip"))
      choices.push({ value: "!skip", label: ctx.t("bot:skip"), tone: "quiet" });
    if ((talk.trail.length > 0 && !at.step.noBack) || (talk.filling?.at ?? 0) > 0)
      choices.push({ value: "!back", label: ctx.t("bot:back"), tone: "quiet" });
    if (at.conversation.name !== "home") {
      const loses = at.conversation.loses?.(talk.draft, ctx)?.after !== undefined;
      choices.push({ value: "!home", label: ctx.t(loses ? "bot:cancel" : "bot:home"), tone: "quiet" });
    }
    return choices;
  }

  /**
   * What a person is told when a turn failed, and a code for the operator. Where the talk can still be read the words
   * stand above it, in the language that was chosen, so that the same button can be pressed again.
   */
  async function apologise(speaker: Speaker, incoming: Incoming, error: unknown): Promise<Screen> {
    const code = codeOf(error);
    note("turn-failed", { code, platform: speaker.name });
    if (code === "not-allowed") desk.refused();
    const key = `errors:${personCodes.includes(code) ? code : "turn-failed"}`;
    const plain = { text: words.say(words.pick(incoming.locale), key), hush: true };
    if (incoming.place) return plain;
    try {
      const loaded = await sessions.load(door.slots(incoming.from, today()));
      const talk = loaded?.talk ?? blankTalk();
      const ctx = context(speaker, talk.locale ?? incoming.locale, await visitorOf(speaker, incoming), false);
      return await draw(talk, ctx, { notice: ctx.t(key), typed: handedBack(incoming.input, ctx) });
    } catch {
      return plain; // what failed first has been noted
    }
  }

  async function visitorOf(speaker: Speaker, incoming: Incoming): Promise<Visitor> {
    const { from, fresh, place, manages, locale } = incoming;
    const tag = door.tag(from);
    const names = door.slots(from, today()).map((slot) => slot.name);
    return {
      actor: await desk.actor(tag),
      tag,
      limit: names[0] ?? "",
      names,
      locale: words.pick(locale),
      reach: () => door.seal(from),
      ...(fresh ? { entrance: { tag: door.tag(fresh), reach: () => door.seal(fresh) } } : {}),
      ...(speaker.can.push ? {} : { passing: true as const }),
      ...(place
        ? {
            place: {
              tag: door.tag(place),
              address: door.seal(place),
              ...(manages === undefined ? {} : { manages }),
            },
          }
        : {}),
    };
  }

  return {
    async hear(speaker, incoming) {
      try {
        await door.ready(today());
        return await inOrder(door.tag(incoming.from), async () =>
          turn(speaker, incoming, await visitorOf(speaker, incoming)),
        );
      } catch (error) {
        return apologise(speaker, incoming, error);
      }
    },
    async card(speaker, step, key, locale) {
      const [conversation = "", name = ""] = step.split(".");
      const nobody: Actor = { kind: "house" };
      const visitor: Visitor = {
        actor: nobody,
        tag: "" as Visitor["tag"],
        limit: "",
        names: [],
        locale,
        reach: () => {
          throw fail("not-allowed");
        },
      };
      const ctx = context(speaker, locale, visitor, true);
      return drawCard(
        conversation,
        name,
        (shelf.get(conversation)!.steps[name] as Step<unknown, string>).anytime!.draft(key),
        ctx,
      );
    },
  };
}

const handed = (typed: string[], ctx: Context): Quote[] => typed.map((text) => ({ by: ctx.t("bot:typed"), text }));

/** Marks every button, so that it can only answer the screen that drew it. */
function wrap(screen: Screen, prefix: string): Screen {
  const mark = (choice: Choice): Choice => (choice.url ? choice : { ...choice, value: prefix + choice.value });
  return {
    ...screen,
    ...(screen.buttons ? { buttons: screen.buttons.map(mark) } : {}),
    ...(screen.menu
      ? {
          menu: {
            ...screen.menu,
            options: screen.menu.options.map(mark),
            ...(screen.menu.done ? { done: mark(screen.menu.done) } : {}),
          },
        }
      : {}),
    ...(screen.form ? { form: { ...screen.form, send: mark(screen.form.send) } } : {}),
  };
}
