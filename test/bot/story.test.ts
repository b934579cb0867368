import assert from "node:assert/strict";
import type { Core } from "../../src/main.ts";
import { bare, type Caller, choices, network, tables } from "../support/caller.ts";
import { type TestHome, testHome } from "../support/house.ts";

const title = (who: Caller): string | undefined => who.screen.title;
const preview = "Read it once more";
const told = (who: Caller): string | undefined => who.screen.quotes?.find((q) => q.by === "What happened")?.text;

describe("a long story that is changed from the preview", () => {
  let home: TestHome;
  let core: Core;
  before(async () => {
    home = testHome();
    core = await home.core();
    core.setPage("https://tips.example.org");
  });
  after(async () => {
    await core.close();
    home.remove();
  });

  /** Up to the preview, with a story in these pieces. */
  async function previewing(platform: "discord" | "telegram" | "web", pieces: string[]): Promise<Caller> {
    const who = (await network(core, platform, (await tables())[platform])).as(`writer of ${pieces.length}`);
    await who.command("report");
    for (const label of ["go", "selling"]) await who.press(label);
    for (const piece of pieces) await who.says(piece);
    if (platform !== "web") await who.press("go");
    await who.press("preview");
    assert.equal(title(who), preview);
    return who;
  }

  for (const platform of ["discord", "telegram"] as const) {
    it(`is added to on ${platform}, where one text cannot hold it, and never cut`, async () => {
      const pieces = ["a", "b", "c"].map((letter) => letter.repeat(3900));
      const who = await previewing(platform, pieces);
      await who.press("change");
      await who.press("story");
      assert.match(who.screen.text, /11,?704 characters/);
      assert.ok(!who.screen.form?.fields[0]?.value, "a field that would cut the story is filled with it");
      await who.says("And one thing more.");
      await who.press("go");
      assert.equal(title(who), preview, "it leads back to the preview");
      assert.equal(told(who), [...pieces, "And one thing more."].join("\n\n"));

      // the next time round the question is followed by the next one again
      while (title(who) !== "What happened?") await who.press("!back");
      await who.press("go");
      assert.equal(title(who), "Where does the data come from?");
    });
  }

  it("stands whole in its field on the page", async () => {
    const long = "字".repeat(50_000);
    const who = await previewing("web", [long]);
    await who.press("change");
    await who.press("story");
    assert.equal(who.screen.form?.fields[0]?.value, long);
    assert.ok(!choices(who.screen).some((c) => bare(c.value) === "anew"));
    await who.says(`${long}。`);
    assert.equal(told(who), `${long}。`);
  });
});
