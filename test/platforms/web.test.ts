import assert from "node:assert/strict";
import { fork } from "node:child_process";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { type AddressInfo, connect, createServer } from "node:net";
import type { Input, Screen } from "../../src/bot/screen.ts";
import type { House, Incoming, Platform } from "../../src/platforms/platform.ts";
import { type Route, type WebOptions, web } from "../../src/platforms/web.tsx";
import { type Person, platformContract, type Seen } from "./contract.ts";
import { type PageSeen, partOf, requestOf, Visitor } from "./web/visitor.ts";

type Web = Platform & { readonly url: string };

platformContract("web", async (house) => {
  const platform = web({ listen: "127.0.0.1:0" });
  await platform.open(house);
  const people = new Map<number, Person>();
  const person = (n: number): Person => {
    const known = people.get(n) ?? personOn(platform);
    people.set(n, known);
    return known;
  };
  return { platform, person, close: () => platform.close() };
});

function personOn(platform: Web): Person {
  const visitor = new Visitor(platform.url, { "sec-fetch-site": "same-origin" });
  const seen = (): Seen => seenOn(visitor.page!);
  const then = async (page: Promise<PageSeen>): Promise<Seen> => seenOn(await page);
  return {
    get address() {
      return { platform: "web", id: visitor.cookies.get("visit") ?? "nobody yet" };
    },
    async command(name) {
      await visitor.get(`/${name}`);
      const { form, button } = visitor.formWith("command");
      return then(visitor.submit(form, button));
    },
    type: () => Promise.reject(new Error("nothing can be typed into a page without a field")),
    press: (label) => then(visitor.press(label)),
    async choose(labels) {
      const { form, button } = visitor.formWith("done");
      const pick = form.controls.filter((c) => labels.includes(c.label)).map((c) => c.value);
      return then(visitor.submit(form, button, { values: { pick } }));
    },
    async fill(values) {
      const { form, button } = visitor.formWith("send");
      const named = Object.entries(values).map(([k, v]): [string, string[]] => {
        const many = form.controls.some((c) => c.name === `f.${k}` && c.type === "checkbox");
        return [`f.${k}`, many ? v.split(",") : [v]];
      });
      return then(visitor.submit(form, button, { values: Object.fromEntries(named) }));
    },
    async attach(files) {
      const { form, button } = visitor.formWith("files");
      return then(visitor.submit(form, button, { files }));
    },
    seen,
    redeliver: () => then(visitor.again()),
  };
}

function seenOn(page: PageSeen): Seen {
  const controls = page.forms.flatMap((f) => f.controls);
  const links = page.links.map((l) => l.label);
  return {
    text: page.text,
    buttons: [...controls.filter((c) => c.tag === "button").map((c) => c.label), ...links],
    options: controls.filter((c) => ["radio", "checkbox", "button"].includes(c.type)).map((c) => c.label),
    fields: controls.filter((c) => c.name.startsWith("f.")).map((c) => c.label),
  };
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, "close");
  return port;
}

