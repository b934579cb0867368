/** Every kind of message that we may owe somebody, and what is done with it: one table, so that no promise is made twice. */

export interface KindRule {
  /** What goes first; lower goes before higher. */
  precedence: number;
  /**
   * The answer was lost, or the process died between sending and noting it: send `again` (it may come twice) or `never`
   * (it may not come at all).
   */
  lost: "again" | "never";
  /** After how many tries it is given up; nothing means never. */
  tries?: number;
  /** What is left of it when it is given up: nothing, or a row that an operator sees. */
  end: "drop" | "park";
  /** Many get the same words, so they are drawn once. */
  alike?: true;
}

export const kinds = {
  // redrawn in place: a second copy on a board is a nuisance, a missing one is a case that nobody sees
  card: { precedence: 0, lost: "again", end: "park" },
  // "there is news" twice does no harm; and the address is not kept for ever for its sake
  notice: { precedence: 0, lost: "again", tries: 40, end: "drop" },
  deadline: { precedence: 1, lost: "again", tries: 100, end: "park" },
  reminder: { precedence: 1, lost: "again", tries: 40, end: "drop" },
  // a lesson that comes twice teaches people to stop reading; one that does not come is followed by the next
  nudge: { precedence: 2, lost: "never", tries: 20, end: "drop" },
  tip: { precedence: 2, lost: "never", tries: 20, end: "drop", alike: true },
  // something has happened: everybody must hear of it, some perhaps twice
  campaign: { precedence: 3, lost: "again", tries: 100, end: "park", alike: true },
} as const satisfies Record<string, KindRule>;

export type Kind = keyof typeof kinds;

export const ruleOf = (kind: Kind): KindRule => kinds[kind];

/** Every precedence that there is, first things first. */
export const precedences = [...new Set(Object.values(kinds).map((rule) => rule.precedence))].sort((a, b) => a - b);
