/** A certificate on one page: what was learned, when, for whom, and the code by which a stranger can check it. */
import { existsSync } from "node:fs";
import PDFDocument from "pdfkit";

export interface Certificate {
  title: string;
  /** As the learner typed it; drawn here and kept nowhere. */
  name: string;
  code: string;
  /** Days since 1970. */
  day: number;
  pass: number;
  locale: string;
}

/** Fonts that can write Chinese, where systems keep them; a collection needs the name of one of its fonts. */
const fonts = [
  ["/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc", "NotoSansCJKsc-Regular"],
  ["/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc", "NotoSerifCJKsc-Regular"],
  ["/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc", "NotoSansCJKsc-Regular"],
  ["/usr/share/fonts/google-noto-cjk/NotoSansCJK-Regular.ttc", "NotoSansCJKsc-Regular"],
  ["/System/Library/Fonts/PingFang.ttc", "PingFangSC-Regular"],
  ["C:/Windows/Fonts/msyh.ttc", "MicrosoftYaHei"],
] as const;

const words = {
  en: {
    head: "Certificate",
    has: "has completed the course",
    with: (pass: number) => `with at least ${pass} % of the answers right`,
    check: "To check this certificate, open the page “certificate” of Quietline and type the code:",
  },
  "zh-CN": {
    head: "结业证书",
    has: "已完成课程",
    with: (pass: number) => `答题正确率不低于 ${pass}%`,
    check: "如需核验本证书，请打开 Quietline 的“证书”页面并输入编号：",
  },
};

/** Draws the PDF. Without a font for Chinese its own words are English, and characters that cannot be drawn become “?”. */
export async function drawCertificate(certificate: Certificate): Promise<Uint8Array> {
  const { title, name, code, day, pass, locale } = certificate;
  const font = fonts.find(([path]) => existsSync(path));
  const say = words[locale === "zh-CN" && font ? "zh-CN" : "en"];
  // no date, no producer's version: the file says when it was earned and nothing of when it was made
  const info = { Title: title, CreationDate: new Date(day * 86_400_000), ModDate: new Date(day * 86_400_000) };
  const document = new PDFDocument({ size: "A4", layout: "landscape", margin: 72, info });
  const chunks: Buffer[] = [];
  document.on("data", (chunk: Buffer) => chunks.push(chunk));
  const ended = new Promise<void>((resolve, reject) => document.once("end", resolve).once("error", reject));
  const needs = (text: string) => [...text].some((c) => c.codePointAt(0)! > 0xff);
  const write = (text: string, size: number, colour: string, gap: number) => {
    if (font && needs(text)) document.font(font[0], font[1]);
    else document.font("Helvetica");
    const drawn = font ? text : [...text].map((c) => (needs(c) ? "?" : c)).join("");
    document.fontSize(size).fillColor(colour).text(drawn, { align: "center" });
    document.moveDown(gap);
  };
  document
    .rect(36, 36, document.page.width - 72, document.page.height - 72)
    .lineWidth(2)
    .stroke("#2f6f7e");
  document.y = 110;
  write(say.head, 36, "#2f6f7e", 0.8);
  write(name, 26, "#1b1b1b", 0.5);
  write(say.has, 14, "#444444", 0.5);
  write(title, 22, "#1b1b1b", 0.4);
  write(say.with(pass), 12, "#444444", 0.6);
  write(new Date(day * 86_400_000).toISOString().slice(0, 10), 14, "#444444", 1.6);
  write(say.check, 11, "#444444", 0.4);
  write(code, 18, "#1b1b1b", 0);
  document.end();
  await ended;
  return Buffer.concat(chunks);
}
