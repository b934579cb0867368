/** What is shipped for operators: a unit that is as closed as the README says, images whose every part is there, a bill of materials. */
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import { web } from "../src/platforms/web.tsx";
import { programPath } from "./crash/victim.ts";
import { skipFor } from "./support/missing.ts";
import { freePort } from "./support/own-servers.ts";

const { main, execArgv } = programPath("cli");
const cli = (...words: string[]) =>
  execFileSync(process.execPath, [...execArgv, fileURLToPath(main), ...words], { encoding: "utf8" });

/** No service looks into these, and `install-service` says so. */
const hidden = [process.cwd(), process.execPath].some((path) => /^\/(root|home)\//.test(path));

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
    if (!hidden && openToAll(process.cwd())) {
      cli("install-service", "--root", folder);
      const path = join(folder, "etc/systemd/system/quietline.service");
      assert.equal(readFileSync(path, "utf8").trim(), unit.trim());
      assert.equal(statSync(path).mode & 0o777, 0o644);
      assert.match(readFileSync(join(folder, "etc/sysusers.d/quietline.conf"), "utf8"), /^u quietline /);
      const command = join(folder, "usr/local/bin/quietline");
      assert.equal(statSync(command).mode & 0o777, 0o755);
      const asked = readFileSync(command, "utf8").split("\n").at(-2)!;
      const house = /QUIETLINE_HOME=(\S+)/.exec(asked)?.[1];
      // the house of the service, by the node and the copy of the service
      assert.ok(unit.includes("QUIETLINE_HOME=%S/quietline") && house === "/var/lib/quietline", asked);
      assert.ok(asked.includes(` ${process.execPath} ${process.cwd()}/dist/cli.js "$@"`), asked);
    }
    for (const line of ["LimitCORE=0", "MemorySwapMax=0", "ProtectSystem=strict", "NoNewPrivileges=yes", "UMask=0077"])
      assert.ok(unit.includes(line), line);
  });

  it("… and refuses to, where the service's own user could not read this copy", function () {
    if (!existsSync("dist/cli.js")) return skipFor(this, "it is not built: npm run build");
    if (hidden) return skipFor(this, "this node or copy lies under /root or /home, where no service looks");
    const copy = join(folder, "copy");
    mkdirSync(copy, { mode: 0o755 });
    for (const part of ["dist", "deploy", "package.json", "locales", "data"])
      cpSync(part, join(copy, part), { recursive: true });
    symlinkSync(join(process.cwd(), "node_modules"), join(copy, "node_modules"));
    chmodSync(folder, 0o755);
    if (!openToAll(folder)) return skipFor(this, "the folder for temporary files is closed to other users");
    const install = () =>
      spawnSync(process.execPath, [join(copy, "dist/cli.js"), "install-service", "--root", folder], {
        encoding: "utf8",
      });
    // as a clone is made under the umask of many servers
    chmodSync(join(copy, "dist"), 0o700);
    const refused = install();
    assert.equal(refused.status, 78);
    assert.ok(refused.stderr.includes(`cannot read ${join(copy, "dist")}: chmod -R go+rX ${copy}`), refused.stderr);
    chmodSync(join(copy, "dist"), 0o755);
    const written = install();
    assert.equal(written.status, 0, written.stderr);
  });

  it("… which systemd rates as the README says", function () {
    if (!existsSync("/usr/bin/systemd-analyze")) return skipFor(this, "no systemd-analyze (Debian: systemd)");
    const path = join(folder, "quietline.service");
    writeFileSync(path, unit);
    const said = execFileSync("systemd-analyze", ["security", "--offline=true", "--no-pager", path], {
      encoding: "utf8",
    });
    const score = /exposure level for quietline\.service: ([\d.]+)/.exec(said)?.[1];
    const [, version] = /^systemd (\d+)/.exec(execFileSync("systemd-analyze", ["--version"], { encoding: "utf8" }))!;
    const manual = readFileSync("README.md", "utf8");
    if (!manual.includes(`(systemd ${version})`))
      return skipFor(this, `the README names no score of systemd ${version}`);
    assert.ok(manual.includes(`**${score}** (systemd ${version})`), `the score is ${score} (systemd ${version})`);
  });

  it("the image holds what it copies, runs as nobody and has no shell to start; compose mounts nothing that is not there", () => {
    const stages = readFileSync("Dockerfile", "utf8")
      .split(/^FROM /m)
      .slice(1);
    assert.equal(stages.length, 3);
    for (const stage of stages)
      for (const [, words = ""] of stage.matchAll(/^COPY (?:--chmod=\d+ )?(?!--)(.+)$/gm))
        for (const name of words.split(" ").slice(0, -1)) assert.ok(existsSync(name), name);
    const last = stages.at(-1)!;
    assert.match(last, /^gcr\.io\/distroless\//);
    assert.match(last, /^USER 65532:65532$/m);
    assert.doesNotMatch(last, /^RUN /m);
    // a clone made under umask 077 is closed to the user of the image, unless it is opened on the way in
    for (const [copied] of last.matchAll(/^COPY (?!--from).+$/gm)) assert.match(copied, /--chmod=755 /);
    for (const [, name] of last.matchAll(/^(?:ENTRYPOINT|CMD) (.*)$/gm)) assert.ok(Array.isArray(JSON.parse(name!)));
    const compose = parse(readFileSync("compose.yaml", "utf8")) as {
      services: Record<
        string,
        {
          volumes?: string[];
          read_only?: boolean;
          cap_drop?: string[];
          ports?: string[];
          tmpfs?: string[];
          healthcheck?: { test: string[] };
          build?: { dockerfile: string };
          depends_on?: Record<string, { restart?: boolean }>;
        }
      >;
      volumes: object;
      secrets: object;
    };
    assert.deepEqual(Object.keys(compose.services), ["quietline", "postgres", "valkey", "onion"]);
    for (const name of ["quietline", "valkey", "onion"]) {
      assert.equal(compose.services[name]!.read_only, true, name);
      assert.deepEqual(compose.services[name]!.cap_drop, ["ALL"], name);
    }
    const { quietline, postgres, valkey, onion } = compose.services;
    // seen by this machine only; else nobody could open the first reviewer's link before the onion service is up
    assert.deepEqual(quietline!.ports, ["127.0.0.1:8787:8787"]);
    // images of valkey that want to write to their folder do not start on a read-only root, others put it on a disk
    assert.match(valkey!.tmpfs!.join(), /^\/data:/);
    // by its socket the server that only makes the database would be taken for the real one
    assert.ok(postgres!.healthcheck!.test.includes("127.0.0.1"));
    assert.ok(existsSync(onion!.build!.dockerfile));
    assert.equal(onion!.depends_on!.quietline!.restart, true, "tor looks up the address once");
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

/** May every user look into this folder? */
function openToAll(folder: string): boolean {
  return (statSync(folder).mode & 0o005) === 0o005 && (folder === dirname(folder) || openToAll(dirname(folder)));
}
