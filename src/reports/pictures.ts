/**
 * Pictures of our own making, from words and numbers that the caller has chosen: the chain as a graph, counts as bars. Words
 * are escaped on their way in, so that none of them can become markup.
 */
import { accent, chartOf, ems, faint, ink, pngOf } from "../picture.ts";

/** A graph in rows: from each row to the next runs an arrow. A row without boxes is drawn as a gap. */
export interface Rows {
  title: string;
  rows: { title: string; boxes: { title: string; lines: string[] }[]; gap: string }[];
}

const font = "Noto Sans CJK SC";
/** Stays sharp on a phone. */
const density = 116;
const tints = ["#fbe3d6", "#fdf0cf", "#e3f1da", "#d9eef0", "#dfe6f7", "#efe0f2"];

/** A graph of rows as a PNG. */
export async function drawRows(graph: Rows): Promise<Uint8Array> {
  const { Graphviz } = await import("@hpcc-js/wasm-graphviz");
  graphviz ??= Graphviz.load();
  return pngOf((await graphviz).layout(dotOf(graph), "svg", "dot"), density);
}
/** Loads what the first graph needs, so that who comes for one need not wait; a failure is told when it is drawn. */
export function warmRows(): void {
  if (!graphviz) void drawRows({ title: "", rows: [{ title: "", boxes: [], gap: "" }] }).catch(() => undefined);
}
let graphviz: Promise<{ layout(dot: string, format: "svg", engine: "dot"): string }> | undefined;

/** Bars with a label and a number each, in the order in which they are drawn. */
export interface Bars {
  title: string;
  bars: { label: string; n: number }[];
}

/** A bar chart as a PNG. */
export async function drawBars(chart: Bars): Promise<Uint8Array> {
  return pngOf(await chartOf(specOf(chart)), density);
}

/** The chart in the language of Vega; bars stand one below the other, so that long labels have room. */
function specOf({ title, bars }: Bars): object {
  const size = 13;
  const values = bars.map(({ label, n }, at) => ({ at, label: plain(label), n }));
  const middle = { scale: "y", field: "at", band: 0.5 };
  const text = {
    font: { value: font },
    fontSize: { value: size },
    fill: { value: ink },
    baseline: { value: "middle" },
  };
  // Vega has no measures of Chinese fonts: labels get the room that they need
  const left = Math.ceil(Math.max(...values.map(({ label }) => ems(label))) * size) + 14;
  return {
    width: 420,
    height: values.length * 26,
    padding: { left: left + 12, right: 70, top: 44, bottom: 12 },
    autosize: "none",
    background: "white",
    title: { text: plain(title), anchor: "start", frame: "group", font, fontSize: 15, color: ink, offset: 12 },
    data: [{ name: "bars", values }],
    scales: [
      { name: "y", type: "band", domain: { data: "bars", field: "at" }, range: "height", padding: 0.25 },
      { name: "x", type: "linear", domain: [0, Math.max(...values.map(({ n }) => n))], range: "width" },
    ],
    marks: [
      {
        type: "rect",
        from: { data: "bars" },
        encode: {
          enter: {
            y: { scale: "y", field: "at" },
            height: { scale: "y", band: 1 },
            x: { scale: "x", value: 0 },
            x2: { scale: "x", field: "n" },
            fill: { value: accent },
          },
        },
      },
      {
        type: "text",
        from: { data: "bars" },
        encode: {
          enter: { ...text, y: middle, x: { value: -8 }, text: { field: "label" }, align: { value: "right" } },
        },
      },
      {
        type: "text",
        from: { data: "bars" },
        encode: { enter: { ...text, y: middle, x: { scale: "x", field: "n", offset: 7 }, text: { field: "n" } } },
      },
    ],
  };
}

/** The graph in the language of Graphviz; for tests, too. */
export function dotOf({ title, rows }: Rows): string {
  const lines = [
    "digraph chain {",
    "graph [rankdir=TB, bgcolor=white, pad=0.3, nodesep=0.3, ranksep=0.4]",
    `node [shape=box, style="rounded,filled", color="${ink}", fontname="${font}", fontsize=12, fontcolor="${ink}"]`,
    `edge [color="${ink}", arrowsize=0.8]`,
    `title [shape=plaintext, style="", fontname="${font} Bold", fontsize=15, ${sized([title], 15)}]`,
    "title -> n0_0 [style=invis]",
  ];
  rows.forEach((row, at) => {
    const boxes = row.boxes.map(
      (box, i) =>
        `n${at}_${i} [fillcolor="${tints[at % tints.length]}", ${sized([row.title, box.title, "", ...box.lines], 12)}]`,
    );
    if (boxes.length === 0)
      boxes.push(
        `n${at}_0 [fillcolor=white, style="rounded,filled,dashed", color="${faint}", fontcolor="#5b6875", ${sized([row.title, row.gap], 12)}]`,
      );
    lines.push(`{ rank=same; ${boxes.join("; ")} }`);
  });
  for (let at = 1; at < rows.length; at++) {
    const [above, below] = [rows[at - 1]!, rows[at]!];
    const dashed = above.boxes.length === 0 || below.boxes.length === 0;
    for (let a = 0; a < Math.max(1, above.boxes.length); a++)
      for (let b = 0; b < Math.max(1, below.boxes.length); b++)
        lines.push(`n${at - 1}_${a} -> n${at}_${b}${dashed ? ` [style=dashed, color="${faint}"]` : ""}`);
  }
  return [...lines, "}"].join("\n");
}

/** A label and the least width that it needs: Graphviz has no measures of Chinese fonts. */
function sized(words: string[], size: number): string {
  const width = (Math.max(...words.map((text) => ems(text.slice(0, 200)))) * size) / 72 + 0.4;
  return `width=${width.toFixed(2)}, label="${words.map(escaped).join("\\n")}"`;
}

/** One line of words: nothing in it steers the line. */
const plain = (text: string): string => text.replace(/\p{Cc}/gu, " ").slice(0, 200);

/** Text for markup: no sign of it can open a tag, an entity or a string, and nothing steers the terminal or the line. */
export function escaped(text: string): string {
  return plain(text).replace(/[&<>"'\\]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
