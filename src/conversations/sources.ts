/** Where an answer comes from, a line for each source. */
import type { EntryView } from "../desk.ts";

/** @param t says a sentence in the reader's language */
export function sourceLines(
  { sources }: Pick<EntryView, "sources">,
  t: (key: string, values?: Record<string, string>) => string,
): string {
  return sources
    .map(({ title, article, url }) => {
      if (article) return `• ${t("ask:article", { title, article })}`;
      return `• ${url ? t("bot:pair", { label: title, value: url }) : title}`;
    })
    .join("\n");
}
