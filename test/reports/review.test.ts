import assert from "node:assert/strict";
import fc from "fast-check";
import { type Action, type CaseState, decide, outcomes } from "../../src/reports/review.ts";

const fresh: CaseState = { status: "received", owner: null };
const claim = (alias: string): Action => ({ kind: "claim", alias });
const close = (alias: string): Action => ({ kind: "close", alias, outcome: "not-confirmed" });
const by = (kind: "release" | "reply" | "reopen", alias: string): Action => ({ kind, alias });

/** Given what happened before, when somebody acts, then this is what comes of it. */
function given(...before: Action[]) {
  const state = before.reduce((now, action) => {
    const decision = decide(now, action);
    assert.ok(decision.ok, `the story itself is allowed: ${action.kind}`);
    return decision.state;
  }, fresh);
  return { when: (action: Action) => decide(state, action) };
}

describe("the life of a case", () => {
  it("a new case is taken by whoever claims it first", () => {
    assert.deepEqual(given().when(claim("Heron")), { ok: true, state: { status: "acknowledged", owner: "Heron" } });
    assert.deepEqual(given(claim("Heron")).when(claim("Otter")), { ok: false, why: "taken", by: "Heron" });
    assert.deepEqual(given(claim("Heron")).when(claim("Heron")), {
      ok: true,
      state: { status: "acknowledged", owner: "Heron" },
    });
  });

  it("only its owner answers, closes and gives it back", () => {
    for (const action of [by("reply", "Otter"), close("Otter"), by("release", "Otter")]) {
      assert.deepEqual(given(claim("Heron")).when(action), { ok: false, why: "not-yours", by: "Heron" });
      assert.deepEqual(given().when(action), { ok: false, why: "not-yours" });
    }
    assert.equal(given(claim("Heron")).when(by("reply", "Heron")).ok, true);
    assert.deepEqual(given(claim("Heron")).when(close("Heron")), {
      ok: true,
      state: { status: "closed", owner: "Heron" },
    });
  });

  it("a case given back is free, and stays known as looked into", () => {
    assert.deepEqual(given(claim("Heron")).when(by("release", "Heron")), {
      ok: true,
      state: { status: "acknowledged", owner: null },
    });
    assert.deepEqual(given(claim("Heron"), by("release", "Heron")).when(claim("Otter")), {
      ok: true,
      state: { status: "acknowledged", owner: "Otter" },
    });
  });

  it("a closed case can only be reopened, by anybody, and is then theirs", () => {
    for (const action of [claim("Otter"), by("reply", "Heron"), by("release", "Heron"), close("Heron")]) {
      assert.deepEqual(given(claim("Heron"), close("Heron")).when(action), { ok: false, why: "closed" });
    }
    assert.deepEqual(given(claim("Heron"), close("Heron")).when(by("reopen", "Otter")), {
      ok: true,
      state: { status: "acknowledged", owner: "Otter" },
    });
    assert.deepEqual(given(claim("Heron")).when(by("reopen", "Otter")), { ok: false, why: "open" });
  });

  it("the reporter may withdraw at any time, once, and then nobody owns it", () => {
    for (const before of [[], [claim("Heron")], [claim("Heron"), close("Heron")]]) {
      assert.deepEqual(given(...before).when({ kind: "withdraw" }), {
        ok: true,
        state: { status: "withdrawn", owner: null },
      });
    }
    assert.deepEqual(given({ kind: "withdraw" }).when({ kind: "withdraw" }), { ok: false, why: "withdrawn" });
  });

  it("holds, whatever two reviewers and a reporter do in whatever order", () => {
    const alias = fc.constantFrom("Heron", "Otter");
    const actions = fc.oneof(
      {
        weight: 8,
        arbitrary: fc.record({
          kind: fc.constantFrom("claim", "release", "reply", "reopen"),
          alias,
        }) as fc.Arbitrary<Action>,
      },
      {
        weight: 3,
        arbitrary: fc.record({ kind: fc.constant("close" as const), alias, outcome: fc.constantFrom(...outcomes) }),
      },
      { weight: 1, arbitrary: fc.constant<Action>({ kind: "withdraw" }) },
    );
    fc.assert(
      fc.property(fc.array(actions, { maxLength: 40 }), (list) => {
        let state = fresh;
        for (const action of list) {
          const before = structuredClone(state);
          const decision = decide(state, action);
          assert.deepEqual(state, before, "deciding changes nothing by itself");
          if (!decision.ok) continue;
          const after = decision.state;
          assert.notEqual(before.status, "withdrawn", "withdrawn is final");
          if (action.kind === "withdraw") assert.deepEqual(after, { status: "withdrawn", owner: null });
          else {
            assert.notEqual(after.status, "withdrawn", "only the reporter withdraws");
            if (after.status === "closed")
              assert.ok(before.owner === action.alias && action.kind === "close", "closed only by its owner");
            if (before.owner && after.owner !== before.owner)
              assert.ok(
                before.owner === action.alias || before.status === "closed",
                "nobody takes a case out of another's hands",
              );
            if (before.owner === null && after.owner)
              assert.equal(after.owner, action.alias, "nobody is made an owner by somebody else");
            if (before.status === "closed") assert.equal(action.kind, "reopen");
            if (before.status !== "received")
              assert.notEqual(after.status, "received", "what was looked into is never new again");
          }
          state = after;
        }
      }),
      { numRuns: 2000 },
    );
  });
});
