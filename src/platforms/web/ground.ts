/** What every page of an open web platform stands on, and the three questions each of them asks about its request. */
import type { HttpBindings } from "@hono/node-server";
import type { Context } from "hono";
import type { Input, Screen } from "../../bot/screen.ts";
import type { House } from "../platform.ts";
import { chooseLocale } from "./locale.ts";
import type { Shelf } from "./shelf.ts";
import type { TipsShown } from "./tips.tsx";
import { cookieOf, visitOf } from "./visits.ts";

/** A page that is no conversation: a webhook, health, a feed. Its body is at most 1 MB. */
export interface Route {
  method: "GET" | "POST";
  path: string;
  handle(request: Request): Promise<Response>;
}

export interface Ground {
  house: House;
  shelf: Shelf;
  /** Where the quick exit leads: a page that anyone may have open. */
  exit: string;
  /** Seals the forms. */
  secret: Uint8Array;
  publicUrl?: string;
  /** Our own address without a trailing slash, never taken from a request. */
  url: string;
  visitCookie: string;
  languageCookie: string;
  /** What every cookie of ours ends with. */
  attributes: string;
  /** False where this process serves no page, only routes. */
  pages: boolean;
  routes(): Route[];
  /** Tips to be read; absent where there are none. */
  tips?: TipsShown;
}

export type Env = { Bindings: HttpBindings };
/** One request and its answer. */
export type Exchange = Context<Env>;

/** Whose visit this is, if the browser has one. */
export function visitIn(ground: Ground, c: Exchange): string | undefined {
  return visitOf(c.env.incoming.headers.cookie, ground.visitCookie);
}

/** The language that the person chose in this visit, else the one the browser asks for. */
export function localeIn(ground: Ground, c: Exchange): string {
  const { cookie, "accept-language": wishes } = c.env.incoming.headers;
  const { locales } = ground.house;
  const chosen = cookieOf(cookie, ground.languageCookie);
  return chosen && locales.includes(chosen) ? chosen : chooseLocale(wishes, locales);
}

/** Tells the house what a visit did and gives its answer; `fresh` is where the visit may go on from here. */
export function hear(
  ground: Ground,
  c: Exchange,
  visit: string,
  id: string,
  input: Input,
  fresh?: string,
): Promise<Screen | undefined> {
  return ground.house.hear({
    id,
    from: { platform: "web", id: visit },
    locale: localeIn(ground, c),
    input,
    ...(fresh ? { fresh: { platform: "web", id: fresh } } : {}),
  });
}
