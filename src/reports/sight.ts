/**
 * Who may see a case. Reporters name people who must not; the names are free text, so such a case is first seen by deputies
 * only, who say which aliases are meant. Whoever is excluded, or declared a conflict, never sees the case again, nor that
 * it exists.
 */

export interface Guarded {
  /** -1: not known yet; 0: nobody was excluded; 1: the names wait for a deputy; 2: they have been mapped. */
  guard: number;
  /** Keyed tags of aliases that the case does not exist for, by the reporter's word. */
  excluded: readonly string[];
  /** The same, by their own word. */
  recused: readonly string[];
}

export interface Viewer {
  tag: string;
  /** A deputy or an admin. */
  senior: boolean;
}

/** May this reviewer know of the case? */
export function sees({ guard, excluded, recused }: Guarded, { tag, senior }: Viewer): boolean {
  return (guard === 0 || guard === 2 || senior) && !excluded.includes(tag) && !recused.includes(tag);
}

/** What hangs on a board, where anybody may look: everything, the number alone, or nothing at all. */
export function hangs({ guard, excluded, recused }: Guarded): "all" | "number" | "nothing" {
  if (guard !== 0 || excluded.length > 0) return "nothing";
  return recused.length > 0 ? "number" : "all";
}

/**
 * Does a text name this alias, however it is written? Not inside a longer word ("Ed" in "Fred"), but with the ending of
 * a possessive; Chinese has no spaces between words, so there it stands anywhere.
 */
export function names(typed: string, alias: string): boolean {
  const fold = (text: string) => text.normalize("NFKC").toUpperCase().toLowerCase();
  const name = fold(alias);
  const letter = "[\\p{Script=Latin}\\p{N}]";
  const before = new RegExp(`^${letter}`, "u").test(name) ? `(?<!${letter})` : "";
  const behind = new RegExp(`${letter}$`, "u").test(name) ? `s?(?!${letter})` : "";
  return new RegExp(before + name.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&") + behind, "u").test(fold(typed));
}
