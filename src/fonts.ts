/** Fonts of the usual systems, and which texts need one. */
import { existsSync } from "node:fs";

/** Fonts of the usual systems, those that write Chinese first; a collection needs the name of one of its fonts. */
export type Font = [path: string, member?: string];
export const fonts: Font[] = [
  ["/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc", "NotoSansCJKsc-Regular"],
  ["/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc", "NotoSerifCJKsc-Regular"],
  ["/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc", "NotoSansCJKsc-Regular"],
  ["/usr/share/fonts/google-noto-cjk/NotoSansCJK-Regular.ttc", "NotoSansCJKsc-Regular"],
  ["/System/Library/Fonts/PingFang.ttc", "PingFangSC-Regular"],
  ["C:/Windows/Fonts/msyh.ttc", "MicrosoftYaHei"],
  // for names in other writings
  ["/usr/share/fonts/truetype/noto/NotoSans-Regular.ttf"],
  ["/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"],
  ["/System/Library/Fonts/Supplemental/Arial Unicode.ttf"],
  ["C:/Windows/Fonts/arial.ttf"],
];

/** The first that is there and can write Chinese. */
export function wideFont(): [path: string, member: string] | undefined {
  const found = fonts.find(([path, member]) => member && existsSync(path));
  return found && [found[0], found[1]!];
}

/** Does a text need more than the fonts that every reader of PDF has? */
export const needsWide = (text: string): boolean => [...text].some((c) => c.codePointAt(0)! > 0xff);

/** A text as it can be drawn without such a font. */
export const narrowed = (text: string): string => [...text].map((c) => (needsWide(c) ? "?" : c)).join("");