describe("web: beyond the contract", () => {
  let platform: Web;
  let heard: Incoming[];
  let notes: string[];
  let answer: (incoming: Incoming) => Screen | undefined | Promise<Screen | undefined>;
  const acts = (): Input[] => heard.map((i) => i.input).filter((i) => i.kind !== "look");
  const menu: Screen = { title: "Hello", text: "Words", buttons: [{ value: "go", label: "Go" }] };
  const files: Screen = {
    text: "Files",
    files: { max: 2, bytes: 1000, pick: "Choose" },
    buttons: [{ value: "on", label: "On" }],
  };

  async function start(options: Partial<WebOptions> = {}, given: Partial<House> = {}): Promise<Web> {
    platform = web({ listen: "127.0.0.1:0", ...options });
    await platform.open({
      hear: async (incoming) => {
        heard.push(incoming);
        return answer(incoming);
      },
      say: (locale, key, values) => `[${locale} ${key}${values?.code ? ` ${values.code}` : ""}]`,
      commands: ["start", "report", "join", "language"].map((name) => ({ name, where: "private" as const })),
      locales: ["en", "zh-CN"],
      note: (code) => notes.push(code),
      ...given,
    });
    return platform;
  }
  const visitor = (headers: Record<string, string> = { "sec-fetch-site": "same-origin" }) =>
    new Visitor(platform.url, headers);
  async function begun(): Promise<Visitor> {
    const someone = visitor();
    await someone.get("/report");
    await someone.press("[en web:begin.go]");
    return someone;
  }

  beforeEach(() => {
    heard = [];
    notes = [];
    answer = () => menu;
  });
  afterEach(async () => platform.close());

  describe("headers", () => {
    const wanted: [string, RegExp][] = [
      ["content-security-policy", /^default-src 'none';/],
      ["referrer-policy", /^no-referrer$/],
      ["cache-control", /^no-store$/],
      ["x-content-type-options", /^nosniff$/],
      ["x-frame-options", /^DENY$/],
      ["cross-origin-opener-policy", /^same-origin$/],
      ["cross-origin-resource-policy", /^same-origin$/],
      ["permissions-policy", /camera=\(\)/],
    ];
    it("are on every answer, whatever it is", async () => {
      const routes: Route[] = [{ method: "GET", path: "/healthz", handle: async () => new Response("ok") }];
      await start({ routes });
      const someone = await begun();
      const post = (path: string, body: string, type: string) =>
        someone.raw(path, { method: "POST", body, headers: { "content-type": type } });
      const answers = [
        ...(await Promise.all(
          [
            "/",
            "/talk",
            "/report",
            "/join/abc",
            "/exit",
            "/nothing",
            "/a/b",
            "/file/x",
            "/favicon.ico",
            "/healthz",
            "/%zz",
          ].map((p) => someone.raw(p)),
        )),
        await post("/talk", "choice=go", "application/x-www-form-urlencoded"),
        await post("/talk", "a".repeat(1_100_000), "application/x-www-form-urlencoded"),
        await post("/talk", "{}", "application/json"),
        await post("/talk", "nonsense", "multipart/form-data; boundary=x"),
        await post("/talk", "nonsense", "multipart/form-data"),
        await post(
          "/talk",
          "--x\r\nContent-Disposition: form-data\r\n\r\na field of no name\r\n--x--\r\n",
          "multipart/form-data; boundary=x",
        ),
        await someone.raw("/talk", { method: "DELETE" }),
      ];
      for (const got of answers) {
        for (const [name, shape] of wanted)
          assert.match(got.headers.get(name) ?? "", shape, `${name} on ${got.url} ${got.status}`);
        for (const name of ["server", "x-powered-by", "strict-transport-security", "access-control-allow-origin"])
          assert.equal(got.headers.get(name), null, `${name} on ${got.url}`);
        assert.ok(got.status < 500, `${got.status} on ${got.url}`);
      }
      assert.deepEqual(notes, ["platform-ready"]);
    });

    it("allow no script, no other style than ours and no place to post but here", async () => {
      await start();
      const page = await visitor().get("/");
      const policy = page.headers.get("content-security-policy") ?? "";
      assert.doesNotMatch(policy, /unsafe|script-src|data:|https?:|\*/);
      assert.match(
        policy,
        /style-src 'sha256-[A-Za-z0-9+/]+=*'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'$/,
      );
      assert.doesNotMatch(page.html, /<script|<link|<img|\son[a-z]+=|\sstyle=|@import|url\(/i);
    });
  });

  describe("the visit", () => {
    it("begins with the first press and not with a look", async () => {
      await start();
      const someone = visitor();
      await someone.get("/");
      await someone.get("/report");
      await someone.get("/join/abc");
      assert.equal(someone.cookies.size, 0);
      assert.deepEqual(
        heard.map((i) => i.input.kind),
        ["look"],
      );
      await someone.get("/");
      assert.notEqual(heard[0]!.from.id, heard[1]!.from.id);
    });

    it("lies in a session cookie that scripts and other sites cannot use", async () => {
      await start();
      const someone = visitor();
      await someone.get("/report");
      const { form, button } = someone.formWith("command");
      const got = await someone.raw("/talk", requestOf(form, button));
      assert.equal(got.status, 303);
      assert.equal(got.headers.get("location"), "/talk");
      assert.match(
        got.headers.getSetCookie()[0] ?? "",
        /^visit=[A-Za-z0-9_-]{22}; Path=\/; HttpOnly; SameSite=Strict$/,
      );
    });

    it("has a Secure, host-bound cookie over https", async () => {
      const port = await freePort();
      await start({ publicUrl: "https://tips.example", listen: `127.0.0.1:${port}` });
      assert.equal(platform.url, "https://tips.example");
      const someone = new Visitor(`http://127.0.0.1:${port}`, { "sec-fetch-site": "same-origin" });
      await someone.get("/report");
      const { form, button } = someone.formWith("command");
      const got = await someone.raw("/talk", requestOf(form, button));
      assert.match(
        got.headers.getSetCookie()[0] ?? "",
        /^__Host-visit=[A-Za-z0-9_-]{22}; Path=\/; HttpOnly; SameSite=Strict; Secure$/,
      );
      assert.match(got.headers.get("strict-transport-security") ?? "", /max-age=\d{8}/);
    });

    it("ends with the quick exit, unless another site says so", async () => {
      await start();
      const someone = await begun();
      for (const [site, dest] of [
        ["cross-site", "document"],
        ["same-site", "document"],
        ["same-origin", "image"],
      ] as const) {
        const forced = await someone.raw("/exit", { headers: { "sec-fetch-site": site, "sec-fetch-dest": dest } });
        assert.equal(forced.headers.get("clear-site-data"), null, `${site} ${dest}`);
        assert.deepEqual(forced.headers.getSetCookie(), []);
      }
      assert.ok(someone.page!.links.some((l) => l.href === "/exit"));
      const left = await someone.raw("/exit");
      assert.equal(left.status, 303);
      assert.equal(left.headers.get("location"), "https://www.wikipedia.org/");
      assert.equal(left.headers.get("clear-site-data"), '"cookies", "storage"');
      assert.equal(someone.cookies.size, 0);
      heard = [];
      assert.equal((await someone.raw("/talk")).headers.get("location"), "/");
      assert.deepEqual(heard, []);
    });

    it("shows the answer once as it was given, and looks again after", async () => {
      await start();
      answer = (i) => (i.input.kind === "look" ? menu : { text: "Done", notice: "Just now" });
      const someone = await begun();
      assert.match(someone.page!.text, /Just now/);
      assert.doesNotMatch((await someone.get("/talk")).text, /Just now/);
    });

    it("stays alone: one visitor never gets another's answer", async () => {
      await start();
      answer = (i) => ({ text: `for ${i.from.id}` });
      const [a, b] = await Promise.all([begun(), begun()]);
      assert.match(a.page!.text, new RegExp(`for ${a.cookies.get("visit")}`));
      assert.match(b.page!.text, new RegExp(`for ${b.cookies.get("visit")}`));
    });
  });

  describe("a forged request", () => {
    const type = { "content-type": "application/x-www-form-urlencoded" };
    async function post(someone: Visitor, fields: Record<string, string>, headers = {}): Promise<number> {
      heard = [];
      const got = await someone.raw("/talk", {
        method: "POST",
        body: new URLSearchParams(fields).toString(),
        headers: { ...type, ...headers },
      });
      await got.text();
      return got.status;
    }
    const sealOn = (someone: Visitor): Record<string, string> =>
      Object.fromEntries(
        someone
          .formWith("choice")
          .form.controls.filter((c) => c.type === "hidden")
          .map((c) => [c.name, c.value]),
      );

    it("without a token, with a bent one or with another visit's is refused and not heard", async () => {
      await start();
      const mine = await begun();
      const other = await begun();
      const seal = sealOn(mine);
      const bad: Record<string, string>[] = [
        {},
        { event: seal.event! },
        { ...seal, token: `A${seal.token!.slice(1)}A` },
        { ...seal, event: "AAAAAAAAAAAAAAAAAAAAAA" },
        { ...seal, limits: "99,99999999999" },
        sealOn(other),
      ];
      for (const fields of bad) {
        assert.equal(await post(mine, { ...fields, choice: "go" }), 403, JSON.stringify(Object.keys(fields)));
        assert.deepEqual(heard, []);
      }
      assert.equal(await post(mine, { ...seal, choice: "go" }), 303);
    });

    it("from another site is refused, by Sec-Fetch-Site and by Origin", async () => {
      await start();
      const mine = await begun();
      const seal = sealOn(mine);
      for (const site of ["cross-site", "same-site"])
        assert.equal(await post(mine, { ...seal, choice: "go" }, { "sec-fetch-site": site }), 403);
      const old = new Visitor(platform.url);
      old.cookies.set("visit", mine.cookies.get("visit")!);
      assert.equal(await post(old, { ...seal, choice: "go" }, { origin: "https://evil.example" }), 403);
      assert.equal(await post(old, { ...seal, choice: "go" }, { origin: platform.url }), 303);
      assert.equal(await post(old, { ...seal, choice: "go" }, { origin: "null" }), 303);
      const stranger = new Visitor(platform.url);
      await stranger.get("/report");
      const early = Object.fromEntries(stranger.formWith("command").form.controls.map((c) => [c.name, c.value]));
      assert.equal(await post(stranger, early, { origin: "https://evil.example" }), 403);
      assert.equal(stranger.cookies.size, 0);
    });

    it("with a form from before the visit may press, where the browser vouches for it, and nothing else", async () => {
      await start();
      const stranger = visitor();
      await stranger.get("/report");
      const early = Object.fromEntries(stranger.formWith("command").form.controls.map((c) => [c.name, c.value]));
      const mine = await begun();
      assert.equal(await post(mine, early), 303);
      assert.equal(heard[0]!.from.id, mine.cookies.get("visit"));
      const { command: _, ...bare } = early;
      assert.equal(await post(mine, { ...bare, send: "x", "f.a": "b" }), 403);
      const old = new Visitor(platform.url);
      old.cookies.set("visit", mine.cookies.get("visit")!);
      assert.equal(await post(old, early), 403);
    });

    it("gets a page with a way on that hands back what was typed", async () => {
      await start();
      const mine = await begun();
      const got = await mine.raw("/talk", {
        method: "POST",
        headers: type,
        body: new URLSearchParams({ send: "s", "f.story": "a long <story> I typed" }),
      });
      const html = await got.text();
      assert.equal(got.status, 403);
      assert.match(html, /a long &lt;story&gt; I typed/);
      assert.match(html, /href="\/talk"/);
    });
  });

  it("notes nothing when someone leaves while sending", async () => {
    await start();
    const requests: IncomingMessage[] = [];
    const seen = (message: unknown): void => void requests.push((message as { request: IncomingMessage }).request);
    subscribe("http.server.request.start", seen);
    const socket = connect(Number(new URL(platform.url).port), "127.0.0.1");
    socket.write(
      "POST /talk HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 900\r\n" +
        "Content-Type: application/x-www-form-urlencoded\r\n\r\nchoice=",
    );
    await once(socket, "data");
    unsubscribe("http.server.request.start", seen);
    const request = requests[0]!;
    const gone = new Promise((resolve) => request.once("close", resolve));
    socket.destroy();
    await gone;
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(notes, ["platform-ready"]);
  });

  it("hears a double click as one event", async () => {
    await start();
    const someone = await begun();
    await someone.press("Go");
    await someone.again();
    const pressed = heard.filter((i) => i.input.kind === "choice");
    assert.equal(pressed.length, 2);
    assert.equal(pressed[0]!.id, pressed[1]!.id);
  });

  it("refuses a body that is too long in the person's language, and hears nothing", async () => {
    await start();
    const someone = await begun();
    heard = [];
    const body = `choice=${"a".repeat(1_100_000)}`;
    const headers = {
      "content-type": "application/x-www-form-urlencoded",
      "accept-language": "fr, zh-TW;q=0.8, en;q=0.5",
    };
    const got = await someone.raw("/talk", { method: "POST", body, headers });
    assert.equal(got.status, 413);
    assert.match(await got.text(), /<html lang="zh-CN" dir="ltr">[\s\S]*zh-CN web:large.title/);
    assert.deepEqual(heard, []);
  });

  it("takes a Chinese text of 100,000 characters", async () => {
    await start();
    answer = () => ({
      text: "?",
      form: {
        title: "F",
        send: { value: "s", label: "Send" },
        fields: [{ name: "story", label: "Story", kind: "paragraph" }],
      },
    });
    const someone = await begun();
    const { form, button } = someone.formWith("send");
    const story = "隐".repeat(100_000);
    await someone.submit(form, button, { values: { "f.story": [story] } });
    assert.deepEqual(acts().at(-1), { kind: "form", value: "s", values: { story } });
  });

  it("tells an emptied question from one that was not asked", async () => {
    await start();
    answer = () => ({
      text: "?",
      form: {
        title: "F",
        send: { value: "s", label: "Send" },
        fields: [
          { name: "many", label: "Many", kind: "choices", value: "x", options: [{ value: "x", label: "X" }] },
          { name: "one", label: "One", kind: "choice", value: "y", options: [{ value: "y", label: "Y" }] },
        ],
      },
    });
    const someone = await begun();
    const { form, button } = someone.formWith("send");
    await someone.submit(form, button);
    assert.deepEqual(acts().at(-1), { kind: "form", value: "s", values: { many: "x", one: "y" } });
    await someone.submit(form, button, { values: { "f.many": [], "f.one": [""] } });
    assert.deepEqual(acts().at(-1), { kind: "form", value: "s", values: { many: "", one: "" } });
  });

  it("escapes every text, and links only where links are safe", async () => {
    await start();
    const evil = `"><script>alert(1)</script><img src=x onerror=y>'`;
    const choice = { value: evil, label: evil, hint: evil };
    const bad = ["javascript:alert(1)", "data:text/html,x", " java\nscript:x"].map((url) => ({
      value: "u",
      label: "L",
      url,
    }));
    answer = () => ({
      title: evil,
      text: evil,
      notice: evil,
      progress: { at: 1, of: 2, text: evil },
      quotes: [{ by: evil, text: evil }],
      secret: evil,
      buttons: [choice, ...bad],
      menu: { hint: evil, options: [choice] },
      files: { max: 1, bytes: 10, pick: evil },
      attachments: [{ name: evil, type: "text/html", bytes: 1, open: async () => new ReadableStream() }],
      form: {
        title: evil,
        send: choice,
        fields: (["line", "paragraph", "secret", "choice", "choices"] as const).map((kind) => ({
          name: evil,
          label: evil,
          hint: evil,
          kind,
          value: evil,
          options: [choice],
        })),
      },
    });
    const page = (await begun()).page!;
    assert.doesNotMatch(page.html, /<script|<img/);
    assert.ok(page.text.includes(evil));
    assert.ok(
      page.links.every((l) => !/^\s*(java|data)/i.test(l.href)),
      JSON.stringify(page.links),
    );
    const other = await new Visitor(platform.url).raw("/%22%3E%3Cscript%3E?x=<script>");
    assert.doesNotMatch(await other.text(), /<script/);
  });

  describe("files", () => {
    const bytes = (n: number) => new Uint8Array(n).fill(65);
    async function swallow(incoming: Incoming): Promise<string> {
      if (incoming.input.kind !== "files") return "";
      let read = 0;
      try {
        for await (const piece of (await incoming.input.files[0]!.open()) as unknown as AsyncIterable<Uint8Array>)
          read += piece.length;
        return `read ${read}`;
      } catch (error) {
        return `${(error as { code?: string }).code} after ${read}`;
      }
    }
    let story: string[];
    async function send(list: number[], button = "files"): Promise<Visitor> {
      story = [];
      answer = async (i) => {
        const became = await swallow(i);
        if (i.input.kind !== "look") story.push(i.input.kind === "files" ? became : i.input.kind);
        return became ? { ...files, notice: became } : files;
      };
      const someone = await begun();
      const { form } = someone.formWith("files");
      const pressed = form.controls.find((c) => c.name === button);
      heard = [];
      await someone.submit(form, pressed, {
        files: list.map((n, i) => ({ name: `f${i}.bin`, type: "image/png", bytes: bytes(n) })),
      });
      return someone;
    }

    it("come one at a time, each under its own id, and the pressed choice after them", async () => {
      await start();
      const someone = await send([10, 999], "choice");
      assert.deepEqual(story, ["command", "read 10", "read 999", "choice"]);
      const ids = heard.filter((i) => i.input.kind !== "look").map((i) => i.id);
      assert.equal(new Set(ids).size, 3);
      assert.deepEqual(
        ids.map((i) => i.replace(ids[2]!, "")),
        ["#1", "#2", ""],
      );
      assert.match(someone.page!.text, /read 999/);
    });
    it("may be zero bytes long, but an empty input is none", async () => {
      await start();
      await send([0]);
      assert.deepEqual(story, ["command", "read 0"]);
      await send([], "choice");
      assert.deepEqual(story, ["command", "choice"]);
    });
    it("are cut where they grow too large, and what was pressed waits until the person has read why", async () => {
      await start();
      const someone = await send([1001, 5], "choice");
      assert.deepEqual(story, ["command", "upload-too-large after 0", "read 5"]);
      assert.equal(someone.page!.status, 200);
    });
    it("are cut where they are too many", async () => {
      await start();
      await send([1, 2, 3, 4], "choice");
      assert.deepEqual(story, ["command", "read 1", "read 2", "upload-too-large after 0"]);
    });
    it("that the house does not open do not block what follows", async () => {
      await start();
      answer = () => ({ ...files, files: { max: 3, bytes: 10_000_000, pick: "x" } });
      const someone = await begun();
      const { form } = someone.formWith("files");
      const list = [3_000_000, 2_000_000].map((n) => ({ name: "x", type: "image/png", bytes: bytes(n) }));
      await someone.submit(
        form,
        form.controls.find((c) => c.name === "choice"),
        { files: list },
      );
      assert.deepEqual(
        acts().map((i) => i.kind),
        ["command", "files", "files", "choice"],
      );
    });
    it("without a valid token are not heard", async () => {
      await start();
      answer = () => files;
      const someone = await begun();
      const { form, button } = someone.formWith("files");
      heard = [];
      const bent = { ...form, controls: form.controls.map((c) => (c.name === "token" ? { ...c, value: "x" } : c)) };
      const page = await someone.submit(bent, button, { files: [{ name: "x", type: "y/z", bytes: bytes(10) }] });
      assert.equal(page.status, 403);
      assert.deepEqual(heard, []);
    });
    it("whose sender goes away half-way end in an error", async () => {
      await start();
      let began = (): void => {};
      const begins = new Promise<void>((resolve) => (began = resolve));
      let over = (_: string): void => {};
      const outcome = new Promise<string>((resolve) => (over = resolve));
      answer = async (i) => {
        if (i.input.kind !== "files") return { ...files, files: { max: 1, bytes: 1e9, pick: "x" } };
        const upload = i.input.files[0]!;
        over(
          await swallow({
            ...i,
            input: {
              kind: "files",
              files: [
                {
                  ...upload,
                  open: async () => {
                    const s = await upload.open();
                    began();
                    return s;
                  },
                },
              ],
            },
          }),
        );
        return undefined;
      };
      const someone = await begun();
      const hidden = someone.formWith("files").form.controls.filter((c) => c.type === "hidden");
      const boundary = "half";
      const head = hidden.flatMap((c) => [...partOf(boundary, c.name, c.value), Buffer.from("\r\n")]);
      const body = Buffer.concat([
        ...head,
        ...partOf(boundary, "file", { name: "a", type: "b/c", bytes: bytes(5000) }),
      ]);
      const { port } = new URL(platform.url);
      const socket = connect(Number(port), "127.0.0.1");
      socket.write(
        `POST /talk HTTP/1.1\r\nHost: x\r\nCookie: visit=${someone.cookies.get("visit")}\r\nContent-Type: multipart/form-data; boundary=${boundary}\r\nContent-Length: 900000\r\n\r\n`,
      );
      socket.write(body);
      await begins;
      socket.destroy();
      assert.match(await outcome, /^upload-broken/);
      assert.deepEqual(notes, ["platform-ready"]);
    });
    it("of 200 MB do not grow the memory by more than 30 MB", async function () {
      this.timeout(120_000);
      await start();
      const child = fork(new URL("./web/upload-server.ts", import.meta.url), { execArgv: ["--import", "tsx"] });
      try {
        const [{ url }] = (await once(child, "message")) as [{ url: string }];
        const someone = new Visitor(url, { "sec-fetch-site": "same-origin" });
        await someone.get("/report");
        await someone.press("[web:begin.go]");
        const { form } = someone.formWith("files");
        const chunk = bytes(64 * 1024);
        const total = 200 * 1024 * 1024;
        const upload = async (size: number) => {
          const boundary = "big";
          async function* body() {
            for (const c of form.controls.filter((c) => c.type === "hidden"))
              yield* [...partOf(boundary, c.name, c.value), Buffer.from("\r\n")];
            yield* partOf(boundary, "file", { name: "a", type: "b/c", bytes: new Uint8Array() });
            for (let sent = 0; sent < size; sent += chunk.length) yield chunk;
            yield Buffer.from(`\r\n--${boundary}--\r\n`);
          }
          const init = {
            method: "POST",
            body: ReadableStream.from(body()),
            duplex: "half",
            headers: { "content-type": `multipart/form-data; boundary=${boundary}` },
          };
          const got = await someone.raw("/talk", init as RequestInit);
          assert.equal(got.status, 303);
        };
        const told = async (): Promise<{ bytes: number; peak: number }> => {
          child.send("measure");
          return (await once(child, "message"))[0] as { bytes: number; peak: number };
        };
        // Warm: the first megabytes pay for compiled code and for buffers that wait for their first collection.
        await upload(32 * 1024 * 1024);
        await told();
        await upload(total);
        const { bytes: arrived, peak } = await told();
        assert.equal(arrived, total);
        assert.ok(peak <= 30 * 1024 * 1024, `memory grew by ${(peak / 1024 / 1024).toFixed(1)} MB`);
      } finally {
        child.kill();
      }
    });
  });

  describe("a file to keep", () => {
    const evilName = 'a"\r\nSet-Cookie: x=1\r\n/../\ud800é报告.html';
    const offer: Screen = {
      text: "Here",
      attachments: [{ name: evilName, type: "text/html", bytes: 5, open: async () => new Response("hello").body! }],
    };
    it("is handed over once, to this visit, as a download that cannot run", async () => {
      await start();
      answer = () => offer;
      const someone = await begun();
      const href = someone.page!.links.find((l) => l.href.startsWith("/file/"))!.href;
      const other = await begun();
      assert.equal((await other.raw(href)).status, 404);
      const got = await someone.raw(href);
      assert.equal(await got.text(), "hello");
      assert.match(
        got.headers.get("content-disposition") ?? "",
        /^attachment; filename="[A-Za-z0-9 ._-]+"; filename\*=UTF-8''[A-Za-z0-9%._~!-]+$/,
      );
      assert.doesNotMatch(got.headers.get("content-disposition") ?? "", /%2F|%5C|%0D|%0A/i);
      assert.match(decodeURIComponent(got.headers.get("content-disposition") ?? ""), /é报告\.html$/);
      assert.equal(got.headers.get("set-cookie"), null);
      assert.match(got.headers.get("content-security-policy") ?? "", /sandbox/);
      assert.equal(got.headers.get("cache-control"), "no-store");
      assert.equal((await someone.raw(href)).status, 404);
    });
    it("is gone with the page that offered it", async () => {
      await start();
      answer = () => offer;
      const someone = await begun();
      const href = someone.page!.links.find((l) => l.href.startsWith("/file/"))!.href;
      await someone.get("/talk");
      assert.equal((await someone.raw(href)).status, 404);
    });
    it("of another process is looked for anew, and so is a picture", async () => {
      const kept = { put: async () => undefined, take: async () => undefined };
      await start({}, { kept });
      const png = async () => new TextEncoder().encode("a chart");
      answer = () => ({ ...offer, picture: { name: "chart.png", alt: "A chart", png } });
      const someone = await begun();
      const file = someone.page!.links.find((l) => l.href.startsWith("/file/"))!.href;
      const picture = /<img src="(\/file\/[^"]+)"/.exec(someone.page!.html)![1]!;
      // this process offered nothing under such a name
      const elsewhere = async (href: string) => (await someone.raw(href.replace(/[\w-]+(?=\.)/, "another"))).text();
      assert.equal(await elsewhere(file), "hello");
      assert.equal(await elsewhere(picture), "a chart");
      answer = () => ({ text: "Nothing to see" });
      for (const href of [file, picture])
        assert.equal((await someone.raw(href.replace(/[\w-]+(?=\.)/, "another"))).status, 404);
    });
    it("that breaks half-way breaks the download and prints nothing", async () => {
      await start();
      const broken = () =>
        new ReadableStream<Uint8Array>({
          pull(controller) {
            controller.error(new Error("secret words"));
          },
        });
      answer = () => ({ text: "x", attachments: [{ name: "n", type: "a/b", bytes: 9, open: async () => broken() }] });
      const someone = await begun();
      const href = someone.page!.links.find((l) => l.href.startsWith("/file/"))!.href;
      const printed: unknown[] = [];
      const { error, info } = console;
      console.error = console.info = (...words) => void printed.push(words);
      try {
        await assert.rejects(async () => (await someone.raw(href)).text());
      } finally {
        Object.assign(console, { error, info });
      }
      assert.deepEqual(printed, []);
      assert.deepEqual(notes, ["platform-ready", "platform-turn-failed"]);
    });
  });

  describe("pages", () => {
    it("for what does not exist say so with a way back", async () => {
      await start();
      for (const path of ["/nothing", "/a/b/c", "/join/", "/join/a%2Fb", "/join/a.b", "/file/x", "/.env"]) {
        const page = await visitor().get(path);
        assert.equal(page.status, 404, path);
        assert.match(page.text, /web:missing.title/);
        assert.ok(page.links.some((l) => l.href === "/"));
      }
      assert.deepEqual(heard, []);
    });
    it("for a failure show a code, and only the code is noted", async () => {
      await start({}, { hear: () => Promise.reject(new Error("secret words")) });
      const page = await visitor().get("/");
      assert.equal(page.status, 500);
      assert.match(page.text, /platform-turn-failed/);
      assert.doesNotMatch(page.html, /secret words/);
      assert.deepEqual(notes, ["platform-ready", "platform-turn-failed"]);
    });
    it("never send anyone elsewhere", async () => {
      await start();
      for (const path of [
        "//evil.example",
        "/start?next=https://evil.example",
        "/talk?to=//evil.example",
        "/exit?to=https://evil.example",
        "/\\evil.example",
      ]) {
        const got = await new Visitor(platform.url).raw(path, {
          headers: { host: "evil.example", "x-forwarded-host": "evil.example" },
        });
        assert.doesNotMatch(got.headers.get("location") ?? "", /evil/, path);
        assert.doesNotMatch(await got.text(), /evil/, path);
      }
    });
    it("hand an invitation over by a press, never by its address", async () => {
      await start();
      const someone = visitor();
      await someone.get("/join/Abc_-123");
      assert.deepEqual(heard, []);
      await someone.press("[en web:join.go]");
      assert.deepEqual(acts(), [{ kind: "command", name: "join", rest: "Abc_-123" }]);
    });
    it("are in the language the screen is in, and stay in it for the visit", async () => {
      await start();
      answer = (i) => (i.input.kind === "look" ? menu : ({ ...menu, locale: "zh-CN" } as Screen));
      const someone = await begun();
      assert.match(someone.page!.html, /<html lang="zh-CN"/);
      assert.match((await someone.get("/nothing")).html, /<html lang="zh-CN"/);
      assert.equal(heard[0]!.locale, "en");
      await someone.get("/");
      assert.equal(heard.at(-1)!.locale, "zh-CN");
    });
  });

  it("serves the routes it is given, with the body and without trusting the Host", async () => {
    const got: string[] = [];
    const routes: Route[] = [
      {
        method: "POST",
        path: "/hook",
        handle: async (request) => {
          got.push(request.url, request.headers.get("x-token") ?? "", await request.text());
          return new Response("taken", { status: 202 });
        },
      },
    ];
    await start({ routes });
    const someone = new Visitor(platform.url);
    const answered = await someone.raw("/hook", { method: "POST", body: "payload", headers: { "x-token": "t" } });
    assert.equal(answered.status, 202);
    assert.equal(await answered.text(), "taken");
    assert.deepEqual(got, [`${platform.url}/hook`, "t", "payload"]);
    assert.equal((await someone.raw("/hook", { method: "POST", body: "x".repeat(1_100_000) })).status, 413);
    assert.equal((await someone.raw("/hook")).status, 404);
  });

  it("says that its address is taken", async () => {
    await start();
    const second = web({ listen: new URL(platform.url).host });
    const house = { hear: async () => undefined, say: () => "", commands: [], locales: ["en"], note: () => {} };
    await assert.rejects(second.open(house), { code: "EADDRINUSE" });
    await second.close();
  });

  it("closes soon, whoever is still connected", async () => {
    await start();
    const { port } = new URL(platform.url);
    const idle = connect(Number(port), "127.0.0.1");
    idle.on("error", () => {});
    await once(idle, "connect");
    const ended = once(idle, "close");
    idle.resume();
    await platform.close();
    await ended;
  });

  it("cannot push", async () => {
    await start();
    assert.deepEqual(await platform.send({ platform: "web", id: "x" }, menu, { locale: "en" }), {
      ok: false,
      retry: false,
      gone: true,
      code: "no-push",
    });
  });
});
