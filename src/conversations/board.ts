/** Where cards hang: an admin gives the command in the group or channel itself. */
import type { Conversation } from "../bot/conversation.ts";
import { press } from "../bot/steps.ts";

type Draft = Record<string, never>;

export const board: Conversation<Draft, "explain"> = {
  name: "board",
  audience: "admins",
  commands: ["board", "boardoff"],
  inPlace: true,
  first: "explain",
  blank: {},
  begin(command, rest, ctx) {
    if (!ctx.shared) return undefined;
    const off = command === "boardoff" || rest.trim().toLowerCase() === "off";
    return { done: { text: ctx.t(off ? "board:off" : "board:on") }, commands: [{ kind: "board", on: !off }] };
  },
  steps: {
    explain: press<Draft, "explain">({
      ask: (_draft, ctx) => ({ title: ctx.t("board:title"), text: ctx.t("board:explain") }),
      on: {},
    }),
  },
};
