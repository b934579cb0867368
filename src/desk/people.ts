/** Who comes in as a reviewer, and where boards hang. */
import type { Visitor } from "../desk.ts";
import { fail } from "../errors.ts";
import type { Invitation, NewDoor } from "../reports/people-store.ts";
import { type Carriers, type Counter, reviewer } from "./counter.ts";

/** How long a reviewer's web visit stays signed in with nothing done (minutes). */
export const visitMinutes = 30;

/** What lets people in and out, and hangs up boards. */
export type PeopleCommand =
  | { kind: "join"; invite: string; alias: string; passphrase?: string }
  /** Lets a reviewer come in by a further account: `code` is to be entered there. */
  | { kind: "door-code"; code: string }
  | { kind: "enter"; code: string }
  | { kind: "sign-in"; alias: string }
  | { kind: "sign-out" }
  /** Switches a second factor on with a code of it, or off after one was used (`useFactor`). */
  | { kind: "factor"; secret: string; code: string }
  | { kind: "factor-off" }
  | { kind: "board"; on: boolean }
  /** What is sent to this account out of the blue speaks the visitor's language from now on. */
  | { kind: "speak"; locale: string };

/** What is asked of who comes in. */
export interface PeopleQueries {
  /** What an invitation leads to, while it is good: a new reviewer's role, or an existing reviewer's further account. */
  invited(code: string): Promise<Invitation | undefined>;
  newInvite(): string;
  aliasFree(alias: string): Promise<boolean>;
  /** Checks a passphrase and, where there is a second factor, its code; wrong ones are counted (seconds to wait). */
  knows(alias: string, passphrase: string, code: string): Promise<boolean | { wait: number }>;
  /** Has the visitor, a reviewer, a second factor? */
  hasFactor(): Promise<boolean>;
  newFactor(): string;
  /** A secret as a QR code for an authenticator app. */
  factorPicture(secret: string): Promise<Uint8Array>;
  factorFits(secret: string, code: string): boolean;
  /** Uses a code of the visitor's second factor up; wrong ones are counted. */
  useFactor(code: string): Promise<boolean>;
}

type Kinds = PeopleCommand["kind"];

export interface PeopleDesk {
  orders: Carriers<Kinds>;
  queries(visitor: Visitor): PeopleQueries;
}

