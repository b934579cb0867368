/** A certificate on one page: what was learned, when, for whom, and the code by which a stranger can check it. */
import { existsSync } from "node:fs";
import PDFDocument from "pdfkit";
import { type Font, fonts } from "../fonts.ts";

export interface Certificate {
  title: string;
  /** As the learner typed it; drawn here and kept nowhere. */
  name: string;
  code: string;
  /** Days since 1970. */
  day: number;
  pass: number;
  locale: string;
  /** The address where the code can be checked; empty where there is none. */
  page: string;
}

const words = {
  en: {
    head: "Certificate",
    has: "has completed the course",
    with: (pass: number) => `with at least ${pass} % of the answers right`,
    page: "the page “certificate” of Quietline",
    check: (page: string) => `To check this certificate, open ${page} and type the code.`,
  },
  "zh-CN": {
    head: "结业证书",
    has: "已完成课程",
    with: (pass: number) => `答题正确率不低于 ${pass}%`,
    page: "Quietline 的“证书”页面",
    check: (page: string) => `如需核验本证书，请打开 ${page} 并输入编号。`,
  },
};

const fromTheRight = /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}]/u;

/**
 * A text in the parts in which it is drawn, from left to right. The library writes each word of Arabic or Hebrew as it
 * should be, but would put the first word left of the second.
 */
export function drawnOrder(text: string): string[] {
  if (!fromTheRight.test(text)) return [text];
  const runs: string[][] = [];
  for (const word of text.trim().split(/\s+/)) {
    const last = runs.at(-1);
    if (last && !fromTheRight.test(last[0]!) && !fromTheRight.test(word)) last.push(word);
    else runs.push([word]);
  }
  return runs.reverse().flat();
}

/**
 * Draws the PDF. Without a font for Chinese its own words are English. Where no font of the machine can write the name, its
 * line is left empty, to be filled in by hand: a certificate that calls somebody “???” is worth nothing.
 * @param at fonts to choose from, for tests
 */
export async function drawCertificate(certificate: Certificate, at = fonts): Promise<Uint8Array> {
  const { title, name, code, day, pass, locale, page } = certificate;
  // no date, no producer's version: the file says when it was earned and nothing of when it was made
  const info = { Title: title, CreationDate: new Date(day * 86_400_000), ModDate: new Date(day * 86_400_000) };
  const document = new PDFDocument({ size: "A4", layout: "landscape", margin: 72, info });
  const chunks: Buffer[] = [];
  document.on("data", (chunk: Buffer) => chunks.push(chunk));
  const ended = new Promise<void>((resolve, reject) => document.once("end", resolve).once("error", reject));
  const here = at.filter(([path]) => existsSync(path));

  const take = ([path, member]: Font): void => void (member ? document.font(path, member) : document.font(path));
  /** The font for one sign; the first that can write it. */
  function fontFor(sign: string): Font | undefined {
    const code = sign.codePointAt(0)!;
    if (code <= 0xff || "–—‘’“”•…€".includes(sign)) return ["Helvetica"];
    return here.find((font) => {
      take(font);
      // the font that pdfkit has opened knows its signs; its types do not say so
      const opened = document as unknown as { _font: { font: { hasGlyphForCodePoint(code: number): boolean } } };
      return opened._font.font.hasGlyphForCodePoint(code);
    });
  }
  /** The text in pieces of one font each; nothing where a sign cannot be written. */
  function pieces(text: string): { font: Font; text: string }[] | undefined {
    const found: { font: Font; text: string }[] = [];
    for (const [n, part] of drawnOrder(text).entries()) {
      if (n > 0) found.push({ font: space, text: " " });
      let last: { font: Font; text: string } | undefined;
      for (const sign of part) {
        const font = sign === " " && last ? last.font : fontFor(sign);
        if (!font) return undefined;
        if (last && last.font[0] === font[0]) last.text += sign;
        else {
          last = { font, text: sign };
          found.push(last);
        }
      }
    }
    return found;
  }
  const say = words[locale === "zh-CN" && pieces(words["zh-CN"].head) ? "zh-CN" : "en"];
  /** Writes one line in the middle; `y` is where its letters stand. A long one is written smaller. */
  const write = (text: string, size: number, colour: string, y: number): void => {
    const all = pieces(text);
    if (!all) {
      line(y + 6);
      return;
    }
    const wide = (at: number) =>
      all.map((piece) => {
        take(piece.font);
        return document.fontSize(at).widthOfString(piece.text);
      });
    const total = wide(size).reduce((sum, w) => sum + w, 0);
    const fits = Math.min(size, (size * (document.page.width - 144)) / total);
    const widths = wide(fits);
    let x = (document.page.width - widths.reduce((sum, w) => sum + w, 0)) / 2;
    for (const [n, piece] of all.entries()) {
      take(piece.font);
      document.fontSize(fits).fillColor(colour);
      document.text(piece.text, x, y, { lineBreak: false, baseline: "alphabetic" });
      x += widths[n]!;
    }
  };
  const line = (y: number): void => {
    const middle = document.page.width / 2;
    document
      .moveTo(middle - 150, y)
      .lineTo(middle + 150, y)
      .lineWidth(0.7)
      .stroke("#444444");
  };
  const { width, height } = document.page;
  document
    .rect(30, 30, width - 60, height - 60)
    .lineWidth(2)
    .stroke(teal);
  document
    .rect(38, 38, width - 76, height - 76)
    .lineWidth(0.5)
    .stroke(teal);
  write(say.head, 38, teal, 124);
  write(name, 30, "#1b1b1b", 204);
  write(say.has, 14, "#444444", 240);
  write(title, 24, "#1b1b1b", 278);
  write(say.with(pass), 13, "#444444", 316);
  write(new Date(day * 86_400_000).toISOString().slice(0, 10), 13, "#444444", 340);
  write(code, 20, "#1b1b1b", 440);
  write(say.check(page || say.page), 11, "#444444", 466);
  document.end();
  await ended;
  return Buffer.concat(chunks);
}

const space: Font = ["Helvetica"];
const teal = "#2f6f7e";
