/** P7, attacked from inside: every connection and every name that is looked up is refused but this machine's own, and noted. */
import assert from "node:assert/strict";
import dns from "node:dns";
import { readFileSync } from "node:fs";
import net from "node:net";
import { fileReport, onDiscord, onTelegram, onWeb, openMailbox } from "../privacy/people.ts";
import { postgres } from "../support/house.ts";
import { skipFor } from "../support/missing.ts";
import { type Networks, onBothNetworks } from "../support/networks.ts";

const own = new Set(["127.0.0.1", "::1", "localhost"]);

for (const kind of ["SQLite", "PostgreSQL"])
  describe(`P7: nothing leaves, on ${kind}`, function () {
    this.timeout(120_000);
    const asked = new Set<string>();
    let opened = 0;
    let all: Networks;
    const { connect } = net.Socket.prototype;
    const { lookup } = dns;

    let drop: () => unknown = () => undefined;

    before(async function () {
      const server = kind === "PostgreSQL" ? await postgres() : undefined;
      if (server && "missing" in server) return skipFor(this, server.missing);
      drop = () => server?.drop();
      net.Socket.prototype.connect = function (this: net.Socket, ...args: unknown[]) {
        const [first, second] = (Array.isArray(args[0]) ? args[0] : args) as [
          { host?: string; path?: string } | number | string,
          unknown,
        ];
        const to =
          typeof first === "object"
            ? (first.path ?? first.host ?? "127.0.0.1")
            : typeof first === "string" && !/^\d+$/.test(first)
              ? first
              : typeof second === "string"
                ? second
                : "127.0.0.1";
        opened += 1;
        if (own.has(to) || to.startsWith("/")) return connect.apply(this, args as Parameters<typeof connect>);
        asked.add(to);
        queueMicrotask(() => this.destroy(Object.assign(new Error("refused"), { code: "ECONNREFUSED" })));
        return this;
      };
      dns.lookup = ((name: string, ...rest: unknown[]) => {
        if (!own.has(name)) asked.add(name);
        return (lookup as (...a: unknown[]) => unknown)(own.has(name) ? name : "127.0.0.1", ...rest);
      }) as typeof dns.lookup;
      all = await onBothNetworks({}, server ? { DATABASE_URL: server.url } : {});
    });
    after(async () => {
      await all?.close();
      await drop();
      net.Socket.prototype.connect = connect;
      dns.lookup = lookup;
    });

    it("while people report with pictures, ask, come back and are answered, on every network", async () => {
      const { default: sharp } = await import("sharp");
      const bytes = await sharp({ create: { width: 30, height: 20, channels: 3, background: "#842" } })
        .png()
        .toBuffer();
      const told = {
        story:
          "Lists are sold; see https://evil.example/pixel.png and http://169.254.169.254/ and \\\\evil.example\\share.",
        organisation: "evil.example",
        handle: "https://t.me/evil",
        exclude: "nobody@evil.example",
        file: { name: "a.png", type: "image/png", bytes },
        notify: false,
        rehearse: false,
      };
      for (const person of [
        onTelegram(all.telegram, 60_001),
        onDiscord(all.discord, 60_002),
        onWeb(all.service.page, 60_003),
      ]) {
        const receipt = await fileReport(person, told);
        await openMailbox(person, receipt);
        await person.command("help");
      }
      await all.service.core.delivered();
      await all.service.core.sweep();
      await all.service.core.tend();
      await all.service.core.tick();
      assert.ok(opened > 0, "no connection was seen: the test sees nothing");
      assert.deepEqual([...asked], []);
    });

    // pages and packages know of no database
    if (kind === "PostgreSQL") return;

    it("no page names anything that a browser would fetch elsewhere", async () => {
      for (const path of ["/", "/report", "/ask", "/quiz", "/tips", "/signin"]) {
        const html = await (await fetch(all.service.page + path)).text();
        const fetched = [
          ...html.matchAll(
            /<(?:script|img|iframe|link|source|video|audio|object|embed)\b[^>]*?(?:src|href|data)="([^"]*)"/g,
          ),
        ].map((m) => m[1]!);
        assert.deepEqual(
          fetched.filter((url) => /^([a-z]+:)?\/\//i.test(url)),
          [],
          path,
        );
        assert.doesNotMatch(html, /<script|@import|url\((?!data:)/);
      }
    });

    it("every package is named in the lock file with its place and its checksum, and no place of its own choosing", () => {
      const { lockfileVersion, packages } = JSON.parse(readFileSync("package-lock.json", "utf8")) as {
        lockfileVersion: number;
        packages: Record<string, { resolved?: string; integrity?: string; link?: true; inBundle?: true }>;
      };
      assert.equal(lockfileVersion, 3);
      const all = Object.entries(packages).filter(([path, p]) => path !== "" && !p.inBundle);
      assert.ok(all.length > 200);
      const odd = all.filter(
        ([, p]) =>
          !p.integrity?.startsWith("sha512-") ||
          !/^(undefined|https:\/\/registry\.npmjs\.org\/.*)$/.test(`${p.resolved}`),
      );
      assert.deepEqual(
        odd.map(([path]) => path),
        [],
      );
    });
  });
