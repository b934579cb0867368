/** Reports filed end to end over HTTP, one at a time and eight at once, against the bare sealing peer. */
import sqlite3 from "sqlite3";
import { type Child, scratch, startPeer, startQuietline } from "./child.ts";
import { quantile, type Row } from "./table.ts";
import { type Filed, filePeer, fileReport, opensStory } from "./walk.ts";

interface Run {
  perSecond: number;
  /** Milliseconds of the server's processor time for each report. */
  cpu: number;
  filed: { mark: string; filed: Filed }[];
  failed: number;
}

/** @param count reports at each concurrency */
export async function measureReports(count: number): Promise<Row[]> {
  const home = scratch();
  const peerHome = scratch();
  const server = await startQuietline(home.path);
  const peer = await startPeer("seal", { PEER_HOME: peerHome.parent });
  try {
    const rows: Row[] = [];
    const all: Run[] = [];
    for (const concurrency of [1, 8]) {
      const warm = Math.max(10, count / 10);
      all.push(await run(server, fileReport, warm, concurrency, `warm${concurrency}`));
      const ours = await run(server, fileReport, count, concurrency, `at${concurrency}`);
      all.push(ours);
      await run(peer, filePeer, warm, concurrency, "warm");
      const theirs = await run(peer, filePeer, count, concurrency, "at");
      rows.push(...rowsOf(concurrency, ours, theirs));
    }
    rows.push({ what: "a leading open-source server (stated, not measured)", unit: "reports/s", figure: 0.45 });
    const filed = all.flatMap((r) => r.filed);
    let lost = all.reduce((sum, r) => sum + r.failed, 0);
    for (const {
      mark,
      filed: { receipt },
    } of filed)
      if (!(await opensStory(server.url, receipt, mark))) lost += 1;
    await server.stop();
    const kept = await countReports(`${home.path}/quietline.sqlite`);
    rows.push({
      what: "reports lost (every receipt opened)",
      unit: `of ${filed.length}`,
      figure: lost,
      goal: { is: "at most", value: 0, of: "figure" },
    });
    rows.push({
      what: "reports kept twice",
      unit: `of ${filed.length}`,
      figure: kept - new Set(filed.map((f) => f.filed.receipt)).size,
      goal: { is: "at most", value: 0, of: "figure" },
    });
    return rows;
  } finally {
    await server.stop();
    await peer.stop();
    home.remove();
    peerHome.remove();
  }
}

async function run(
  server: Child,
  file: (url: string, mark: string) => Promise<Filed>,
  count: number,
  concurrency: number,
  name: string,
): Promise<Run> {
  const filed: Run["filed"] = [];
  let failed = 0;
  let next = 0;
  const before = server.cpu();
  const began = performance.now();
  const one = async (): Promise<void> => {
    while (next < count) {
      const mark = `${name}-${next++}`;
      try {
        filed.push({ mark, filed: await file(server.url, mark) });
      } catch {
        failed += 1; // counted as lost
      }
    }
  };
  await Promise.all(Array.from({ length: concurrency }, one));
  const seconds = (performance.now() - began) / 1000;
  return { perSecond: filed.length / seconds, cpu: (server.cpu() - before) / filed.length, filed, failed };
}

function rowsOf(concurrency: number, ours: Run, theirs: Run): Row[] {
  const at = concurrency === 1 ? "one at a time" : `${concurrency} at once`;
  const spread = (r: Run, of: "whole" | "send", share: number) =>
    quantile(
      r.filed.map((f) => f.filed[of]),
      share,
    );
  return [
    {
      what: `reports over HTTP, ${at}`,
      unit: "reports/s",
      figure: ours.perSecond,
      peer: theirs.perSecond,
      ...(concurrency === 8 ? { goal: { is: "at least" as const, value: 45, of: "figure" as const } } : {}),
      details: {
        requestsPerReport: ours.filed[0]?.filed.requests ?? 0,
        requestsPerPeerReport: theirs.filed[0]?.filed.requests ?? 0,
      },
    },
    { what: "  processor time of the server", unit: "ms/report", figure: ours.cpu, peer: theirs.cpu },
    ...(["whole", "send"] as const).flatMap((of) =>
      [0.5, 0.99].map((share) => ({
        what: `  ${of === "whole" ? "whole report" : "last button"}, p${share * 100}`,
        unit: "ms",
        figure: spread(ours, of, share),
        peer: spread(theirs, of, share),
      })),
    ),
  ];
}

function countReports(path: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const db = new sqlite3.Database(path, sqlite3.OPEN_READONLY);
    db.get("SELECT count(*) AS n FROM reports", (error, row: { n: number }) => {
      db.close();
      if (error) reject(error);
      else resolve(row.n);
    });
  });
}
