/** The reviewers' desk: they see the queue, take a case, read it, answer the reporter, and close it with a reason. */
import type { Conversation } from "../bot/conversation.ts";
import { cannedSteps } from "./review/canned.ts";
import { caseSteps } from "./review/case.ts";
import { closeSteps } from "./review/close.ts";
import { deadlineSteps } from "./review/deadlines.ts";
import { blank, type Draft, type Name } from "./review/draft.ts";
import { fourSteps } from "./review/four.ts";
import { lifeSteps } from "./review/life.ts";
import { maskSteps } from "./review/masks.ts";
import { noteSteps } from "./review/notes.ts";
import { queueSteps } from "./review/queue.ts";
import { redactSteps } from "./review/redact.ts";
import { begun, referSteps } from "./review/refer.ts";
import { replySteps } from "./review/reply.ts";

export const review: Conversation<Draft, Name> = {
  name: "review",
  audience: "reviewers",
  commands: ["queue", "refer"],
  begin: (command, rest, ctx) => (command === "refer" ? begun(blank, rest, ctx) : undefined),
  first: "queue",
  blank,
  loses: (draft, ctx) =>
    draft.text === "" ? undefined : { ask: ctx.t("review:leave"), after: ctx.t("bot:cancelled") },
  steps: {
    ...queueSteps,
    ...caseSteps,
    ...lifeSteps,
    ...deadlineSteps,
    ...replySteps,
    ...cannedSteps,
    ...maskSteps,
    ...closeSteps,
    ...fourSteps,
    ...redactSteps,
    ...noteSteps,
    ...referSteps,
  },
};
