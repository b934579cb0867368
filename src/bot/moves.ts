/**
 * Where a talk goes: to another step or conversation, back, home, or nowhere yet, because something would be lost. As with
 * every turn, what comes out is a value.
 */
import { randomBytes } from "node:crypto";
import type { Command } from "../desk.ts";
import type { AnyConversation, Context, Step, Turn } from "./conversation.ts";
import type { Screen } from "./screen.ts";
import type { Talk } from "./sessions.ts";
import type { Shelf } from "./shelf.ts";

/** What a turn came to. */
export interface Outcome {
  talk: Talk;
  commands: Command[];
  /** Why the last input did not work, or what just happened; drawn above the screen. */
  notice?: string;
  /** What was typed into a form that could not be taken; drawn as quotes, so that it is not lost. */
  typed?: string[];
  /** Messages to delete from the person's chat now. */
  erase?: string[];
  /** A screen of a card, which is not the person's own talk. */
  aside?: { conversation: string; step: string; draft: unknown };
  /** The input came from someone for whom the thing does not exist. */
  refused?: true;
}

/** A new talk, at home. */
export function blankTalk(): Talk {
  return {
    id: randomBytes(6).toString("base64url"),
    conversation: "home",
    step: "menu",
    draft: {},
    trail: [],
    events: [],
    traces: [],
  };
}

/** A conversation and a step of it. */
export type Place = { conversation: AnyConversation; step: Step<unknown, string> };

/** The conversation and step of a talk; home where they no longer exist. */
export function stand(shelf: Shelf, talk: Talk): Place {
  const conversation = shelf.get(talk.conversation);
  const step = conversation?.steps[talk.step] as Step<unknown, string> | undefined;
  if (conversation && step) return { conversation, step };
  Object.assign(talk, { ...blankTalk(), events: talk.events, traces: talk.traces, locale: talk.locale });
  const home = shelf.get("home")!;
  return { conversation: home, step: home.steps[home.first] as Step<unknown, string> };
}

interface Move {
  open: string;
  command?: string;
  rest?: string;
  at?: { step: string; draft: unknown };
  from?: { conversation: string; step: string; draft: unknown };
}

/** Moves to another conversation; asks first where something would be lost. */
export async function change(
  shelf: Shelf,
  talk: Talk,
  move: Move,
  ctx: Context,
  notice?: string,
  commands: Command[] = [],
): Promise<Outcome> {
  const here = stand(shelf, talk);
  const samePlace = move.open === talk.conversation && move.at !== undefined;
  const loses = talk.leaving || talk.over || samePlace ? undefined : here.conversation.loses?.(talk.draft, ctx);
  if (loses)
    return { talk: { ...talk, leaving: { move: JSON.stringify(move), notice: notice ?? loses.after } }, commands };
  const conversation = shelf.get(move.open)!;
  const begun = move.command && !move.at ? await conversation.begin?.(move.command, move.rest ?? "", ctx) : undefined;
  const fresh: Talk = {
    ...blankTalk(),
    events: talk.events,
    traces: talk.traces,
    locale: talk.locale,
    conversation: conversation.name,
    step: move.at?.step ?? conversation.first,
    draft: move.at?.draft ?? structuredClone(conversation.blank),
  };
  if (begun) return follow(shelf, fresh, conversation, begun, ctx);
  if (move.from) fresh.trail = [];
  return { talk: fresh, commands, notice };
}

/** The question "really leave?" was answered. */
export async function leave(shelf: Shelf, talk: Talk, bare: string | undefined, ctx: Context): Promise<Outcome> {
  const { leaving, ...rest } = talk;
  if (bare === "!leave" && leaving) return change(shelf, talk, JSON.parse(leaving.move) as Move, ctx, leaving.notice);
  if (bare === "!stay") return { talk: rest, commands: [] };
  return { talk, commands: [], notice: ctx.t("bot:press-one") };
}

/** One question or one step back. */
export function back(talk: Talk): Outcome {
  if (talk.filling && talk.filling.at > 0) {
    const at = talk.filling.trail?.at(-1) ?? talk.filling.at - 1;
    return {
      talk: {
        ...talk,
        filling: { ...talk.filling, at, trail: talk.filling.trail?.slice(0, -1) },
        picked: undefined,
        page: undefined,
      },
      commands: [],
    };
  }
  const step = talk.trail.at(-1);
  if (step === undefined) return { talk, commands: [] };
  return { talk: { ...moved(talk), step, trail: talk.trail.slice(0, -1) }, commands: [] };
}

/** The talk back at home, with what outlives a draft. */
export function goHome(talk: Talk): Outcome {
  return { talk: { ...blankTalk(), events: talk.events, traces: talk.traces, locale: talk.locale }, commands: [] };
}

/** The talk without what belongs to one step only. */
function moved(talk: Talk): Talk {
  const {
    filling: _filling,
    picked: _picked,
    page: _page,
    over: _over,
    leaving: _leaving,
    kept: _kept,
    quiz: _quiz,
    ...rest
  } = talk;
  return rest;
}

/** Where the step's turn leads. */
export async function follow(
  shelf: Shelf,
  talk: Talk,
  conversation: AnyConversation,
  turn: Turn,
  ctx: Context,
): Promise<Outcome> {
  if ("stay" in turn) return { talk, commands: [], notice: turn.stay };
  if ("open" in turn) {
    const left = { ...talk, leaving: { move: "" }, locale: turn.locale ?? talk.locale };
    const opened = await change(shelf, left, { open: turn.open, at: turn.at }, ctx, turn.notice);
    return { ...opened, commands: [...(turn.commands ?? []), ...opened.commands] };
  }
  if ("go" in turn) {
    const noWayBack = (conversation.steps[turn.go] as Step<unknown, string>).noBack;
    const again = talk.trail.indexOf(turn.go);
    const trail = noWayBack
      ? []
      : again >= 0
        ? talk.trail.slice(0, again)
        : turn.go === talk.step
          ? talk.trail
          : [...talk.trail, talk.step];
    return {
      talk: { ...moved(talk), step: turn.go, draft: turn.draft, trail },
      commands: turn.commands ?? [],
      notice: turn.notice,
    };
  }
  const home = goHome(talk);
  home.talk.over = turn.done;
  // the marks are kept: whether it was erased nobody tells us, and to ask twice does no harm
  const erase = turn.erase ? talk.traces : undefined;
  return { ...home, commands: turn.commands ?? [], notice: turn.notice, erase };
}

/** The screen of a question that the machine itself asks. */
export function leavingScreen(ask: string, ctx: Context): Screen {
  return {
    text: ask,
    buttons: [
      { value: "!stay", label: ctx.t("bot:leave.stay"), tone: "primary" },
      { value: "!leave", label: ctx.t("bot:leave.leave"), tone: "danger" },
    ],
  };
}
