/** P5, attacked through the web page of a whole service: by other sites, by forged requests, by those who know a cookie. */
import assert from "node:assert/strict";
import { connect } from "node:net";
import type { Service } from "../../src/service.ts";
import { Visitor } from "../platforms/web/visitor.ts";
import { fileReport, onWeb, told } from "../privacy/people.ts";
import { invited } from "../support/caller.ts";
import { homeOn } from "../support/databases.ts";
import type { TestHome } from "../support/house.ts";

const passphrase = "quiet water under reeds";
const poison = `"><script>alert(1)</script><img src=x onerror=alert(1)>{{1311*1311}}\${1311*1311}<%= 1311*1311 %>#{1311*1311}<svg/onload=alert(1)>`;
/** What a template would make of it. */
const reckoned = `${1311 * 1311}`;

for (const kind of ["SQLite", "PostgreSQL"])
  describe(`P5: the web page under attack, on ${kind}`, function () {
    this.timeout(60_000);
    let home: TestHome;
    let drop: () => Promise<void> = async () => {};
    let service: Service;
    let host: string;
    let port: number;

    before(async function () {
      ({ home, drop } = await homeOn(kind, this));
      service = await home.service();
      ({ hostname: host } = new URL(service.page));
      port = Number(new URL(service.page).port);
    });
    after(async () => {
      await service?.close();
      await drop();
    });

    const own = { "sec-fetch-site": "same-origin" };
    const visitor = (headers: Record<string, string> = own) => new Visitor(service.page, headers);
    const rows = async (table: string) => (await service.core.storage.read(table)).length;

    /** Sends bytes as they are and answers what comes until the other side is silent or gone. */
    function raw(bytes: string, ms = 3000): Promise<string> {
      return new Promise((resolve) => {
        const socket = connect(port, host, () => socket.write(bytes, "latin1"));
        let all = "";
        const end = () => {
          socket.destroy();
          resolve(all);
        };
        const timer = setTimeout(end, ms);
        socket.on("data", (piece) => {
          all += piece.toString("latin1");
          clearTimeout(timer);
          setTimeout(end, 200).unref();
        });
        socket.on("close", end).on("error", end);
      });
    }

    async function reviewer(alias: string): Promise<Visitor> {
      const code = await invited(service.core, "admin");
      const who = visitor();
      await who.get(`/join/${code}`);
      await who.press("Accept the invitation");
      const { form, button } = who.formWith("send");
      await who.submit(form, button, {
        values: { "f.alias": [alias], "f.passphrase": [passphrase], "f.again": [passphrase] },
      });
      return who;
    }

    it("a cookie that somebody else planted does not sign them in too (session fixation)", async () => {
      const joined = await reviewer("Heron");
      const victim = visitor();
      await victim.get("/signin");
      await victim.press("Begin");
      const planted = victim.cookies.get("visit")!;
      const attacker = visitor();
      attacker.cookies.set("visit", planted);
      const { form, button } = victim.formWith("send");
      await victim.submit(form, button, { values: { "f.alias": ["Heron"], "f.passphrase": [passphrase] } });
      assert.match(victim.page!.text, /You are signed in/);
      assert.notEqual(victim.cookies.get("visit"), planted, "the visit has a new id");
      await victim.get("/queue");
      await victim.press("Begin");
      assert.match(victim.page!.text, /The queue/);
      await attacker.get("/queue");
      await attacker.press("Begin");
      assert.doesNotMatch(attacker.page!.text, /The queue/);
      assert.doesNotMatch((await attacker.get("/talk")).text, /signed in/);
      assert.ok(joined.cookies.get("visit") !== planted);
    });

    it("who comes in with a code from elsewhere stays for a visit, not for good", async () => {
      const code = await invited(service.core, { alias: "Heron" });
      const who = visitor();
      await who.get(`/join/${code}`);
      await who.press("Accept the invitation");
      const choice = who.formWith("choice");
      await who.submit(choice.form, choice.button);
      const doors = (await service.core.storage.read("doors").select("until")) as { until: number | null }[];
      assert.ok(doors.length >= 2 && doors.every(({ until }) => until !== null), JSON.stringify(doors));
    });

    it("another site orders nothing (CSRF): no token, an old token, a foreign one, an origin that lies", async () => {
      const someone = visitor();
      await someone.get("/report");
      await someone.press("Begin");
      const { form, button } = someone.formWith("choice");
      const field = (name: string) => form.controls.find((c) => c.name === name)!.value;
      const cookie = [...someone.cookies].map(([k, v]) => `${k}=${v}`).join("; ");
      const before = await service.core.storage.read("sessions").select("slot", "version").orderBy("slot");
      const post = (fields: Record<string, string>, headers: Record<string, string>) =>
        fetch(`${service.page}/talk`, {
          method: "POST",
          redirect: "manual",
          headers: { cookie, "content-type": "application/x-www-form-urlencoded", ...headers },
          body: new URLSearchParams(fields).toString(),
        });
      const right = { event: field("event"), token: field("token"), [button.name]: button.value };
      const attacks: [Record<string, string>, Record<string, string>][] = [
        [{ [button.name]: button.value }, own],
        [{ ...right, token: `${right.token.slice(0, -2)}AA` }, own],
        [{ ...right, event: "A".repeat(22) }, own],
        [{ ...right, limits: "9,999999999" }, own],
        [right, { "sec-fetch-site": "cross-site" }],
        [right, { "sec-fetch-site": "same-site" }],
        [right, { origin: "https://evil.example" }],
        [right, { origin: `http://${host}:${port}.evil.example` }],
        [right, { "content-type": "text/plain", ...own }],
        [right, { "content-type": "application/json", ...own }],
      ];
      for (const [fields, headers] of attacks) {
        const answer = await post(fields, headers);
        assert.ok([400, 403].includes(answer.status), `${answer.status} ${JSON.stringify(headers)}`);
      }
      assert.deepEqual(await service.core.storage.read("sessions").select("slot", "version").orderBy("slot"), before);
      // the same order from the page itself is carried out: what refused the others was not the order
      assert.equal((await post(right, own)).status, 303);
      assert.notDeepEqual(
        await service.core.storage.read("sessions").select("slot", "version").orderBy("slot"),
        before,
      );
    });

    it("a report that is a script is text to its writer and to its reviewer (XSS), in no frame (clickjacking)", async () => {
      const reporter = onWeb(service.page, 7);
      await fileReport(reporter, { ...told(poison), organisation: poison, handle: poison, exclude: "" });
      const heron = visitor();
      await heron.get("/signin");
      await heron.press("Begin");
      const { form, button } = heron.formWith("send");
      await heron.submit(form, button, { values: { "f.alias": ["Heron"], "f.passphrase": [passphrase] } });
      await heron.get("/queue");
      await heron.press("Begin");
      const cases = heron.formWith("choice");
      await heron.submit(
        cases.form,
        cases.form.controls.find((c) => c.tag === "button" && /selling|Selling|P\d/.test(c.label)) ?? cases.button,
      );
      await heron.press("Read");
      await heron.press("No. Open it");
      const { page } = heron;
      assert.ok(page!.text.includes(poison), page!.text);
      const theirs = page!.html.replace(/<svg [^>]*aria-hidden[\s\S]*?<\/svg>/g, "");
      for (const bad of ["<script", "<img src=x", "<svg/", reckoned]) assert.ok(!theirs.includes(bad), bad);
      assert.match(page!.headers.get("content-security-policy")!, /default-src 'none'.*frame-ancestors 'none'/);
      assert.equal(page!.headers.get("x-frame-options"), "DENY");
    });

    it("two hundred who send a byte and fall silent keep nobody out (slow clients)", async () => {
      const sockets = Array.from({ length: 200 }, (_, n) => {
        const socket = connect(port, host);
        socket.on("error", () => undefined);
        socket.write(
          n % 2
            ? "GET / HTTP/1.1\r\nHost: x\r\nX: "
            : `POST /talk HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\na`,
        );
        return socket;
      });
      try {
        const reporter = onWeb(service.page, 8);
        const before = await rows("reports");
        await fileReport(reporter, told("They sell it while others dawdle."));
        assert.equal(await rows("reports"), before + 1);
      } finally {
        for (const socket of sockets) socket.destroy();
      }
    });

    // what follows stands before any database: it is tried on one
    if (kind === "PostgreSQL") return;

    it("no header can be written by an address, a file's name or a cookie (header injection)", async () => {
      const probes = [
        "/%0d%0aSet-Cookie:%20evil=1",
        "/report%0d%0aX-Evil:1",
        "/join/a%0d%0aX-Evil:%201",
        "/file/%0d%0aX-Evil:1",
        "/?q=%0d%0aX-Evil:1",
      ];
      for (const path of probes) {
        const answer = await raw(
          `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nAccept-Language: en\r\nCookie: language=zh%0d%0aX-Evil: 1; visit=x\r\nConnection: close\r\n\r\n`,
        );
        const [head = ""] = answer.split("\r\n\r\n");
        assert.match(head, /^HTTP\/1\.1 [24]\d\d/);
        assert.doesNotMatch(head, /^(x-evil|set-cookie: evil)/im);
      }
    });

    it("two readings of one request are none (request smuggling)", async () => {
      const inner = `GET /signin HTTP/1.1\r\nHost: ${host}\r\n\r\n`;
      const attacks: Record<string, string> = {
        "a length and chunks": `POST /talk HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${inner}`,
        "two lengths": `POST /talk HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 0\r\nContent-Length: ${inner.length}\r\n\r\n${inner}`,
        "a length with a sign": `POST /talk HTTP/1.1\r\nHost: ${host}\r\nContent-Length: +${inner.length}\r\n\r\n${inner}`,
        "chunks behind a space": `POST /talk HTTP/1.1\r\nHost: ${host}\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n${inner}`,
        "chunks twice": `POST /talk HTTP/1.1\r\nHost: ${host}\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n${inner}`,
        "a chunk of no number": `POST /talk HTTP/1.1\r\nHost: ${host}\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n${inner}`,
        "a folded header": `POST /talk HTTP/1.1\r\nHost: ${host}\r\nX: a\r\n Content-Length: 5\r\nContent-Length: 0\r\nTransfer-Encoding:\r\n chunked\r\n\r\n${inner}`,
      };
      for (const [what, bytes] of Object.entries(attacks)) {
        const answer = await raw(bytes);
        const statuses = [...answer.matchAll(/HTTP\/1\.1 (\d+)/g)].map((m) => m[1]);
        assert.ok(statuses.length <= 1, `${what}: ${statuses.join()}`);
        assert.ok(statuses[0] === undefined || statuses[0]!.startsWith("4"), `${what}: ${statuses.join()}`);
      }
    });

    it("no address leads out of the house (path traversal, open redirects)", async () => {
      const paths = [
        "/../../etc/passwd",
        "/..%2f..%2fetc%2fpasswd",
        "/file/..%2f..%2fkey.age",
        "/%2e%2e/key.age",
        "/key.age",
        "/quietline.sqlite",
        "/.git/config",
        "//evil.example",
        "/\\evil.example",
        "/talk?next=https://evil.example",
        "/exit?to=https://evil.example",
        "/start/../../x",
        "/file/%00",
      ];
      for (const path of paths) {
        const answer = await raw(
          `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nX-Forwarded-Host: evil.example\r\nConnection: close\r\n\r\n`,
        );
        assert.match(answer, /^HTTP\/1\.1 (200|303|400|404)/);
        assert.doesNotMatch(answer, /AGE-SECRET|SQLite format|root:/);
        const location = /^location: (.*)$/im.exec(answer)?.[1];
        if (location) assert.ok(["/", "/talk", home.config.exitUrl].includes(location), location);
      }
    });

    it("no cache keeps an answer, and no header that a cache does not know changes one (cache poisoning)", async () => {
      const plain = await (await fetch(`${service.page}/`)).text();
      const strip = (html: string) => html.replace(/value="[A-Za-z0-9_-]{22,}"/g, "");
      for (const [name, value] of [
        ["x-forwarded-host", "evil.example"],
        ["x-host", "evil.example"],
        ["x-original-url", "/signin"],
        ["x-rewrite-url", "/signin"],
        ["x-forwarded-proto", "http"],
        ["forwarded", "host=evil.example"],
        ["x-http-method-override", "POST"],
      ] as const) {
        const answer = await fetch(`${service.page}/`, { headers: { [name]: value } });
        const html = await answer.text();
        assert.equal(strip(html), strip(plain), name);
        assert.equal(answer.headers.get("cache-control"), "no-store");
      }
      for (const path of ["/talk", "/report", "/nothing.css", "/talk/x.js"])
        assert.equal(
          (await fetch(service.page + path, { redirect: "manual" })).headers.get("cache-control"),
          "no-store",
        );
      assert.doesNotMatch(
        await raw(`GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n`),
        /evil\.example/,
      );
    });

    it("uploads that are huge, nested or endless take neither memory nor the house (bombs of forms)", async () => {
      const someone = visitor();
      await someone.get("/report");
      await someone.press("Begin");
      /** The seal of a form of theirs that has not been sent, as pairs. */
      const seal = async (): Promise<[string, string][]> => {
        await someone.get("/talk");
        const { form } = someone.formWith("choice");
        return form.controls.filter((c) => c.type === "hidden").map((c) => [c.name, c.value]);
      };
      const send = async (type: string, body: string) =>
        (
          await someone
            .raw("/talk", { method: "POST", body, headers: { ...own, "content-type": type } })
            .catch(() => undefined)
        )?.status;
      const part = (name: string, value = "x") =>
        `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
      const file = (name: string, text: string) =>
        `--b\r\nContent-Disposition: form-data; name="files"; filename="${name}"\r\nContent-Type: text/plain\r\n\r\n${text}\r\n`;
      const nested = `--b\r\nContent-Disposition: form-data; name="files"\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n--c\r\nContent-Disposition: file; filename="a"\r\n\r\nx\r\n--c--\r\n`;
      const before = process.memoryUsage.rss();
      const talks = () => service.core.storage.read("sessions").select("slot", "version").orderBy("slot");
      const untouched = [await talks(), await rows("files")];
      /** What follows the seal in a body that is otherwise right, and what becomes of it: the page again, or a refusal. */
      const parts: [string, string, number][] = [
        ["nothing but the seal", "", 303],
        ["as many fields as a form may have", part("f").repeat(400), 303],
        ["more fields than a form may have", part("f").repeat(5000), 400],
        ["parts within a part", nested, 303],
        ["a part with twenty thousand headers", `--b\r\n${"X-Header: y\r\n".repeat(20_000)}\r\n\r\nx\r\n`, 303],
        ["a name of half a million characters", part("x".repeat(500_000)), 303],
        ["a field of two million", part("f.a", "x".repeat(2_000_000)), 413],
        ["a part of no name", "--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n", 400],
        ["files where none is wanted", file("a", "x").repeat(50), 303],
        ["more parts than a form may have", file("a", "x").repeat(1000), 400],
      ];
      for (const [what, body, wanted] of parts) {
        const sealed = (await seal()).map(([name, value]) => part(name, value)).join("");
        assert.equal(await send("multipart/form-data; boundary=b", `${sealed}${body}--b--\r\n`), wanted, what);
      }
      const pairs: [string, string, number][] = [
        ["two million fields", "a=b&".repeat(2_000_000), 413],
        ["nothing but percent signs", "%".repeat(900_000), 303],
        ["a field with a long name", `${"f.".repeat(100_000)}=1`, 303],
      ];
      for (const [what, body, wanted] of pairs) {
        const sealed = new URLSearchParams(await seal());
        assert.equal(await send("application/x-www-form-urlencoded", `${sealed}&${body}`), wanted, what);
      }
      for (const type of ["multipart/form-data", `multipart/form-data; boundary=${"b".repeat(5000)}`])
        assert.equal(await send(type, "no such boundary"), 400, type);
      assert.ok(process.memoryUsage.rss() - before < 200 * 1024 * 1024);
      assert.deepEqual([await talks(), await rows("files")], untouched);
      // the same seal with a button of theirs is heard: what the others lacked was not the seal
      const sealed = (await seal()).map(([name, value]) => part(name, value)).join("");
      const { button } = someone.formWith("choice");
      const pressed = `${sealed}${part(button.name, button.value)}--b--\r\n`;
      assert.equal(await send("multipart/form-data; boundary=b", pressed), 303);
      assert.notDeepEqual(await talks(), untouched[0]);
      assert.ok(!home.notes.some((n) => n.code === "unhandled"));
    });
  });
