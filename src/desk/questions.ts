/** What the counter does about questions: counts them, and keeps one whose writer agreed. */
import { maskTexts } from "../reports/masking.ts";
import type { Carriers, Counter } from "./counter.ts";

/** Personal data in a text by dots, so that an echo gives nobody away. */
export function masked(text: string): string {
  return (maskTexts([text]).texts[0] ?? "").replace(/(••••\S*?)\[\d+\]/g, "$1");
}

export function questionOrders(counter: Counter): Pick<Carriers<"tally" | "keep-question">, "tally" | "keep-question"> {
  return {
    tally: async (_visitor, { tally }) => ({ writes: [counter.tallies.add(tally)] }),
    "keep-question": async ({ locale }, { text, topic }) => ({
      writes: [counter.questions.add({ day: counter.today(), topic, text: masked(text), locale })],
    }),
  };
}
