/** What pictures of our own making share: ink, the room that words need, and the way to a PNG. The libraries are loaded at the first one. */

export const ink = "#16324a";
/** The colour of what is counted. */
export const accent = "#2f6f7e";
/** Of what is not there, and of lines that only guide the eye. */
export const faint = "#8a97a3";

/** About how wide a text is, in letters of its font's size; the libraries have no measures of Chinese fonts. */
export const ems = (text: string): number => [...text].reduce((sum, sign) => sum + (sign > "\u2e7f" ? 1 : 0.6), 0);

/** A chart in the language of Vega as SVG. */
export async function chartOf(spec: object): Promise<string> {
  const vega = await import("vega");
  const view = new vega.View(vega.parse(spec as never), { renderer: "none" });
  const svg = await view.toSVG();
  view.finalize();
  return svg;
}

/** SVG to PNG with the fonts of the machine. @param density pixels for 72 units: 116 stays sharp on a phone, 144 is twice the size */
export async function pngOf(svg: string, density: number): Promise<Uint8Array> {
  const { default: sharp } = await import("sharp");
  return sharp(Buffer.from(svg), { density }).png().toBuffer();
}
