import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { audiences, checkTips, loadTips, type Sector, sectors } from "../../src/tips/content.ts";
import { fitting } from "../../src/tips/rules.ts";

describe("the tips", () => {
  it("can all be used, and speak to every audience and sector", () => {
    assert.deepEqual(checkTips("data"), []);
    const tips = loadTips("data");
    assert.ok(tips.length >= 60, `${tips.length} tips`);
    const few = (codes: readonly string[], least: number, of: (code: string) => unknown[]) =>
      codes.filter((code) => of(code).length < least);
    assert.deepEqual(
      few(sectors, 5, (code) => tips.filter((tip) => (tip.sectors as string[]).includes(code))),
      [],
      "of its own",
    );
    for (const audience of audiences) {
      assert.ok(tips.filter((tip) => tip.audiences.includes(audience)).length >= 10, audience);
      assert.deepEqual(
        few(sectors, 10, (sector) => fitting(tips, { audience, sector: sector as Sector })),
        [],
        audience,
      );
    }
  });

  it("say in each language one thing to do, and where it comes from, without a word in the other's script", () => {
    for (const { id, en, "zh-CN": zh, title, sources } of loadTips("data")) {
      const names = sources.map((source) => source.title);
      for (const text of [en.text, en.today, title.en, ...names.map((name) => name.en)])
        assert.doesNotMatch(text.replace("一证通查", ""), /\p{Script=Han}/u, id);
      for (const text of [zh.text, zh.today, title["zh-CN"]]) assert.match(text, /\p{Script=Han}/u, id);
      assert.ok([...zh.text].length < [...en.text].length, `${id}: which language is which?`);
    }
  });

  describe("that are broken", () => {
    const folder = mkdtempSync(join(tmpdir(), "quietline-tips-"));
    after(() => rmSync(folder, { recursive: true, force: true }));
    const tip = (over: string, text = "Short.") =>
      `theme: broken\ntitle: { en: "B", zh-CN: "坏" }\ntips:\n  - id: one\n    as_of: 2026-11-23\n    audiences: [staff]\n    sectors: [any]\n    sources: [{ fact: CS-04, title: { en: "A case", zh-CN: "一起案件" } }]\n${over}    en: { text: "${text}", today: "Do." }\n    zh-CN: { text: "短。", today: "做。" }\n`;
    const faultsOf = (source: string) => {
      mkdirSync(join(folder, "tips"), { recursive: true });
      writeFileSync(join(folder, "tips", "broken.yaml"), source);
      return checkTips(folder);
    };

    it("are told with file, line and cure: one too long", () => {
      const [fault] = faultsOf(tip("", "x".repeat(600)));
      assert.equal(fault?.line, 9);
      assert.match(fault?.problem ?? "", /longer than 600 characters/);
      assert.match(fault?.file ?? "", /broken\.yaml$/);
    });
    it("are told with file, line and cure: a key that means nothing", () => {
      const [fault] = faultsOf(tip("    colour: red\n"));
      assert.equal(fault?.line, 9);
      assert.match(fault?.cure ?? "", /spelling/);
    });
    it("pass when they are whole", () => assert.deepEqual(faultsOf(tip("")), []));
  });
});
