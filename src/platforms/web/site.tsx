/**
 * Every address that the web answers.
 *
 * One form is one event. Every form posts to `/talk`, the house answers, and the browser is sent to `GET /talk`, which
 * draws that answer (or, when it was drawn before, looks again). Nothing begins with a GET: `/report` and its like only
 * show the button. Nothing about a request is ever logged.
 */
import type { IncomingMessage } from "node:http";
import { Hono } from "hono";
import type { Child } from "hono/jsx";
import type { Attachment, Screen } from "../../bot/screen.ts";
import { drawScreen, type Hand, pictureFile, Sealed } from "./draw.tsx";
import { type Env, type Exchange, type Ground, hear, localeIn, type Route, visitIn } from "./ground.ts";
import { attachmentHeader, filePolicy, workPolicy } from "./headers.ts";
import { drawNote, drawPage } from "./page.tsx";
import { type Posted, takePost } from "./post.ts";
import { readBody } from "./read.ts";
import { addTips } from "./tips.tsx";
import { UploadCut } from "./uploads.ts";
import { door, freshId, sealForm } from "./visits.ts";

type Status = 200 | 400 | 403 | 404 | 413 | 500;

/** Every page that says one thing: status, heading, words. */
const notes = {
  empty: [200, "web:empty.title", "web:empty.text"],
  malformed: [400, "web:refused.title", "web:refused.text"],
  foreign: [403, "web:refused.title", "web:refused.text"],
  refused: [403, "web:refused.title", "web:refused.text"],
  ended: [403, "web:ended.title", "web:ended.text"],
  missing: [404, "web:missing.title", "web:missing.text"],
  "too-long": [413, "web:large.title", "web:large.text"],
  failed: [500, "web:failed.title", "web:failed.text"],
} as const satisfies Record<string, readonly [Status, string, string]>;

