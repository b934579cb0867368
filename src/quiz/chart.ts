/** The figures of groups as one picture: completion and first tries by team, and what is remembered after days. */
import { accent, chartOf, ems, faint, ink, pngOf } from "../picture.ts";
import type { Figures } from "./figures.ts";

/** What is written into the picture. */
export interface ChartWords {
  teams: string;
  done: string;
  first: string;
  recall: string;
  /** “after 7 days”. */
  after: Record<7 | 30 | 90, string>;
}
interface Bar {
  label: string;
  kind: string;
  value: number;
}

/** Fonts of the usual systems that can write both languages. */
const fonts =
  "Noto Sans CJK SC, Noto Sans SC, Source Han Sans SC, PingFang SC, Microsoft YaHei, DejaVu Sans, sans-serif";
const width = 480;
const colours = [accent, "#e0a93f"];
/** Longest label in ems; a longer one is cut with “…”. */
const longest = 22;

/** A PNG, at twice the size for phones. */
export async function drawFigures(figures: Figures, words: ChartWords): Promise<Uint8Array> {
  const teams = figures.teams.flatMap((t): Bar[] => {
    const label = cut(`${t.team} · ${t.title}`);
    const first = t.firstRight === undefined ? [] : [{ label, kind: words.first, value: t.firstRight }];
    return [{ label, kind: words.done, value: t.done }, ...first];
  });
  const recall = figures.recall.map((r): Bar => ({ label: words.after[r.days], kind: words.recall, value: r.right }));
  const left = 13 * Math.max(...[...teams, ...recall].map((bar) => ems(bar.label)), 4) + 20;
  const charts = [
    ...(teams.length > 0 ? [bars(words.teams, teams, [words.done, words.first])] : []),
    ...(recall.length > 0 ? [bars(words.recall, recall, [words.recall])] : []),
  ];
  const spec = {
    // no measures of fonts are at hand: the room for labels is reckoned here
    padding: { left, right: 50, top: 28, bottom: 16 },
    autosize: "none",
    width,
    height: charts.reduce((sum, chart) => sum + chart.height + gap, 0) - gap + 40,
    background: "white",
    config: { text: { font: fonts }, title: { font: fonts } },
    marks: charts.map(({ draw }, n) => draw(charts.slice(0, n).reduce((sum, chart) => sum + chart.height + gap, 0))),
  };
  return pngOf(await chartOf(spec), 144);
}

const gap = 70;
const head = 34;

/** One chart of bars from 0 to 100 %, a row a label, in it a bar a kind. */
function bars(title: string, values: Bar[], kinds: string[]) {
  const labels = [...new Set(values.map((v) => v.label))];
  const height = head + labels.length * (kinds.length * 20 + 12);
  const data = values.map((v) => ({ ...v, text: `${v.value} %` }));
  const text = { font: { value: fonts }, fill: { value: ink } };
  const draw = (y: number) => ({
    type: "group",
    encode: { enter: { y: { value: y }, width: { value: width }, height: { value: height } } },
    data: [{ name: "bars", values: data }],
    scales: [
      { name: "row", type: "band", domain: labels, range: [head, height], padding: 0.15 },
      { name: "kind", type: "band", domain: kinds, range: [0, kinds.length * 20] },
      { name: "x", type: "linear", domain: [0, 100], range: [0, width] },
      { name: "colour", type: "ordinal", domain: kinds, range: colours },
    ],
    axes: [
      axis({ orient: "left", scale: "row", ticks: false, domain: false, labelLimit: 0, labelPadding: 8 }),
      axis({ orient: "bottom", scale: "x", values: [0, 25, 50, 75, 100], grid: true, gridColor: "#e3e8ec" }),
    ],
    marks: [
      {
        type: "text",
        encode: { enter: { ...text, text: { value: title }, fontSize: { value: 15 }, fontWeight: { value: "bold" } } },
      },
      ...(kinds.length > 1 ? kinds.flatMap((kind, n) => legend(kind, n, kinds)) : []),
      {
        type: "rect",
        from: { data: "bars" },
        encode: {
          enter: {
            y: { scale: "row", field: "label", offset: { scale: "kind", field: "kind" } },
            height: { value: 17 },
            x: { value: 0 },
            x2: { scale: "x", field: "value" },
            fill: { scale: "colour", field: "kind" },
          },
        },
      },
      {
        type: "text",
        from: { data: "bars" },
        encode: {
          enter: {
            ...text,
            y: { scale: "row", field: "label", offset: { scale: "kind", field: "kind", offset: 9 } },
            x: { scale: "x", field: "value", offset: 6 },
            text: { field: "text" },
            baseline: { value: "middle" },
            fontSize: { value: 12 },
          },
        },
      },
    ],
  });
  return { height, draw };
}

/** A coloured square and its word, beside those before it. */
function legend(kind: string, n: number, kinds: string[]) {
  const x = kinds.slice(0, n).reduce((sum, before) => sum + 12 * ems(before) + 40, 0);
  return [
    {
      type: "rect",
      encode: {
        enter: {
          x: { value: x },
          y: { value: 12 },
          width: { value: 11 },
          height: { value: 11 },
          fill: { value: colours[n] },
        },
      },
    },
    {
      type: "text",
      encode: {
        enter: {
          x: { value: x + 16 },
          y: { value: 22 },
          text: { value: kind },
          font: { value: fonts },
          fontSize: { value: 12 },
          fill: { value: ink },
        },
      },
    },
  ];
}

const axis = (rest: object) => ({
  labelFont: fonts,
  labelFontSize: 13,
  labelColor: ink,
  domainColor: faint,
  ...rest,
});

function cut(text: string): string {
  let kept = "";
  for (const sign of text) {
    if (ems(kept + sign) > longest) return `${kept}…`;
    kept += sign;
  }
  return kept;
}
