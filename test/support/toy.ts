/** A small house for rules: a context of plain keys, and a conversation of three steps to walk through. */
import type { AnyConversation, Context, Conversation } from "../../src/bot/conversation.ts";
import type { Talk } from "../../src/bot/sessions.ts";
import { createShelf } from "../../src/bot/shelf.ts";
import { fillIn, pick, press } from "../../src/bot/steps.ts";
import { tag } from "../../src/bot/turns.ts";
import type { Actor } from "../../src/desk.ts";
import { consoleCan } from "../../src/platforms/console.ts";
import type { Can } from "../../src/platforms/platform.ts";
import { coverReceipts, holdsReceipt } from "../../src/reports/receipt.ts";

/** Words are their own keys; the desk knows receipts and who is there. */
export function toyContext(can: Partial<Can> = {}, actor: Actor = { kind: "anyone" }, shared = false): Context {
  return {
    locale: "en",
    locales: [{ value: "en", label: "English" }],
    t: (key, values) => (values ? `${key} ${Object.values(values).join(" ")}` : key),
    label: (list, code) => `${list}.${code}`,
    platform: "toy",
    can: { ...consoleCan, ...can },
    shared,
    page: "http://127.0.0.1/",
    today: 20_000,
    day: String,
    desk: { actor, holdsReceipt, coverReceipts } as Context["desk"],
  };
}

export interface ToyDraft {
  colour?: string;
  name?: string;
  why?: string;
}

export const toyHome: Conversation<Record<string, never>, "menu"> = {
  name: "home",
  commands: ["start"],
  first: "menu",
  blank: {},
  steps: {
    menu: press({
      ask: () => ({ text: "home", buttons: [{ value: "toy", label: "toy" }] }),
      on: { toy: () => ({ open: "toy" }) },
    }),
  },
};

/** Colour, then two fields, then done; leaving once there is a colour loses something. */
export const toy: Conversation<ToyDraft, "colour" | "words" | "sure"> = {
  name: "toy",
  commands: ["toy"],
  first: "colour",
  blank: {},
  loses: (draft) => (draft.colour ? { ask: "really leave?", after: "left" } : undefined),
  steps: {
    colour: pick({
      ask: () => ({ text: "colour?" }),
      hint: () => "choose",
      options: () => ["red", "green", "blue"].map((value) => ({ value, label: value })),
      skip: true,
      on: (draft, [colour]) => ({ go: "words", draft: { ...draft, colour: colour ?? "none" } }),
    }),
    words: fillIn({
      ask: () => ({ text: "words?" }),
      title: () => "words",
      send: () => "send",
      fields: () => [
        { name: "name", label: "name", kind: "line" },
        { name: "why", label: "why", kind: "paragraph" },
      ],
      skip: true,
      on: (draft, values) => ({ go: "sure", draft: { ...draft, ...values } }),
    }),
    sure: press({
      ask: (draft) => ({ text: JSON.stringify(draft), buttons: [{ value: "yes", label: "yes" }] }),
      on: { yes: () => ({ done: { text: "thanks" }, commands: [{ kind: "refused" }] }) },
    }),
  },
};

/** Something only reviewers know of, with a card. */
export const secretToy: Conversation<{ key: string }, "card" | "inside"> = {
  name: "secret",
  audience: "reviewers",
  commands: ["secret"],
  first: "inside",
  blank: { key: "" },
  steps: {
    card: {
      anytime: { key: (draft) => draft.key, draft: (key) => ({ key }) },
      show: (draft) => ({
        text: `card ${draft.key}`,
        buttons: [
          { value: "in", label: "in" },
          { value: "stay", label: "stay" },
        ],
      }),
      next: (draft, answer) =>
        answer.kind === "choice" && answer.value === "in" ? { go: "inside", draft } : { stay: "no" },
    },
    inside: press({ ask: (draft) => ({ text: `inside ${draft.key}` }), on: {} }),
  },
};

export const toyShelf = (...more: AnyConversation[]) => createShelf([toyHome, toy, secretToy, ...more]);

/** A value as the screen of this talk carries it. */
export const marked = (talk: Talk, value: string): string => `~${tag(talk)}.${value}`;
