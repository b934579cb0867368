import assert from "node:assert/strict";
import fc from "fast-check";
import { choices, wordsOf } from "../support/caller.ts";
import { testHome } from "../support/house.ts";
import { type Seen, wander } from "../support/walk.ts";

/** Steps of each person; two people on four networks in every language. */
const steps = Number(process.env.WALK_STEPS ?? 60);

describe("wandering about the whole house", () => {
  it("never ends in an apology, a word that is missing, or a button that cannot be pressed", async function () {
    this.timeout(240_000);
    const t = testHome();
    const core = await t.core();
    core.setPage("https://tips.example.org");
    const apologies = core.words.locales.flatMap((l) =>
      ["turn-failed", "turn-contended"].map((code) => core.words.say(l.value, `errors:${code}`)),
    );
    const check = ({ platform, did, screen, can }: Seen): void => {
      const after = `${platform}, after ${JSON.stringify(did).slice(0, 200)}: ${JSON.stringify(screen).slice(0, 1000)}`;
      assert.ok(
        !apologies.includes(screen.text) && !apologies.includes(screen.notice ?? ""),
        `${JSON.stringify(t.notes.at(-1))} ${after}`,
      );
      for (const choice of choices(screen)) {
        assert.ok(Buffer.byteLength(choice.value) <= can.value, `a value is too long: ${choice.value} ${after}`);
        assert.notEqual(choice.label.trim(), "", `an empty label ${after}`);
      }
      for (const words of wordsOf(screen))
        assert.doesNotMatch(words, /\b(?!https?:)[a-z]{3,}:[a-z][\w-]*\.?|\{\{|\bundefined\b|\bNaN\b|\[object/, after);
      assert.ok((screen.menu?.options.length ?? 0) <= can.menuOptions, `too many options ${after}`);
      assert.ok((screen.form?.fields.length ?? 0) <= can.formFields, `too many questions ${after}`);
      assert.ok(screen.text !== "" || screen.title || screen.form || screen.menu, `an empty screen ${after}`);
    };
    await fc.assert(
      fc.asyncProperty(fc.integer(), (seed) => wander(core, seed, steps, check)),
      { numRuns: 1, endOnFailure: true },
    );
    assert.deepEqual(
      t.notes.filter((n) => n.code.endsWith("failed")),
      [],
    );
    await core.close();
    t.remove();
  });
});
