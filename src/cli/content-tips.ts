/** Tips, as the `content` commands meet them. */
import type { Kind } from "./content-kinds.ts";

export const tipsContent: Kind = {
  name: "tips",
  async check(folder) {
    const { checkTips } = await import("../tips/content.ts");
    return checkTips(folder).map((f) => `${f.file}:${f.line}: ${f.problem}\n    ${f.cure}`);
  },
  async stats(folder) {
    const { audiences, loadTips, sectors } = await import("../tips/content.ts");
    const tips = loadTips(folder);
    const oldest = tips.map((tip) => tip.as_of).sort()[0] ?? "–";
    const of = (key: "audiences" | "sectors", codes: readonly string[]) =>
      codes.map((code) => `${code} ${tips.filter((tip) => (tip[key] as string[]).includes(code)).length}`).join(", ");
    return [`${tips.length} tips, oldest as of ${oldest}`, of("audiences", audiences), of("sectors", sectors)];
  },
  async preview(folder, id) {
    const { loadTips } = await import("../tips/content.ts");
    const tip = loadTips(folder).find((t) => t.id === id);
    if (!tip) return undefined;
    const told = (["en", "zh-CN"] as const).map((l) => {
      const sources = tip.sources.map((s) => [s.fact, s.title[l], s.article].filter(Boolean).join(" ")).join("; ");
      return `[${l}] ${tip.title[l]}\n${tip[l].text}\n${tip[l].today}\n${sources}`;
    });
    return [...told, tip.as_of].join("\n\n");
  },
};
