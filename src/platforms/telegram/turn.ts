/**
 * One turn: an event is heard, and its screen drawn into the person's private chat, never into a group. What was too
 * much to be taken is told there, too.
 */
import type { Api } from "node-telegram-bot-api";
import type { Screen } from "../../bot/screen.ts";
import type { House } from "../platform.ts";
import type { Work } from "./dispatch.ts";
import { type Drawing, drawScreen } from "./draw.ts";
import { faultOf } from "./faults.ts";
import { answerInline } from "./inline.ts";
import { type Event, FILE_BYTES } from "./read.ts";
import type { createTalks } from "./talks.ts";
import type { createWriter } from "./write.ts";

export interface TurnParts {
  api: Api;
  write: ReturnType<typeof createWriter>;
  talks: ReturnType<typeof createTalks>;
  /** The bot's own name, without @, as soon as it is known. */
  username(): string;
  /** The report page's address. */
  page?: string;
}

/** What is done with events; none of it rejects. */
export function createTurns(house: House, { api, write, talks, username, page }: TurnParts): Work {
  return { turn, tooMuch, skip };

  async function turn(event: Event): Promise<boolean> {
    if (event.left) {
      talks.forget(event.person);
      return true;
    }
    if (event.moved) {
      const { from, to } = event.moved;
      const at = (id: string) => ({ platform: "telegram", id });
      return (
        (await house.moved?.(at(from), at(to)).then(
          () => true,
          () => false,
        )) ?? true
      );
    }
    try {
      if (event.searched) {
        if (house.answers)
          await answerInline(api, event.searched, house.answers, house.say(event.locale, "telegram:askInPrivate"));
        return true;
      }
      note(event);
      if (event.pressed?.message !== undefined && !event.place) talks.pressed(event.person, event.pressed.message);
      for (const refusal of event.refusals) await refuse(event, refusal);
      if (event.inputs.length === 0 && event.pressed) await write.acknowledge(event.pressed.query, {});
      for (const [at, input] of event.inputs.entries()) {
        const traces = event.place ? [] : talks.take(event.person);
        const screen = await house.hear({
          // A caption comes in the same update as its files, but is an event of its own.
          id: at === 0 ? String(event.id) : `${event.id}/caption`,
          from: { platform: "telegram", id: event.person },
          ...(event.place ? { place: { platform: "telegram", id: event.place } } : {}),
          locale: event.locale,
          input,
          ...(traces.length > 0 ? { traces } : {}),
        });
        await answer(event, screen, traces);
      }
      return true;
    } catch (error) {
      const fault = faultOf(error);
      // who types on asks anew; an answer to what was typed before comes too late
      if (event.searched) return true;
      if (fault.passing) return false;
      if (fault.code === "telegram-blocked") return true;
      house.note("platform-turn-failed", { platform: "telegram", code: fault.code });
      if (event.pressed) await write.acknowledge(event.pressed.query, {});
      if (!event.place) await write.tell(event.person, house.say(event.locale, "telegram:failed")).catch(faultOf);
      return true;
    }
  }

  async function tooMuch(event: Event): Promise<boolean> {
    await skip(event);
    // in a group nobody would know who is meant, nor by what
    if (event.place) return true;
    try {
      await write.tell(
        event.person,
        house.say(event.locale, "telegram:tooMuch"),
        event.messages[0] ?? event.pressed?.message,
      );
      return true;
    } catch (error) {
      return !faultOf(error).passing;
    }
  }

  async function skip(event: Event): Promise<void> {
    note(event);
    if (event.pressed) await write.acknowledge(event.pressed.query, {});
  }

  /** What the person wrote can be erased later, whether it was taken or not. */
  function note({ person, place, messages }: Event): void {
    if (!place) for (const message of messages) talks.wrote(person, message);
  }

  async function refuse(event: Event, refusal: Event["refusals"][number]): Promise<void> {
    if (refusal === "anonymousAdmin") house.note("platform-stranger-in-group", { platform: "telegram" });
    const key = refusal === "tooBig" && page ? "tooBigPage" : refusal;
    const words = house.say(event.locale, `telegram:${key}`, {
      mb: FILE_BYTES / 1024 / 1024,
      page: page ?? "",
    });
    await write.tell(event.place ?? event.person, words);
  }

  async function answer(event: Event, screen: Screen | undefined, traces: string[]): Promise<void> {
    const { person, place, pressed, locale } = event;
    if (screen === undefined) {
      if (pressed) await write.acknowledge(pressed.query, {});
      return;
    }
    // Before the acknowledgement, so that a screen that cannot be drawn fails before anything is sent.
    let drawing = drawScreen(screen, house.say(locale, "telegram:copy"));
    if (place) return answerInPrivate(event, screen, drawing);
    const acknowledged = pressed ? write.acknowledge(pressed.query, {}) : undefined;
    // Before it is told that it was asked for.
    if (screen.erase && !(await write.erase(person, [...screen.erase, ...traces, ...talks.marks(person)]))) {
      // a receipt that was just typed is another matter than all that was ever said here
      const words = house.say(locale, screen.erased ? "telegram:notErased" : "telegram:notErasedTyped");
      const notice = [screen.notice, words].filter(Boolean).join("\n");
      const title = screen.erased ? undefined : screen.title;
      drawing = drawScreen({ ...screen, title, notice }, house.say(locale, "telegram:copy"));
    }
    const edits =
      pressed?.message !== undefined &&
      talks.isLast(person, pressed.message) &&
      !screen.erase &&
      !drawing.quiz &&
      !screen.picture &&
      !screen.attachments?.length;
    const quiz = drawing.quiz && (await write.ask(person, drawing.quiz));
    if (drawing.quiz && quiz !== undefined) {
      // noted with the talk, so that an answer is understood after a restart, too
      const input = { kind: "quiz-drawn", quiz, values: drawing.quiz.values } as const;
      await house.hear({ id: `${event.id}/quiz`, from: { platform: "telegram", id: person }, locale, input });
    } else if (!edits || !(await write.redraw(person, pressed?.message ?? 0, drawing, write.answer)))
      await write.post(person, screen, drawing, write.answer);
    await acknowledged;
  }

  /** Nothing that is meant for one person is ever written where others read. */
  async function answerInPrivate(event: Event, screen: Screen, drawing: Drawing): Promise<void> {
    const { person, place = "", pressed, locale } = event;
    try {
      await write.post(person, screen, drawing, write.answer);
      if (pressed)
        await write.acknowledge(pressed.query, { text: house.say(locale, "telegram:inPrivate").slice(0, 200) });
    } catch (error) {
      const { code } = faultOf(error);
      if (code !== "telegram-blocked" && code !== "telegram-chat-gone") throw error;
      const link = `https://t.me/${username()}?start=hello`;
      if (pressed) await write.acknowledge(pressed.query, { url: link });
      else await write.tell(place, house.say(locale, "telegram:writeFirst", { link }));
    }
  }
}
