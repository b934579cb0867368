/**
 * P5, attacked by a scanner that knows nothing of us: Wapiti walks what an admin sees and tries what it knows on every
 * address and form. What it says of a page without https is no finding of ours: it is reached over the machine itself here.
 */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Service } from "../../src/service.ts";
import { Visitor } from "../platforms/web/visitor.ts";
import { fileReport, onWeb, told } from "../privacy/people.ts";
import { invited } from "../support/caller.ts";
import { type TestHome, testHome } from "../support/house.ts";
import { skipFor } from "../support/missing.ts";

const program = "/usr/bin/wapiti";
/** Those of its attacks that fit what the page is made of and ask no server of the scanner's makers. */
const modules = "cookieflags,crlf,csp,csrf,exec,file,http_headers,methods,permanentxss,redirect,sql,xss";
/** The first is for browsers that nobody has any more and opened holes in them; the second is said over https alone. */
const known = ["X-XSS-Protection is not set", "Strict-Transport-Security is not set"];

interface Finding {
  path: string;
  info: string;
}

describe("P5: the web page before a scanner", function () {
  this.timeout(300_000);
  let home: TestHome;
  let service: Service;
  let folder: string;

  before(async function () {
    if (!existsSync(program)) skipFor(this, "wapiti is not installed");
    home = testHome();
    service = await home.service();
    folder = mkdtempSync(join(tmpdir(), "quietline-scan-"));
  });
  after(async () => {
    await service?.close();
    home?.remove();
    if (folder) rmSync(folder, { recursive: true, force: true });
  });

  it("shows nothing that it knows, on any page of an admin with a case", async () => {
    await fileReport(await onWeb(service.page, 1), told("A clerk sells what customers owe."));
    const admin = new Visitor(service.page, { "sec-fetch-site": "same-origin" });
    await admin.get(`/join/${await invited(service.core, "admin")}`);
    await admin.press("Accept the invitation");
    const { form, button } = admin.formWith("send");
    const passphrase = ["quiet water under reeds"];
    await admin.submit(form, button, {
      values: { "f.alias": ["Heron"], "f.passphrase": passphrase, "f.again": passphrase },
    });
    const report = join(folder, "report.json");
    const { stdout } = await promisify(execFile)(
      program,
      [
        ["-u", `${service.page}/`, "-s", `${service.page}/signin`, "-s", `${service.page}/tips`, "-m", modules],
        ["-H", `Cookie: visit=${admin.cookies.get("visit")}`, "-H", "Sec-Fetch-Site: same-origin"],
        ["-f", "json", "-o", report, "--no-bugreport", "--flush-session", "--store-session", folder],
      ].flat(),
      { env: { PATH: process.env.PATH, HOME: folder } },
    );
    const judged = JSON.parse(readFileSync(report, "utf8")) as {
      vulnerabilities: Record<string, Finding[]>;
      anomalies: Record<string, Finding[]>;
    };
    const found = Object.entries({ ...judged.vulnerabilities, ...judged.anomalies }).flatMap(([what, all]) =>
      all.map(({ path, info }) => `${what}: ${path}: ${info}`),
    );
    assert.deepEqual(
      found.filter((one) => !known.some((words) => one.endsWith(words))),
      [],
    );
    const [, seen = "0"] = /found (\d+) URLs and forms/.exec(stdout) ?? [];
    assert.ok(Number(seen) >= 25, `it saw ${seen} addresses and forms`);
  });
});
