/** What is shipped for operators: a unit that is as closed as the README says, images whose every part is there, a bill of materials. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import { web } from "../src/platforms/web.tsx";
import { programPath } from "./crash/victim.ts";
import { skipFor } from "./support/missing.ts";
import { freePort } from "./support/own-servers.ts";

const { main, execArgv } = programPath("cli");
const cli = (...words: string[]) =>
  execFileSync(process.execPath, [...execArgv, fileURLToPath(main), ...words], { encoding: "utf8" });

describe("what is shipped for operators", function () {
  this.timeout(60_000);
  let folder: string;
  let unit: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "quietline-deploy-"));
  });
  after(() => rmSync(folder, { recursive: true }));

  it("install-service writes the unit for this copy, readable by all, with no secret in it", () => {
    unit = cli("install-service", "--print");
    assert.ok(unit.includes(`ExecStart=${process.execPath} `) && !/@[A-Z]+@/.test(unit), unit);
    if (
      !process.cwd().startsWith("/root") &&
      !process.cwd().startsWith("/home") &&
      !process.execPath.startsWith("/home")
    ) {
      cli("install-service", "--root", folder);
      const path = join(folder, "etc/systemd/system/quietline.service");
      assert.equal(readFileSync(path, "utf8").trim(), unit.trim());
      assert.equal(statSync(path).mode & 0o777, 0o644);
      assert.match(readFileSync(join(folder, "etc/sysusers.d/quietline.conf"), "utf8"), /^u quietline /);
    }
    for (const line of ["LimitCORE=0", "MemorySwapMax=0", "ProtectSystem=strict", "NoNewPrivileges=yes", "UMask=0077"])
      assert.ok(unit.includes(line), line);
  });

  it("… which systemd rates as the README says", function () {
    if (!existsSync("/usr/bin/systemd-analyze")) return skipFor(this, "no systemd-analyze (Debian: systemd)");
    const path = join(folder, "quietline.service");
    writeFileSync(path, unit);
    const said = execFileSync("systemd-analyze", ["security", "--offline=true", "--no-pager", path], {
      encoding: "utf8",
    });
    const score = /exposure level for quietline\.service: ([\d.]+)/.exec(said)?.[1];
    assert.ok(score && readFileSync("README.md", "utf8").includes(`rates it **${score}**`), `the score is ${score}`);
  });

  it("the image holds what it copies, runs as nobody and has no shell to start; compose mounts nothing that is not there", () => {
    const stages = readFileSync("Dockerfile", "utf8")
      .split(/^FROM /m)
      .slice(1);
    assert.equal(stages.length, 3);
    for (const stage of stages)
      for (const [, words = ""] of stage.matchAll(/^COPY (?!--from)(.+)$/gm))
        for (const name of words.split(" ").slice(0, -1)) assert.ok(existsSync(name), name);
    const last = stages.at(-1)!;
    assert.match(last, /^gcr\.io\/distroless\//);
    assert.match(last, /^USER 65532:65532$/m);
    assert.doesNotMatch(last, /^RUN /m);
    for (const [, name] of last.matchAll(/^(?:ENTRYPOINT|CMD) (.*)$/gm)) assert.ok(Array.isArray(JSON.parse(name!)));
    const compose = parse(readFileSync("compose.yaml", "utf8")) as {
      services: Record<string, { volumes?: string[]; read_only?: boolean; cap_drop?: string[] }>;
      volumes: object;
      secrets: object;
    };
    assert.deepEqual(Object.keys(compose.services), ["quietline", "postgres", "valkey", "onion"]);
    assert.equal(compose.services.quietline!.read_only, true);
    assert.deepEqual(compose.services.quietline!.cap_drop, ["ALL"]);
    for (const volume of Object.values(compose.services).flatMap((s) => s.volumes ?? [])) {
      const [from = ""] = volume.split(":");
      assert.ok(from.startsWith("./") ? existsSync(from) : from in compose.volumes, volume);
    }
  });

  it("Tor Browser is offered the onion address on https pages, and no address is repeated beyond a page's name", async () => {
    const onionUrl = `http://${"a".repeat(56)}.onion`;
    const port = await freePort();
    for (const publicUrl of ["https://tips.example.org", undefined]) {
      const page = web({ listen: `127.0.0.1:${port}`, onionUrl, ...(publicUrl ? { publicUrl } : {}) });
      await page.open({
        hear: async () => ({ text: "x" }),
        say: (_locale, key) => key,
        commands: [{ name: "report", where: "private" }],
        locales: ["en"],
        note: () => undefined,
      });
      const offered = async (path: string) =>
        (
          await fetch(`http://127.0.0.1:${port}${path}`, { redirect: "manual", headers: { connection: "close" } })
        ).headers.get("onion-location");
      for (const [path, to] of [
        ["/report", "/report"],
        ["/join/a-secret-code", "/"],
        ["/report?x=%0d%0aX:1", "/"],
      ] as const)
        assert.equal(await offered(path), publicUrl ? onionUrl + to : null, path);
      await page.close();
    }
  });

  it("the bill of materials names every package that runs, with its licence; none but those named may run a script", () => {
    const sbom = join(folder, "sbom.json");
    execFileSync("npm", ["run", "--silent", "sbom"], { env: { ...process.env, SBOM: sbom } });
    const { bomFormat, components } = JSON.parse(readFileSync(sbom, "utf8")) as {
      bomFormat: string;
      components: { name: string; licenses?: { license?: { id?: string }; expression?: string }[] }[];
    };
    assert.equal(bomFormat, "CycloneDX");
    const { dependencies } = JSON.parse(readFileSync("package.json", "utf8")) as {
      dependencies: Record<string, string>;
    };
    const names = new Set(components.map((c) => c.name));
    for (const name of Object.keys(dependencies))
      assert.ok(
        [...names].some((n) => n === name || name.endsWith(`/${n}`)),
        name,
      );
    const odd = components
      .map((c) => [c.name, c.licenses?.map((l) => l.license?.id ?? l.expression).join() ?? "none"])
      .filter(([, l]) => /AGPL|GPL-[23]|SSPL|BUSL|none/.test(l!) && !/LGPL/.test(l!));
    // its package names none; its file LICENSE is that of MIT
    assert.deepEqual(odd, [["png-js", "none"]]);
  });
});
