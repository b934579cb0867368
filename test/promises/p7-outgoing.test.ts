/**
 * P7, attacked from inside: every connection, every datagram and every name that is looked up is refused but this machine's own,
 * here as in every other test (`test/support/guard.ts`).
 */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createSocket } from "node:dgram";
import { lookup, promises, Resolver, resolve4 } from "node:dns";
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { connect as connectSafely } from "node:tls";
import { promisify } from "node:util";
import { fileReport, onDiscord, onTelegram, onWeb, openMailbox } from "../privacy/people.ts";
import { passed, reached } from "../support/guard.ts";
import { postgres } from "../support/house.ts";
import { skipFor } from "../support/missing.ts";
import { type Networks, onBothNetworks } from "../support/networks.ts";

/** Nobody's: addresses and names that stand in examples alone (RFC 5737, RFC 3849, RFC 6761). */
const ways: Record<string, [string, () => Promise<unknown>]> = {
  "a connection": ["connection to 192.0.2.1", () => ended(connect(9, "192.0.2.1"))],
  "a connection by IPv6": ["connection to 2001:db8::1", () => ended(connect({ port: 9, host: "2001:db8::1" }))],
  "a neighbour of the network": ["connection to 10.99.0.1", () => ended(connect(9, "10.99.0.1"))],
  "a name that begins like this machine's": [
    "connection to 127.0.0.1.nip.invalid",
    () => ended(connect(9, "127.0.0.1.nip.invalid")),
  ],
  TLS: ["connection to tls.invalid", () => ended(connectSafely({ port: 9, host: "tls.invalid" }))],
  fetch: ["connection to fetch.invalid", () => fetch("https://fetch.invalid/")],
  "a datagram": ["datagram to 192.0.2.2", () => promisify((done: (error: Error | null) => void) => sent(done))()],
  "a look-up": ["look-up of lookup.invalid", () => promisify(lookup)("lookup.invalid")],
  "a question to a name server": ["look-up of resolve.invalid", () => promisify(resolve4)("resolve.invalid")],
  "the same, as a promise": ["look-up of promise.invalid", () => promises.resolveTxt("promise.invalid")],
  "the same, by a resolver of one's own": [
    "look-up of resolver.invalid",
    () => promisify((done: (error: Error | null) => void) => new Resolver().resolve4("resolver.invalid", done))(),
  ],
};

const ended = (socket: ReturnType<typeof connect>) => new Promise((_, reject) => socket.once("error", reject));
function sent(done: (error: Error | null) => void): void {
  const socket = createSocket("udp4");
  socket.send("x", 9, "192.0.2.2", (error) => socket.close(() => done(error)));
}

describe("P7: the guard that stands in every test", () => {
  for (const [what, [told, tries]] of Object.entries(ways))
    it(`stops ${what}, and says where it led`, async () => {
      await assert.rejects(tries());
      assert.deepEqual(reached(), [told]);
    });

  it("stands in processes that a test starts, too, and in their threads", async () => {
    const tries = 'require("net").connect(9, "192.0.2.3").on("error", () => {})';
    const thread = `new (require("worker_threads").Worker)(${JSON.stringify(tries.replace("192.0.2.3", "192.0.2.4"))}, { eval: true })`;
    await promisify(execFile)(process.execPath, ["-e", `${tries}; ${thread}`]);
    assert.deepEqual(reached().sort(), ["connection to 192.0.2.3", "connection to 192.0.2.4"]);
  });
});

for (const kind of ["SQLite", "PostgreSQL"])
  describe(`P7: nothing leaves, on ${kind}`, function () {
    this.timeout(120_000);
    let all: Networks;
    let drop: () => unknown = () => undefined;

    before(async function () {
      const server = kind === "PostgreSQL" ? await postgres() : undefined;
      if (server && "missing" in server) return skipFor(this, server.missing);
      drop = () => server?.drop();
      all = await onBothNetworks({}, server ? { DATABASE_URL: server.url } : {});
    });
    after(async () => {
      await all?.close();
      await drop();
    });

    it("while people report with pictures, ask, come back and are answered, on every network", async () => {
      const before = passed();
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
      assert.ok(passed() > before, "no connection was seen: the test sees nothing");
      assert.deepEqual(reached(), []);
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
