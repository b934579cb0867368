/** Orders at the counter with everything that any of them may want, by anybody. */
import type { Actor, Command, Role, Visitor } from "../../src/desk.ts";
import { codeOf } from "../../src/errors.ts";
import type { Core } from "../../src/main.ts";

export type Who = "anyone" | "house" | Role;

/** Whoever stands at the counter. @param alias of a reviewer */
export function visitorOf(who: Who, alias = ""): Visitor {
  const actor: Actor = who === "anyone" || who === "house" ? { kind: who } : { kind: "reviewer", alias, role: who };
  return {
    actor,
    tag: `tag of ${who}` as Visitor["tag"],
    limit: `limit of ${who}`,
    names: [`limit of ${who}`],
    locale: "en",
    reach: () => Buffer.from("sealed") as unknown as ReturnType<Visitor["reach"]>,
  };
}

/** An order of this kind about a case; `more` says what else is to be different. */
export function orderOf(core: Core, kind: string, code: string, more: object = {}): Command {
  const desk = core.desk.for(visitorOf("anyone"));
  return {
    kind, code, codes: [code], id: "none", series: "S12345", text: "Words.", to: "Owl", with: "Owl", alias: "Stranger",
    aliases: ["Teal"], invite: "no such invitation", passphrase: "a long passphrase", secret: "S", on: true, lane: "console",
    outcome: "not-confirmed", receipt: desk.newReceipt(), told: { story: "Words." }, files: [],
    originals: false, notify: false, draft: { texts: {} }, topic: "general", tally: { what: "helped", id: "x" }, useful: true,
    settings: desk.tipDefaults("en"), sector: "any", item: "none", picked: [0], course: "none", ...more,
  } as unknown as Command; // biome-ignore format: a list
}

/** What came of it, as the code that a person is told by, or `done`. */
export function outcome(work: () => Promise<unknown>): Promise<string> {
  return work().then(
    () => "done",
    (error: unknown) => codeOf(error),
  );
}
