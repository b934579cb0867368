import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { audiences, checkTips, loadTips, sectors } from "../../src/tips/content.ts";

describe("the tips", () => {
  it("can all be used, and speak to every audience and sector", () => {
    assert.deepEqual(checkTips("data"), []);
    const tips = loadTips("data");
    for (const sector of sectors)
      assert.ok(
        tips.some((tip) => tip.sectors.includes(sector)),
        sector,
      );
    for (const audience of audiences)
      assert.ok(
        tips.some((tip) => tip.audiences.includes(audience)),
        audience,
      );
  });

  describe("that are broken", () => {
    const folder = mkdtempSync(join(tmpdir(), "quietline-tips-"));
    after(() => rmSync(folder, { recursive: true, force: true }));
    const tip = (over: string, text = "Short.") =>
      `theme: broken\ntitle: { en: "B", zh-CN: "坏" }\ntips:\n  - id: one\n    as_of: 2026-11-23\n    audiences: [staff]\n    sectors: [any]\n    sources: [{ fact: CS-04, title: "A case" }]\n${over}    en: { text: "${text}", today: "Do." }\n    zh-CN: { text: "短。", today: "做。" }\n`;
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
