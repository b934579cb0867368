import assert from "node:assert/strict";
import type { Conversation } from "../../src/bot/conversation.ts";
import { blankTalk } from "../../src/bot/moves.ts";
import { createShelf } from "../../src/bot/shelf.ts";
import { press } from "../../src/bot/steps.ts";
import { take } from "../../src/bot/turns.ts";
import { marked, toyContext, toyHome } from "../support/toy.ts";

const actions: Conversation<Record<string, never>, "ask"> = {
  name: "actions",
  commands: ["actions"],
  first: "ask",
  blank: {},
  steps: {
    ask: press({
      ask: () => ({ text: "please", buttons: [{ value: "yes", label: "yes" }] }),
      on: { yes: () => ({ done: { text: "thanks" } }) },
    }),
  },
};

describe("a step of a few actions", () => {
  const shelf = createShelf([toyHome, actions]);
  const ctx = toyContext();
  const pressed = async (value: string) => {
    const { talk } = await take(shelf, blankTalk(), { kind: "command", name: "actions", rest: "" }, ctx);
    return take(shelf, talk, { kind: "choice", value: marked(talk, value) }, ctx);
  };

  it("does what the button says", async () => {
    assert.equal((await pressed("yes")).talk.over?.text, "thanks");
  });

  it("takes no name that every object has for a button", async () => {
    for (const value of ["toString", "constructor", "__proto__", "hasOwnProperty"]) {
      const outcome = await pressed(value);
      assert.equal(outcome.notice, "bot:press-one", value);
      assert.equal(outcome.talk.step, "ask", value);
    }
  });
});