export function peopleDesk(counter: Counter): PeopleDesk {
  const { people, factors, now, outbox, limits, today, minute } = counter;
  /** Aliases whose passphrase was just proven, by the door it was proven at; for the order that follows, once. */
  const proven = new Map<string, string>();
  /** Doors at which a code of the second factor was just used; for the order that switches it off, once. */
  const used = new Set<string>();

  /** Codes that were used up in a turn: it is taken again where another turn was faster, and the code is good then, too. */
  const inTurn = new WeakMap<Visitor, string>();
  async function useCode(visitor: Visitor, alias: string, code: string): Promise<boolean> {
    const mine = `${alias}\u0000${code}`;
    if (inTurn.get(visitor) === mine) return true;
    const right = await factors.use(alias, code, now());
    if (right) inTurn.set(visitor, mine);
    return right;
  }

  /** The door that a reviewer comes in by: for good, or for a visit where no account stands behind it. */
  const doorOf = (visitor: Visitor, visit = visitor.passing === true): NewDoor => {
    const { tag, reach } = visitor.entrance ?? visitor;
    return { tag, address: reach(), until: visit ? minute() + visitMinutes : null, locale: visitor.locale };
  };

  const orders: Carriers<Kinds> = {
    async join(visitor, { invite, alias, passphrase }) {
      const invitation = await people.invited(invite, today());
      if (!invitation || !("role" in invitation)) throw fail("stale");
      const { role } = invitation;
      const door = doorOf(visitor, passphrase !== undefined);
      return {
        writes: [
          await people.join(invite, { alias, role, day: today(), ...(passphrase ? { passphrase } : {}) }, door),
          counter.record(alias, `join ${role}`),
        ],
      };
    },
    async "door-code"(visitor, { code }) {
      const { alias } = reviewer(visitor.actor);
      return {
        writes: [people.addInvite(code, { alias }, today() + 1), counter.record(alias, "door-code")],
      };
    },
    async enter(visitor, { code }) {
      const invitation = await people.invited(code, today());
      if (!invitation || !("alias" in invitation)) throw fail("stale");
      const { alias } = invitation;
      return {
        writes: [people.useInvite(code), people.addDoor(alias, doorOf(visitor)), counter.record(alias, "enter")],
      };
    },
    async "sign-in"(visitor, { alias }) {
      // the conversation has checked the passphrase by `knows`, which leaves the name behind for this one order
      if (proven.get(visitor.tag) !== alias) throw fail("not-allowed");
      proven.delete(visitor.tag);
      return {
        writes: [people.addDoor(alias, doorOf(visitor, true)), counter.record(alias, "sign-in")],
      };
    },
    async "sign-out"(visitor) {
      reviewer(visitor.actor);
      return { writes: [people.closeDoor(visitor.tag)] };
    },
    async factor(visitor, { secret, code }) {
      const { alias } = reviewer(visitor.actor);
      if (!factors.fits(secret, code, now()) || (await factors.has(alias))) throw fail("stale");
      return {
        writes: [factors.set(alias, secret), counter.record(alias, "factor on")],
      };
    },
    async "factor-off"(visitor) {
      const { alias } = reviewer(visitor.actor);
      if (!used.delete(visitor.tag)) throw fail("not-allowed");
      return {
        writes: [factors.drop(alias), counter.record(alias, "factor off")],
      };
    },
    async speak(visitor, { locale }) {
      reviewer(visitor.actor);
      return { writes: [people.speaks(visitor.tag, locale)] };
    },
    async board(visitor, { on }) {
      const { alias } = reviewer(visitor.actor, "admin");
      const { place } = visitor;
      if (!place) throw fail("not-allowed");
      return {
        writes: [
          async (trx) => {
            if (on)
              await outbox.addBoard(trx, {
                id: place.tag,
                address: place.address,
                locale: visitor.locale,
                day: today(),
              });
            else await outbox.removeBoard(trx, place.tag);
          },
          counter.record(alias, on ? "board on" : "board off"),
        ],
      };
    },
  };

  return {
    orders,
    queries: (visitor) => ({
      invited: (code) => people.invited(code, today()),
      hasFactor: () => factors.has(reviewer(visitor.actor).alias),
      newFactor: () => factors.newSecret(),
      factorPicture: (secret) => factors.qr(secret, reviewer(visitor.actor).alias),
      factorFits: (secret, code) => factors.fits(secret, code, now()),
      async useFactor(code) {
        const { alias } = reviewer(visitor.actor);
        if ((await limits.wait(people.tag(alias), "alias")) > 0) return false;
        const right = await useCode(visitor, alias, code);
        if (right) used.add(visitor.tag);
        else await limits.missed(people.tag(alias), "alias");
        return right;
      },
      newInvite: () => people.newInvite(),
      aliasFree: async (alias) => !(await people.taken(alias)),
      async knows(alias, passphrase, code) {
        // a visit to the web page costs nothing, so guesses are counted at what they aim at, too
        const aim = people.tag(alias);
        const waits = await Promise.all([limits.wait(visitor.limit, "sign-in"), limits.wait(aim, "alias")]);
        const wait = Math.max(...waits);
        if (wait > 0) return { wait };
        const known = await people.knows(alias, passphrase);
        // a wrong code and a wrong passphrase are told in the same words
        const right = known === true ? await useCode(visitor, alias, code) : known;
        if (right === true) proven.set(visitor.tag, alias);
        if (right === false) await Promise.all([limits.missed(visitor.limit, "sign-in"), limits.missed(aim, "alias")]);
        return right;
      },
    }),
  };
}
