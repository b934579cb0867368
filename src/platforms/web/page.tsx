/** The frame of every page: who we are, the way out, the words, and what is kept. No second request. */
import { raw } from "hono/html";
import type { Child } from "hono/jsx";
import { type Hand, Sealed } from "./draw.tsx";
import { direction } from "./locale.ts";
import { look } from "./look.css.ts";
import type { Seal } from "./visits.ts";
import { work } from "./work.js.ts";

/** What the frame shows around a page's own words. */
export interface Frame {
  hand: Hand;
  /**
   * The words of the browser's tab, before our name. Tabs, task switchers and histories are read by others: pages
   * of a talk say where one is and never what it is about.
   */
  tab?: string;
  /** Feeds of what the page shows. */
  feeds?: { href: string; title: string }[];
  /** Seals the form of the language button; absent where there is no such command. */
  language?: Seal;
  /** There is a question on it that a script may work for. */
  works?: boolean;
  children: Child;
}

/** A whole page as HTML. */
export function drawPage(frame: Frame): string {
  const { hand, tab, language, feeds = [] } = frame;
  const name = hand.say("web:name");
  const page = (
    <html lang={hand.locale} dir={direction(hand.locale)}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="format-detection" content="telephone=no" />
        <title>{tab ? `${tab} · ${name}` : name}</title>
        {feeds.map(({ href, title }) => (
          <link rel="alternate" type="application/atom+xml" href={href} title={title} />
        ))}
        <style>{raw(look)}</style>
      </head>
      <body>
        <a class="skip" href="#main">
          {hand.say("web:skip")}
        </a>
        <header>
          <div class="bar">
            <a class="wordmark" href="/">
              <Mark />
              <span>{name}</span>
            </a>
            {language && (
              <form method="post" action="/talk">
                <Sealed seal={language} />
                <button
                  class="tool"
                  type="submit"
                  name="command"
                  value="language"
                  aria-label={hand.say("web:language")}
                >
                  <Globe />
                  <span>{hand.say("web:language")}</span>
                </button>
              </form>
            )}
            <a class="exit" href="/exit" rel="noreferrer noopener">
              {hand.say("web:exit.label")}
              <Leave />
            </a>
          </div>
        </header>
        <main id="main" tabindex={-1}>
          {frame.children}
        </main>
        <footer>
          <div class="foot">
            <h2>{hand.say("web:footer.title")}</h2>
            <ul>
              <li>{hand.say("web:footer.kept")}</li>
              <li>{hand.say("web:footer.seen")}</li>
              <li>{hand.say("web:footer.exit")}</li>
            </ul>
          </div>
        </footer>
        {frame.works && <script>{raw(work)}</script>}
      </body>
    </html>
  );
  return `<!doctype html>${page.toString()}`;
}

/** A page with one heading, a few words and at most two ways on. */
export function drawNote(note: {
  title: string;
  text: string;
  typed?: { title: string; texts: string[] };
  children?: Child;
}) {
  return (
    <>
      <h1>{note.title}</h1>
      <div class="words">
        <p>{note.text}</p>
      </div>
      {note.typed && note.typed.texts.length > 0 && (
        <section>
          <h2 id="typed">{note.typed.title}</h2>
          {note.typed.texts.map((text) => (
            <textarea readonly rows={8} aria-labelledby="typed" dir="auto">
              {`\n${text}`}
            </textarea>
          ))}
        </section>
      )}
      <div class="actions">{note.children}</div>
    </>
  );
}

/** A bubble with one calm line in it. */
const Mark = () => (
  <svg viewBox="0 0 28 28" width="28" height="28" aria-hidden="true" focusable="false">
    <path
      d="M14 3.5c6.1 0 10.5 4 10.5 9.4s-4.4 9.4-10.5 9.4c-1.3 0-2.5-.2-3.7-.5L5 24.5l1.3-4.6C4.5 18.2 3.5 15.7 3.5 12.9 3.5 7.5 7.9 3.5 14 3.5z"
      fill="none"
      stroke="currentColor"
      stroke-width="2"
      stroke-linejoin="round"
    />
    <path d="M9 13h10" stroke="currentColor" stroke-width="2.4" stroke-linecap="round" />
  </svg>
);

const Globe = () => (
  <svg viewBox="0 0 20 20" width="18" height="18" aria-hidden="true" focusable="false">
    <g fill="none" stroke="currentColor" stroke-width="1.5">
      <circle cx="10" cy="10" r="7.5" />
      <ellipse cx="10" cy="10" rx="3.3" ry="7.5" />
      <path d="M2.8 10h14.4" />
    </g>
  </svg>
);

const Leave = () => (
  <svg class="leave" viewBox="0 0 20 20" width="16" height="16" aria-hidden="true" focusable="false">
    <path
      d="M4 10h11M10.5 5.5 15 10l-4.5 4.5"
      fill="none"
      stroke="currentColor"
      stroke-width="2"
      stroke-linecap="round"
      stroke-linejoin="round"
    />
  </svg>
);
