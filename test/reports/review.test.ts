import assert from "node:assert/strict";
import fc from "fast-check";
import { type Action, type CaseState, decide, moves, outcomes } from "../../src/reports/review.ts";

const fresh: CaseState = { status: "received", owner: null, helpers: [] };
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
    assert.deepEqual(given().when(claim("Heron")), {
      ok: true,
      state: { status: "acknowledged", owner: "Heron", helpers: [] },
    });
    assert.deepEqual(given(claim("Heron")).when(claim("Otter")), { ok: false, why: "taken", by: "Heron" });
    assert.deepEqual(given(claim("Heron")).when(claim("Heron")), {
      ok: true,
      state: { status: "acknowledged", owner: "Heron", helpers: [] },
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
      state: { status: "closed", owner: "Heron", helpers: [] },
    });
  });

  it("a case given back is free, and stays known as looked into", () => {
    assert.deepEqual(given(claim("Heron")).when(by("release", "Heron")), {
      ok: true,
      state: { status: "acknowledged", owner: null, helpers: [] },
    });
    assert.deepEqual(given(claim("Heron"), by("release", "Heron")).when(claim("Otter")), {
      ok: true,
      state: { status: "acknowledged", owner: "Otter", helpers: [] },
    });
  });

  it("a closed case can only be reopened, by anybody, and is then theirs", () => {
    for (const action of [claim("Otter"), by("reply", "Heron"), by("release", "Heron"), close("Heron")]) {
      assert.deepEqual(given(claim("Heron"), close("Heron")).when(action), { ok: false, why: "closed" });
    }
    assert.deepEqual(given(claim("Heron"), close("Heron")).when(by("reopen", "Otter")), {
      ok: true,
      state: { status: "reopened", owner: "Otter", helpers: [] },
    });
    assert.deepEqual(given(claim("Heron")).when(by("reopen", "Otter")), { ok: false, why: "open" });
  });

  it("the reporter may withdraw at any time, once, and then nobody owns it", () => {
    for (const before of [[], [claim("Heron")], [claim("Heron"), close("Heron")]]) {
      assert.deepEqual(given(...before).when({ kind: "withdraw" }), {
        ok: true,
        state: { status: "withdrawn", owner: null, helpers: [] },
      });
    }
    assert.deepEqual(given({ kind: "withdraw" }).when({ kind: "withdraw" }), { ok: false, why: "withdrawn" });
  });

  it("is moved by whoever works on it, handed over by its owner or a deputy, and shared by its owner", () => {
    const move = (alias: string): Action => ({ kind: "move", alias, to: "need-info" });
    const hand = (alias: string, senior = false): Action => ({ kind: "hand", alias, to: "Wren", senior });
    const share = (alias: string, other: string): Action => ({ kind: "share", alias, with: other });
    assert.deepEqual(given(claim("Heron")).when(move("Heron")), {
      ok: true,
      state: { status: "need-info", owner: "Heron", helpers: [] },
    });
    assert.deepEqual(given(claim("Heron"), move("Heron")).when({ kind: "answered" }), {
      ok: true,
      state: { status: "investigating", owner: "Heron", helpers: [] },
    });
    assert.deepEqual(given(claim("Heron")).when(move("Otter")), { ok: false, why: "not-yours", by: "Heron" });
    assert.equal(given(claim("Heron"), share("Heron", "Otter")).when(move("Otter")).ok, true);
    assert.equal(given(claim("Heron"), share("Heron", "Otter")).when(close("Otter")).ok, true);
    assert.deepEqual(given(claim("Heron")).when(hand("Otter")), { ok: false, why: "not-yours", by: "Heron" });
    for (const by of [hand("Heron"), hand("Otter", true)])
      assert.deepEqual(given(claim("Heron")).when(by), {
        ok: true,
        state: { status: "acknowledged", owner: "Wren", helpers: [] },
      });
  });

  it("is nobody's of whoever declares a conflict", () => {
    const share: Action = { kind: "share", alias: "Heron", with: "Otter" };
    const recuse = (alias: string): Action => ({ kind: "recuse", alias });
    assert.deepEqual(given(claim("Heron"), share).when(recuse("Heron")), {
      ok: true,
      state: { status: "acknowledged", owner: null, helpers: ["Otter"] },
    });
    assert.deepEqual(given(claim("Heron"), share).when(recuse("Otter")), {
      ok: true,
      state: { status: "acknowledged", owner: "Heron", helpers: [] },
    });
  });

  it("holds, whatever three reviewers, a deputy and a reporter do in whatever order", () => {
    const alias = fc.constantFrom("Heron", "Otter", "Wren");
    const actions: fc.Arbitrary<Action> = fc.oneof(
      { weight: 8, arbitrary: fc.record({ kind: fc.constantFrom("claim", "release", "reply", "reopen"), alias }) },
      { weight: 3, arbitrary: fc.record({ kind: fc.constant("close"), alias, outcome: fc.constantFrom(...outcomes) }) },
      { weight: 3, arbitrary: fc.record({ kind: fc.constant("move"), alias, to: fc.constantFrom(...moves) }) },
      { weight: 2, arbitrary: fc.record({ kind: fc.constant("hand"), alias, to: alias, senior: fc.boolean() }) },
      { weight: 2, arbitrary: fc.record({ kind: fc.constant("share"), alias, with: alias }) },
      { weight: 2, arbitrary: fc.record({ kind: fc.constant("recuse"), alias }) },
      { weight: 2, arbitrary: fc.constant({ kind: "answered" }) },
      { weight: 1, arbitrary: fc.constant({ kind: "withdraw" }) },
    ) as fc.Arbitrary<Action>;
    fc.assert(
      fc.property(fc.array(actions, { maxLength: 40 }), (list) => {
        let state = fresh;
        for (const action of list) {
          const before = structuredClone(state);
          const decision = decide(state, action);
          assert.deepEqual(state, before, "deciding changes nothing by itself");
          if (!decision.ok) continue;
          const after = decision.state;
          const by = "alias" in action ? action.alias : "";
          assert.notEqual(before.status, "withdrawn", "withdrawn is final");
          assert.equal(
            new Set([...after.helpers, after.owner]).size,
            after.helpers.length + 1,
            "nobody is there twice",
          );
          if (action.kind === "withdraw") assert.deepEqual(after, { status: "withdrawn", owner: null, helpers: [] });
          else {
            assert.notEqual(after.status, "withdrawn", "only the reporter withdraws");
            if (after.status === "closed" && before.status !== "closed")
              assert.ok(
                [before.owner, ...before.helpers].includes(by) && action.kind === "close",
                "closed by who works on it",
              );
            if (before.owner && after.owner !== before.owner && before.status !== "closed")
              assert.ok(
                before.owner === by || (action.kind === "hand" && action.senior),
                "taken out of nobody's hands",
              );
            if (before.owner === null && after.owner && action.kind !== "hand")
              assert.equal(after.owner, by, "nobody is made an owner but by a deputy");
            if (before.status === "closed") assert.ok(["reopen", "recuse", "answered"].includes(action.kind));
            if (before.status !== "received")
              assert.notEqual(after.status, "received", "what was looked into is never new again");
            if (action.kind === "recuse") assert.ok(![after.owner, ...after.helpers].includes(by));
          }
          state = after;
        }
      }),
      { numRuns: 2000 },
    );
  });
});