/** Builds the site on its ground. */
export function makeSite(ground: Ground): Hono<Env> {
  const { house, shelf, secret } = ground;
  const app = new Hono<Env>();

  app.use(async (c, next) => {
    const route = ground.routes().find((r) => r.method === c.req.method && r.path === c.req.path);
    if (route) return handleRoute(c, route);
    return ground.pages ? next() : c.body(null, 404);
  });
  app.get("/", async (c) => {
    // Nobody's look: from an address that is used once, so that reading the first page leaves nothing anywhere.
    const screen = await hear(ground, c, freshId(), freshId(), { kind: "look" });
    if (!screen) return note(c, "empty");
    const visit = visitIn(ground, c);
    const hand = handOf(c, screen);
    const body = (
      <>
        {visit && (
          <p class="resume">
            <a href="/talk">{hand.say("web:way.back")}</a>
          </p>
        )}
        {drawScreen(screen, hand, sealForm(secret, visit ?? door, screen.files))}
      </>
    );
    return page(c, 200, hand, body);
  });
  app.get("/talk", async (c) => {
    const visit = visitIn(ground, c);
    if (!visit) return c.redirect("/", 303);
    const screen = (await shelf.take(visit)) ?? (await hear(ground, c, visit, freshId(), { kind: "look" }));
    if (!screen) return note(c, "empty");
    shelf.clearFiles(visit);
    const offer = (file: Attachment): string => {
      const place = screen.attachments?.indexOf(file) ?? -1;
      return `/file/${shelf.offer(visit, file)}.${place < 0 ? "picture" : place}`;
    };
    const hand = { ...handOf(c, screen), offer };
    if (hand.locale !== localeIn(ground, c))
      c.header("Set-Cookie", `${ground.languageCookie}=${hand.locale}; ${ground.attributes}`);
    const body = drawScreen(screen, hand, sealForm(secret, visit, screen.files));
    const works = screen.form?.fields.some((field) => field.work) ?? false;
    if (works) c.header("Content-Security-Policy", workPolicy);
    return page(c, 200, hand, body, { tab: screen.progress?.text, works });
  });
  app.post("/talk", async (c) => await goOn(c, await takePost(ground, c)));
  app.get("/exit", exit);
  app.get("/file/:token", sendFile);
  app.get("/favicon.ico", (c) => c.body(null, 204));
  app.get("/join/:code", (c) => {
    const code = c.req.param("code");
    return hasCommand("join") && /^[A-Za-z0-9_-]{1,200}$/.test(code) ? begin(c, "join", code) : note(c, "missing");
  });
  if (ground.tips) addTips(app, ground, ground.tips);
  app.get("/:command", (c) => {
    const name = c.req.param("command");
    if (name === "start") return c.redirect("/", 303);
    return hasCommand(name) ? begin(c, name, "") : note(c, "missing");
  });
  app.notFound((c) => note(c, "missing"));
  app.onError((error, c) => {
    if (error instanceof UploadCut) return note(c, error.code === "upload-too-large" ? "too-long" : "malformed");
    // Someone who left while sending is no failure of ours.
    if (!c.env.incoming.complete) return c.body(null, 400);
    house.note("platform-turn-failed");
    return note(c, "failed");
  });
  return app;

  async function goOn(c: Exchange, posted: Posted): Promise<Response> {
    if (posted.kind !== "heard") return note(c, posted.kind, "typed" in posted ? posted.typed : []);
    const { admitted, screen } = posted;
    if (screen) await shelf.put(admitted.visit, screen);
    if (admitted.begins) c.header("Set-Cookie", `${ground.visitCookie}=${admitted.visit}; ${ground.attributes}`);
    return c.redirect("/talk", 303);
  }

  function exit(c: Exchange): Response {
    // An image on someone else's page must not be able to end a visit: only a real step out of our own pages does.
    const { "sec-fetch-site": site, "sec-fetch-dest": to, "sec-purpose": purpose } = c.env.incoming.headers;
    const ours = site === undefined || site === "same-origin" || site === "none";
    if (ours && (to ?? "document") === "document" && purpose === undefined) {
      const visit = visitIn(ground, c);
      if (visit) {
        void shelf.take(visit);
        shelf.clearFiles(visit);
        // who leaves never waits, not even for their own upload; the house never rejects
        void hear(ground, c, visit, freshId(), { kind: "command", name: "exit", rest: "" });
      }
      for (const name of [ground.visitCookie, ground.languageCookie])
        c.header("Set-Cookie", `${name}=; Max-Age=0; ${ground.attributes}`, { append: true });
      c.header("Clear-Site-Data", '"cookies", "storage"');
    }
    return c.redirect(ground.exit, 303);
  }

  /** A file that this process offered; where another one did, the page that it stood on is looked at again. */
  async function fileOf(c: Exchange): Promise<Attachment | undefined> {
    const visit = visitIn(ground, c);
    const [token = "", place = ""] = (c.req.param("token") ?? "").split(".");
    const file = shelf.fetch(visit, token);
    if (file || !visit || !house.kept) return file;
    const screen = await hear(ground, c, visit, freshId(), { kind: "look" });
    if (place === "picture") return screen?.picture && pictureFile(screen.picture);
    return screen?.attachments?.[Number(place)];
  }

  async function sendFile(c: Exchange): Promise<Response> {
    const file = await fileOf(c);
    const reader = (await file?.open().catch(unlessGone))?.getReader();
    if (!file || !reader) return note(c, "missing");
    const { outgoing } = c.env;
    // A stream that fails half-way must look broken to the browser, and must not reach the library, which prints it.
    const body = new ReadableStream<Uint8Array>({
      async pull(controller) {
        try {
          const { done, value } = await reader.read();
          if (done) controller.close();
          else controller.enqueue(value);
        } catch {
          house.note("platform-turn-failed");
          outgoing.destroy();
          controller.close();
        }
      },
      cancel: () => reader.cancel(),
    });
    return c.body(body, 200, {
      "Content-Type": /^[a-z0-9.+-]+\/[a-z0-9.+-]+$/i.test(file.type) ? file.type : "application/octet-stream",
      "Content-Disposition": attachmentHeader(file.name),
      "Content-Security-Policy": filePolicy,
    });
  }

  async function handleRoute(c: Exchange, route: Route): Promise<Response> {
    const { method } = route;
    const body = method === "POST" ? await readBody(c.env.incoming as IncomingMessage) : null;
    if (body === undefined) return c.body(null, 413);
    // The address is our own: a Host header is whatever the sender likes.
    const url = `${ground.url}${c.env.incoming.url ?? "/"}`;
    const init = { method, headers: c.req.raw.headers, body: body && new Uint8Array(body) };
    const answer = await route.handle(new Request(url, init));
    return new Response(answer.body, { status: answer.status, headers: answer.headers });
  }

  function hasCommand(name: string): boolean {
    return house.commands.some((command) => command.name === name && command.where === "private");
  }

  // draw: from what is to be said to a page

  function begin(c: Exchange, command: string, rest: string): Response {
    const { say } = handOf(c);
    const join = command === "join" && rest !== "";
    const body = (
      <>
        <h1>{say(join ? "web:join.title" : `commands:${command}`)}</h1>
        <div class="words">
          <p>{say(join ? "web:join.text" : "web:begin.text")}</p>
        </div>
        <form method="post" action="/talk" autocomplete="off">
          <Sealed seal={sealForm(secret, visitIn(ground, c) ?? door)} />
          {rest && <input type="hidden" name="rest" value={rest} />}
          <div class="actions">
            <button class="button primary" type="submit" name="command" value={command}>
              <span class="label">{say(join ? "web:join.go" : "web:begin.go")}</span>
            </button>
            <a class="button quiet" href="/">
              {say("web:way.home")}
            </a>
          </div>
        </form>
      </>
    );
    return page(c, 200, handOf(c), body);
  }

  function note(c: Exchange, kind: keyof typeof notes, texts: string[] = []): Response {
    const [status, title, text] = notes[kind];
    const hand = handOf(c);
    const typed = { title: hand.say("web:typed.title"), texts };
    const ways = (
      <>
        {visitIn(ground, c) && (
          <a class="button primary" href="/talk">
            {hand.say("web:way.back")}
          </a>
        )}
        <a class="button" href="/">
          {hand.say("web:way.home")}
        </a>
      </>
    );
    const words = { title: hand.say(title), text: hand.say(text, { code: "platform-turn-failed" }) };
    return page(c, status, hand, drawNote({ ...words, typed, children: ways }));
  }

  function page(
    c: Exchange,
    status: Status,
    hand: Hand,
    children: Child,
    more: { tab?: string; works?: boolean } = {},
  ): Response {
    const language = hasCommand("language") ? sealForm(secret, visitIn(ground, c) ?? door) : undefined;
    return c.html(drawPage({ hand, ...more, language, children }), status);
  }

  /** The machine says which language a screen is in; where it does not, it is the one we asked for. */
  function handOf(c: Exchange, screen?: Screen & { locale?: string }): Hand {
    const told = screen?.locale;
    const locale = told && house.locales.includes(told) ? told : localeIn(ground, c);
    return { locale, say: (key, values) => house.say(locale, key, values) };
  }
}

/** What was there when the page was drawn and has been removed since, or may be fetched no more, is a file that is not there. */
function unlessGone(error: unknown): undefined {
  const { code } = error as { code?: unknown };
  if (code !== "blob-missing" && code !== "stale") throw error;
  return undefined;
}
