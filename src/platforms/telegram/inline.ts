/**
 * Inline search: somebody types `@bot …` in any chat, picks an answer, and posts it there under their own name.
 * Telegram carries what is typed to us and keeps no list of answers for later: the time to keep it is nought.
 */
import type { Api, InlineQuery } from "node-telegram-bot-api";
import { type Answers, plain } from "../platform.ts";
import { drawScreen } from "./draw.ts";

/** Bytes of a result's id that Telegram takes. */
const longestId = 64;
/** Characters of the line below a title. */
const line = 120;

/**
 * Answers one query with what can be posted, and a way into the private chat.
 *
 * @param aside labels the way into the private chat
 */
export async function answerInline(api: Api, query: InlineQuery, answers: Answers, aside: string): Promise<void> {
  const found = await answers.find(query.from.language_code ?? "", query.query);
  const results = found
    .filter(({ id }) => Buffer.byteLength(id, "utf8") <= longestId)
    .map(({ id, title, text, fold }) => {
      // an answer fits into one message; of a longer one the first is posted
      const { text: message_text, entities } = drawScreen({ title, text, fold, ours: true }, "").pieces[0]!;
      return {
        type: "article",
        id,
        title: plain(title),
        description: plain(text).slice(0, line),
        input_message_content: { message_text, entities, link_preview_options: { is_disabled: true } },
      };
    });
  await api.answerInlineQuery({
    inline_query_id: query.id,
    results,
    cache_time: 0,
    is_personal: true,
    button: { text: aside.slice(0, 64), start_parameter: "hello" },
  });
}
