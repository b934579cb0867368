/** The receipt: shown once, and asked back in parts, so that whoever copied it wrongly learns it while it can still be seen. */
import type { Context, Step } from "../bot/conversation.ts";
import { fillIn, press } from "../bot/steps.ts";

export interface Receipted {
  /** After sending: the only place where the receipt is, until the person moves on. */
  receipt?: string;
  /** Which two groups are asked back (0–4). */
  groups?: [number, number];
}

type Name = "receipt" | "rehearse";

/** The last two steps of a conversation that files something. */
export function receiptSteps<Draft extends Receipted>(): Record<Name, Step<Draft, Name>> {
  return {
    receipt: press<Draft, Name>({
      noBack: true,
      ask: (draft, ctx) => ({
        title: ctx.t("report:receipt.title"),
        text: ctx.t("report:receipt.text"),
        secret: ctx.desk.showReceipt(draft.receipt ?? ""),
        buttons: [{ value: "noted", label: ctx.t("report:receipt.noted"), tone: "primary" }],
      }),
      on: {
        noted: (draft, ctx) => ({ go: "rehearse", draft: { ...draft, groups: twoGroups(draft.receipt ?? "", ctx) } }),
      },
    }),

    rehearse: {
      ...fillIn<Draft, Name>({
        ask: (_draft, ctx) => ({
          title: ctx.t("report:rehearse.title"),
          text: ctx.t("report:rehearse.text"),
          buttons: [{ value: "again", label: ctx.t("report:rehearse.again") }],
        }),
        title: (ctx) => ctx.t("report:rehearse.title"),
        send: (ctx) => ctx.t("report:rehearse.check"),
        fields: (draft, ctx) =>
          (draft.groups ?? [0, 1]).map((n, i) => ({
            name: i === 0 ? "one" : "two",
            label: ctx.t("report:rehearse.group", { number: n + 1 }),
            kind: "secret",
            required: true,
            max: 30,
          })),
        secret: true,
        on: (draft, values, ctx) => {
          const groups = ctx.desk.splitReceipt(draft.receipt ?? "");
          const right = [values.one, values.two].every(
            (typed, i) => ctx.desk.normalise(typed ?? "") === groups[draft.groups?.[i] ?? 0],
          );
          return right ? { done: thanks(ctx) } : { go: "rehearse", draft, notice: ctx.t("report:rehearse.wrong") };
        },
        press: (draft, value, ctx) => (value === "again" ? { go: "receipt", draft } : { stay: ctx.t("bot:press-one") }),
      }),
      noBack: true,
    },
  };
}

function thanks(ctx: Context) {
  return {
    title: ctx.t("report:thanks.title"),
    text: ctx.t("report:thanks.text"),
    ...(ctx.can.erase ? { buttons: [{ value: "erase", label: ctx.t("home:erase") }] } : {}),
  };
}

/** Two different groups, chosen by the receipt itself, so that taking the turn again asks for the same. */
function twoGroups(receipt: string, ctx: Context): [number, number] {
  const count = ctx.desk.splitReceipt(receipt).length;
  const first = receipt.charCodeAt(0) % count;
  return [first, (first + 1 + (receipt.charCodeAt(1) % (count - 1))) % count];
}
