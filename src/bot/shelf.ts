/** The shelf of conversations, who sees which, and the cards of theirs that hang outside of any talk. */
import type { AnyConversation, Context, Step } from "./conversation.ts";

/** The conversations by name and by command. */
export interface Shelf {
  get(name: string): AnyConversation | undefined;
  byCommand(name: string): AnyConversation | undefined;
}

/** Puts the conversations on the shelf. Throws on a name or a command that is taken. */
export function createShelf(conversations: AnyConversation[]): Shelf {
  const names = new Map<string, AnyConversation>();
  const commands = new Map<string, AnyConversation>();
  for (const conversation of conversations) {
    if (names.has(conversation.name)) throw new Error(`two conversations are named ${conversation.name}`);
    names.set(conversation.name, conversation);
    for (const command of conversation.commands) {
      if (commands.has(command)) throw new Error(`two conversations answer to /${command}`);
      commands.set(command, conversation);
    }
  }
  return { get: (name) => names.get(name), byCommand: (name) => commands.get(name) };
}

/** May this person see that the conversation exists? */
export function open(conversation: AnyConversation, ctx: Context): boolean {
  if (!conversation.audience) return true;
  const actor = ctx.desk.actor;
  if (actor.kind !== "reviewer") return false;
  return conversation.audience === "reviewers" || actor.role === "admin";
}

/** The prefix of a card's buttons. */
export function cardPrefix(conversation: string, step: string, key: string): string {
  return `@${conversation}.${step}.${key}.`;
}

/** A pressed card: what it is about, and which button. */
export interface Card {
  conversation: AnyConversation;
  name: string;
  step: Step<unknown, string>;
  draft: unknown;
  value: string;
}

/** Reads the value of a card's button; nothing for anything else. */
export function readCard(shelf: Shelf, value: string): Card | undefined {
  const match = /^@([a-z]+)\.([a-z]+)\.([\w-]*)\.([\w-]+)$/.exec(value);
  if (!match) return undefined;
  const conversation = shelf.get(match[1]!);
  const step = conversation?.steps[match[2]!] as Step<unknown, string> | undefined;
  if (!conversation || !step?.anytime) return undefined;
  return { conversation, name: match[2]!, step, draft: step.anytime.draft(match[3]!), value: match[4]! };
}
