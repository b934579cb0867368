/**
 * The rules of a talk: where it stands, what was done, and so where it stands now (`moves.ts`). No clock, no network, no
 * database: what comes out is a value, so a turn that lost a race is simply taken again.
 */
import { createHash } from "node:crypto";
import type { Context, Step, Taken, Turn } from "./conversation.ts";
import { around, coverAll, receiptTyped, secretNames } from "./covered.ts";
import { type Filling, fill } from "./forms.ts";
import { back, change, follow, goHome, leave, type Outcome, type Place, stand } from "./moves.ts";
import type { Input, Screen } from "./screen.ts";
import type { Talk } from "./sessions.ts";
import { type Card, open, readCard, type Shelf } from "./shelf.ts";

/** An input whose files have been taken in. */
export type Heard = Exclude<Input, { kind: "files" }> | { kind: "files"; files: Taken[]; value?: string };

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
    const notice = ctx.t(talk.events.length === 0 ? "bot:forgotten" : "bot:stale");
    return { talk, commands: [], notice, typed: handedBack(heard, ctx) };
  }
  const bare = value?.slice(value.indexOf(".") + 1);

  const asked = !talk.leaving && !talk.over && stand(shelf, talk).step.secret;
  if (!asked && typed(heard).some((text) => ctx.desk.holdsReceipt(text))) {
    // what stood around it is not lost: a form is filled in again, a message that is erased comes back as a quote
    const kept = heard.kind === "form" ? { kept: coverAll(heard.values, ctx) } : {};
    const quoted = heard.kind === "text" ? around(heard.text, ctx) : [];
    const notice = receiptTyped([...quoted, ...Object.values(kept.kept ?? {})], ctx);
    return { talk: { ...talk, ...kept }, commands: [], notice, typed: quoted, erase: talk.traces.slice(-1) };
  }
  if (talk.leaving) return leave(shelf, talk, bare, ctx);
  if (bare === "!home") return change(shelf, talk, { open: "home" }, ctx);
  if (bare === "!back") return back(talk);

  const at = stand(shelf, talk);
  if (!open(at.conversation, ctx))
    return { ...goHome(talk), notice: ctx.t("bot:signed-out"), typed: handedBack(heard, ctx) };
  return answer(shelf, talk, at, withValue(heard, bare), ctx);
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
    const quoted = around(rest, ctx);
    return { ...asked, notice: receiptTyped(quoted, ctx), typed: quoted, erase: talk.traces.slice(-1) };
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

function withValue(heard: Heard, bare: string | undefined): Heard {
  if (heard.kind === "choice") return { ...heard, value: bare! };
  if (heard.kind === "choices")
    return { kind: "choices", value: bare!, values: heard.values.map((v) => v.slice(v.indexOf(".") + 1)) };
  if (heard.kind === "form") return { ...heard, value: bare! };
  return heard;
}

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
  // what the step itself does not take (an alias that somebody has, a text that is too long in all) is not typed again
  if ("stay" in turn && heard.kind === "form") outcome.talk.kept = coverAll(heard.values, ctx);
  if (step.secret && typed(heard).length > 0 && ctx.can.erase)
    outcome.erase = [...(outcome.erase ?? []), ...talk.traces.slice(-1)];
  return outcome;
}

/** Texts that a person typed. */
function typed(heard: Heard): string[] {
  if (heard.kind === "text") return [heard.text];
  return heard.kind === "form" ? Object.values(heard.values) : [];
}

/**
 * What a person would have to write again where a form cannot be taken: texts, not short ones or codes of ours, and never
 * what was secret. What was typed into a chat still stands there.
 */
export function handedBack(heard: Heard | Input, ctx: Context): string[] {
  const values = heard.kind === "form" || heard.kind === "choice" ? (heard.values ?? {}) : {};
  return Object.entries(values)
    .filter(([name, text]) => !secretNames.has(name) && text.trim().length > 12 && !/^[a-z0-9,-]+$/.test(text))
    .flatMap(([, text]) => (ctx.desk.holdsReceipt(text) ? around(text, ctx) : [text]));
}

/** Does the meaning of this input depend on what is on the screen (a form spelled out, a menu in pages, a menu of many)? */
function needsScreen(heard: Heard, talk: Talk, step: Step<unknown, string>): boolean {
  if (heard.kind === "choice") return step.form === true || heard.value.startsWith("!") || talk.picked !== undefined;
  return heard.kind !== "files";
}
