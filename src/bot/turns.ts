/**
 * The rules of a talk: where it stands, what was done, where it stands now. No clock, no network, no database:
 * what comes out is a value, so a turn that lost a race is simply taken again.
 */
import { createHash, randomBytes } from "node:crypto";
import type { Command } from "../desk.ts";
import type { AnyConversation, Context, Step, Taken, Turn } from "./conversation.ts";
import { type Filling, fill } from "./forms.ts";
import type { Input, Screen } from "./screen.ts";
import type { Talk } from "./sessions.ts";
import { type Card, open, readCard, type Shelf } from "./shelf.ts";

/** An input whose files have been taken in. */
export type Heard = Exclude<Input, { kind: "files" }> | { kind: "files"; files: Taken[]; value?: string };

/** What a turn came to. */
export interface Outcome {
  talk: Talk;
  commands: Command[];
  /** Why the last input did not work, or what just happened; drawn above the screen. */
  notice?: string;
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

/** Takes one turn. `talk` is not changed. */
export async function take(shelf: Shelf, before: Talk, heard: Heard, ctx: Context): Promise<Outcome> {
  const talk: Talk = structuredClone(before);
  if (heard.kind === "look") return { talk, commands: [] };
  if (heard.kind === "command") return command(shelf, talk, heard.name, heard.rest, ctx);

  if (heard.kind === "quiz-drawn")
    return { talk: { ...talk, quiz: { name: heard.quiz, values: heard.values } }, commands: [] };
  if (heard.kind === "quiz-picked") {
    const value = talk.quiz?.name === heard.quiz ? talk.quiz.values[heard.picked] : undefined;
    if (value === undefined) return { talk, commands: [], notice: ctx.t("bot:old-quiz") };
    return take(shelf, before, { kind: "choice", value }, ctx);
  }
  const value = "value" in heard ? heard.value : undefined;
  const card = value === undefined ? undefined : readCard(shelf, value);
  if (card) return pressCard(shelf, talk, card, ctx);
  if (ctx.shared) return { talk, commands: [], refused: true };

  if (value !== undefined && !value.startsWith(`~${tag(talk)}.`)) {
    return { talk, commands: [], notice: ctx.t(talk.events.length === 0 ? "bot:forgotten" : "bot:stale") };
  }
  const bare = value?.slice(value.indexOf(".") + 1);

  const asked = !talk.leaving && !talk.over && stand(shelf, talk).step.secret;
  if (!asked && typed(heard).some((text) => ctx.desk.holdsReceipt(text))) {
    return { talk, commands: [], notice: ctx.t("bot:receipt-typed"), erase: talk.traces.slice(-1) };
  }
  if (talk.leaving) return leave(shelf, talk, bare, ctx);
  if (bare === "!home") return change(shelf, talk, { open: "home" }, ctx);
  if (bare === "!back") return back(talk);

  const at = stand(shelf, talk);
  if (!open(at.conversation, ctx)) return { ...goHome(talk), notice: ctx.t("bot:signed-out") };
  return answer(shelf, talk, at, withValue(heard, bare), ctx);
}

/** The conversation and step of a talk; home where they no longer exist. */
export function stand(shelf: Shelf, talk: Talk): { conversation: AnyConversation; step: Step<unknown, string> } {
  const conversation = shelf.get(talk.conversation);
  const step = conversation?.steps[talk.step] as Step<unknown, string> | undefined;
  if (conversation && step) return { conversation, step };
  Object.assign(talk, { ...blankTalk(), events: talk.events, traces: talk.traces, locale: talk.locale });
  const home = shelf.get("home")!;
  return { conversation: home, step: home.steps[home.first] as Step<unknown, string> };
}

/** The mark that a talk's buttons carry: another draft, step or question has another. */
export function tag(talk: Talk): string {
  // home is the same for everybody, also for a visitor of whom nothing is known yet
  const id = talk.conversation === "home" && !talk.over && !talk.leaving ? "" : talk.id;
  const place = [
    id,
    talk.conversation,
    talk.step,
    talk.filling?.at ?? "",
    talk.leaving ? "leaving" : "",
    talk.over ? "over" : "",
  ];
  return createHash("sha256").update(place.join("\u0000")).digest("base64url").slice(0, 6);
}

async function pressCard(shelf: Shelf, talk: Talk, card: Card, ctx: Context): Promise<Outcome> {
  if (!open(card.conversation, ctx)) return { talk, commands: [], refused: true };
  const turn: Turn = await card.step.next(card.draft, { kind: "choice", value: card.value }, ctx);
  const here = { conversation: card.conversation.name, step: card.name, draft: card.draft };
  if ("stay" in turn) return { talk, commands: [], notice: turn.stay, aside: here };
  if ("go" in turn && (card.conversation.steps[turn.go] as Step<unknown, string>).anytime) {
    const aside = { conversation: card.conversation.name, step: turn.go, draft: turn.draft };
    return { talk, commands: turn.commands ?? [], notice: turn.notice, aside };
  }
  if ("go" in turn)
    return change(
      shelf,
      talk,
      { open: card.conversation.name, at: { step: turn.go, draft: turn.draft }, from: here },
      ctx,
      turn.notice,
      turn.commands,
    );
  if ("open" in turn && ctx.shared && ctx.can.hushes && !shelf.get(turn.open)?.audience) {
    const screen: Screen = { text: ctx.t("bot:elsewhere"), elsewhere: true };
    return { talk, commands: turn.commands ?? [], aside: { conversation: "", step: "", draft: screen } };
  }
  if ("open" in turn) return change(shelf, talk, { open: turn.open, at: turn.at }, ctx, turn.notice);
  return follow(shelf, talk, card.conversation, turn, ctx);
}

async function command(shelf: Shelf, talk: Talk, name: string, rest: string, ctx: Context): Promise<Outcome> {
  if (name === "cancel")
    return talk.conversation === "home" && !talk.over
      ? { talk, commands: [], notice: ctx.t("bot:nothing-to-cancel") }
      : change(shelf, talk, { open: "home" }, ctx);
  if (name === "exit") return goHome(talk); // who leaves in a hurry is not asked anything
  // a receipt typed behind a command stands in the chat: it is erased, and asked for where it is kept from view
  if (ctx.desk.holdsReceipt(rest)) {
    const asked = await command(shelf, talk, name, "", ctx);
    return { ...asked, notice: ctx.t("bot:receipt-typed"), erase: talk.traces.slice(-1) };
  }
  const conversation = shelf.byCommand(name);
  if (!conversation) return { talk, commands: [], notice: ctx.t("bot:unknown-command") };
  if (!open(conversation, ctx)) return { talk, commands: [], notice: ctx.t("bot:unknown-command"), refused: true };
  if (ctx.shared && !conversation.inPlace) return { talk, commands: [], refused: true };
  if ((conversation.inPlace && ctx.shared) || conversation.atOnce?.includes(name)) {
    // what is done in a board's place never touches the person's own talk
    const turn = await conversation.begin?.(name, rest, ctx);
    if (!turn || !("done" in turn)) return { talk, commands: [], refused: true };
    return {
      talk: { ...talk },
      commands: turn.commands ?? [],
      aside: { conversation: "", step: "", draft: turn.done },
    };
  }
  return change(shelf, talk, { open: conversation.name, command: name, rest }, ctx);
}

interface Move {
  open: string;
  command?: string;
  rest?: string;
  at?: { step: string; draft: unknown };
  from?: { conversation: string; step: string; draft: unknown };
}

/** Moves to another conversation; asks first where something would be lost. */
async function change(
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
async function leave(shelf: Shelf, talk: Talk, bare: string | undefined, ctx: Context): Promise<Outcome> {
  const { leaving, ...rest } = talk;
  if (bare === "!leave" && leaving) return change(shelf, talk, JSON.parse(leaving.move) as Move, ctx, leaving.notice);
  if (bare === "!stay") return { talk: rest, commands: [] };
  return { talk, commands: [], notice: ctx.t("bot:press-one") };
}

function back(talk: Talk): Outcome {
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

function withValue(heard: Heard, bare: string | undefined): Heard {
  if (heard.kind === "choice") return { ...heard, value: bare! };
  if (heard.kind === "choices")
    return { kind: "choices", value: bare!, values: heard.values.map((v) => v.slice(v.indexOf(".") + 1)) };
  if (heard.kind === "form") return { ...heard, value: bare! };
  return heard;
}

type Place = { conversation: AnyConversation; step: Step<unknown, string> };

/** An input reaches the step that it was meant for. */
async function answer(shelf: Shelf, talk: Talk, at: Place, heard: Heard, ctx: Context): Promise<Outcome> {
  const { step } = at;
  if (talk.over) {
    const { over: _over, ...rest } = talk;
    return answer(shelf, rest, at, heard, ctx);
  }
  let given = heard as Parameters<typeof step.next>[1];
  if (needsScreen(heard, talk, step)) {
    const screen = await step.show(talk.draft, ctx);
    const filled: Filling = fill(talk, screen, heard, ctx);
    if ("talk" in filled) return { talk: filled.talk, commands: [], notice: filled.notice };
    given = filled.answer;
  }
  if (given.kind === "choice" && given.value === "!skip") {
    if (!step.skip) return { talk, commands: [], notice: ctx.t("bot:press-one") };
    given = { kind: "skip" };
  }
  const turn = await step.next(talk.draft, given, ctx);
  const outcome = await follow(shelf, talk, at.conversation, turn, ctx);
  if (step.secret && typed(heard).length > 0 && ctx.can.erase)
    outcome.erase = [...(outcome.erase ?? []), ...talk.traces.slice(-1)];
  return outcome;
}

/** Texts that a person typed. */
function typed(heard: Heard): string[] {
  if (heard.kind === "text") return [heard.text];
  return heard.kind === "form" ? Object.values(heard.values) : [];
}

/** Does the meaning of this input depend on what is on the screen (a form spelled out, a menu in pages, a menu of many)? */
function needsScreen(heard: Heard, talk: Talk, step: Step<unknown, string>): boolean {
  if (heard.kind === "choice") return step.form === true || heard.value.startsWith("!") || talk.picked !== undefined;
  return heard.kind !== "files";
}

/** Where the step's turn leads. */
async function follow(
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
  const erase = turn.erase ? talk.traces : undefined;
  if (turn.erase) home.talk.traces = [];
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
