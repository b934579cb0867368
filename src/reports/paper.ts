/** A case on paper: words that were chosen elsewhere, as Markdown and as PDF. What strangers typed stands apart and literally. */
import PDFDocument from "pdfkit";
import { narrowed, needsWide, wideFont } from "../fonts.ts";

export interface Paper {
  title: string;
  parts: { head: string; lines: Line[] }[];
  /** What the PDF says first where it cannot write every character. */
  narrow: string;
}

/** One of our own sentences, or somebody's words with whose they are. */
export type Line = string | { by: string; text: string };

export function markdown({ title, parts }: Paper): string {
  const blocks = parts.flatMap(({ head, lines }) => [
    `## ${head}`,
    ...lines.map((line) =>
      typeof line === "string" ? literal(line) : `**${literal(line.by)}**\n\n${fence(line.text)}`,
    ),
  ]);
  return `${[`# ${literal(title)}`, ...blocks].join("\n\n")}\n`;
}

/** A typed text in a fence that it cannot close: nothing of it is Markdown. */
function fence(text: string): string {
  const longest = Math.max(2, ...Array.from(text.matchAll(/`+/g), (run) => run[0].length));
  const mark = "`".repeat(longest + 1);
  return `${mark}text\n${text}\n${mark}`;
}

const literal = (text: string): string => text.replace(/[\\`*_[\]<>#|~]/g, "\\$&");

/** Says when it was made to the day and nothing of by what. @param day days since 1970 */
export async function pdf({ title, parts, narrow }: Paper, day: number): Promise<Uint8Array> {
  const font = wideFont();
  const made = new Date(day * 86_400_000);
  const document = new PDFDocument({
    size: "A4",
    margin: 56,
    info: { Title: title, CreationDate: made, ModDate: made, Producer: "Quietline", Creator: "Quietline" },
  });
  const chunks: Buffer[] = [];
  document.on("data", (chunk: Buffer) => chunks.push(chunk));
  const ended = new Promise<void>((resolve, reject) => document.once("end", resolve).once("error", reject));
  const write = (text: string, size: number, colour: string, indent = 0) => {
    // a control character has no shape, and would be drawn as one of another
    const plain = text.replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/g, " ");
    if (font && needsWide(plain)) document.font(font[0], font[1]);
    else document.font("Helvetica");
    document
      .fontSize(size)
      .fillColor(colour)
      .text(font ? plain : narrowed(plain), 56 + indent, undefined, { width: document.page.width - 112 - indent })
      .moveDown(0.4);
  };
  write(title, 18, "#1b1b1b");
  const wide = parts.some((p) => needsWide(JSON.stringify(p)));
  if (wide && !font) write(narrow, 10, "#8a1f11");
  for (const { head, lines } of parts) {
    document.moveDown(0.5);
    write(head, 13, "#2f6f7e");
    for (const line of lines) {
      if (typeof line === "string") write(line, 10, "#1b1b1b");
      else {
        write(line.by, 9, "#555555");
        write(line.text, 10, "#1b1b1b", 14);
      }
    }
  }
  document.end();
  await ended;
  return Buffer.concat(chunks);
}
