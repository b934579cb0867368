/**
 * The answer to one interaction. Discord wants the first within three seconds and by its callback, everything later
 * with the interaction's token; a second first answer is refused.
 */
import {
  type APIInteraction,
  type APIModalInteractionResponseCallbackData,
  InteractionResponseType,
  MessageFlags,
  type REST,
  RESTJSONErrorCodes,
  Routes,
} from "discord.js";
import type { Drawn } from "./draw.ts";
import { body, codeOf, type DrawnFile, wasLost } from "./post.ts";

/** Makes the ways to answer one interaction; each may throw what the library throws, which is for no log. */
export function answering(rest: REST, event: APIInteraction) {
  const { id, token, application_id } = event;
  /** A press on a message that only this person sees redraws it; a card or a sent message stays as it is. */
  const inPlace = Boolean((event.message?.flags ?? 0) & MessageFlags.Ephemeral);
  const hidden = { flags: MessageFlags.Ephemeral | MessageFlags.SuppressEmbeds };
  let begun: Promise<unknown> | undefined;

  /** Gives the first answer; false where another one was there before (a repeated event, a lost confirmation). */
  async function first(answer: object, files: DrawnFile[] = []): Promise<boolean> {
    const call = rest.post.bind(rest, Routes.interactionCallback(id, token), { auth: false, body: answer, files });
    try {
      await again(call);
      return true;
    } catch (error) {
      if (codeOf(error) === RESTJSONErrorCodes.InteractionHasAlreadyBeenAcknowledged) return false;
      throw error;
    }
  }
  const original = Routes.webhookMessage(application_id, token);
  const acknowledge = (): void => {
    begun ??= first(
      inPlace
        ? { type: InteractionResponseType.DeferredMessageUpdate }
        : { type: InteractionResponseType.DeferredChannelMessageWithSource, data: hidden },
    );
    // Whoever draws waits for it and meets the failure there.
    begun.catch(() => {});
  };

  return {
    acknowledge,
    begun: () => begun !== undefined,
    /** Opens a modal; a repeated press changes nothing. */
    async open(modal: APIModalInteractionResponseCallbackData): Promise<void> {
      await first({ type: InteractionResponseType.Modal, data: modal });
    },
    /** Ends the waiting without a word. */
    async nothing(): Promise<void> {
      if (event.message && !begun) return void (await first({ type: InteractionResponseType.DeferredMessageUpdate }));
      acknowledge();
      await begun;
      if (!inPlace) await again(() => rest.delete(original, { auth: false }));
    },
    /** Shows the messages, the files with the last; where they are several, tells the id of the last, and of those before it. */
    async draw(drawn: Drawn[], attached: DrawnFile[] = []): Promise<{ last: string; ids: string[] } | undefined> {
      const filesOf = (at: number) => (at === drawn.length - 1 ? attached : []);
      const ids = ["@original"];
      const start = body(drawn[0]!, filesOf(0), inPlace);
      const fresh =
        !begun &&
        (await first(
          inPlace
            ? { type: InteractionResponseType.UpdateMessage, data: start }
            : { type: InteractionResponseType.ChannelMessageWithSource, data: { ...start, ...hidden } },
          filesOf(0),
        ));
      if (!fresh) {
        await begun;
        const redrawn = { auth: false, body: body(drawn[0]!, filesOf(0), true), files: filesOf(0) };
        await again(() => rest.patch(original, redrawn));
      }
      for (let at = 1; at < drawn.length; at++) {
        const more = { auth: false, body: { ...body(drawn[at]!, filesOf(at), false), ...hidden }, files: filesOf(at) };
        const sent = await again(() => rest.post(Routes.webhook(application_id, token), more));
        ids.push((sent as { id: string }).id);
      }
      const last = ids.pop()!;
      return ids.length ? { last, ids } : undefined;
    },
  };
}

/** Calls once more after a lost answer: better an answer twice than a person left waiting. */
async function again<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (!wasLost(error)) throw error;
    return call();
  }
}
