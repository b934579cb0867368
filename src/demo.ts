/** Sixty invented cases in both languages, for a newcomer who wants to see queue, chain and charts in a minute. */

import { createHash, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { generateHybridIdentity } from "age-encryption";
import { parse } from "yaml";
import { type Core, root } from "./main.ts";
import { organisationOf } from "./reports/links.ts";
import { outcomes } from "./reports/review.ts";
import { type How, weekOf } from "./reports/sightings.ts";
import { summarise, type Told } from "./reports/told.ts";

interface DemoFile {
  places: Record<string, string>[];
  handle: string;
  sightings: { organisation: string; kind: string; how: How; weeks: number[] }[];
  cases: (Told & Record<"en" | "zh-CN", string> & { series?: boolean; at?: number })[];
}

/** Fills a house that holds no report. Answers how many cases there are now and the code of the series, or nothing if there were reports. */
export async function fillDemo(core: Core, today: number): Promise<{ cases: number; series: string } | undefined> {
  const { storage, reports, trade, taxonomy } = core;
  if (await storage.read("reports").first("id")) return undefined;
  const file = parse(readFileSync(`${root}data/demo.yaml`, "utf8")) as DemoFile;
  const joined: string[] = [];
  // one mailbox key for all: nobody holds a receipt of theirs
  const identity = await generateHybridIdentity();
  let made = 0;
  for (const [at, { series, at: places = 2, en, "zh-CN": zh, ...facts }] of file.cases.entries())
    for (const [p, place] of file.places.slice(0, places).entries())
      for (const [locale, words] of [
        ["en", en],
        ["zh-CN", zh],
      ] as const) {
        const inSeries = series === true && p === 0 && locale === "zh-CN";
        const told: Told = {
          ...facts,
          story: words.replace("{{place}}", place[locale] ?? ""),
          region: place[locale] ?? "",
          ...(inSeries ? { handle: `@${file.handle}` } : {}),
        };
        const id = createHash("sha256").update(randomBytes(32)).digest("hex");
        // spread over the last months, so that charts have something to show
        const day = today - ((at * 7 + p * 31 + made * 3) % 150);
        const prints = await trade.links.ofReport(id, told, []);
        const write = await reports.file(
          { id, identity },
          {
            code: reports.newCode(),
            day,
            told,
            summary: summarise(told, 0, (urgency) => taxonomy.level(urgency)),
            files: [],
          },
        );
        await storage.transaction(async (trx) => {
          await write(trx);
          await prints.write(trx);
        });
        if (inSeries) joined.push(id);
        made += 1;
        if (!inSeries && made % 4 === 3) {
          const row = (await reports.byId(id))!;
          const outcome = outcomes[at % outcomes.length]!;
          await storage.transaction(
            reports.change(
              row,
              { ...row, status: "closed", owner: "Demo" },
              { closedDay: Math.min(today, day + 20), closing: { outcome } },
            ),
          );
        }
      }
  const series = trade.series.newCode();
  await storage.transaction(trade.series.join(series, today, "Demo", joined));
  for (const { organisation: name, kind, how, weeks } of file.sightings)
    for (const [at, n] of weeks.entries()) {
      const week = weekOf(today) - (weeks.length - 1 - at);
      const one = { tag: trade.links.organisation(organisationOf(name)), kind, week, name, how, planted: [] };
      for (let i = 0; i < n; i++) await storage.transaction((trx) => trade.sightings.add(trx, one));
    }
  await core.record("demo");
  return { cases: made, series };
}
