/** A bare bot of the same library: it answers each message by one, and redraws each message that was pressed. */
import { Bot } from "node-telegram-bot-api";

const bot = new Bot(process.env.TELEGRAM_BOT_TOKEN ?? "", { apiRoot: process.env.TELEGRAM_API_ROOT ?? "" });
const reply_markup = { inline_keyboard: [[{ text: "Go on", callback_data: "go" }]] };
let pressed = 0;

bot.on("message", (ctx) => ctx.reply(ctx.message?.text ?? "", { reply_markup }));
bot.on("callback_query", async (ctx) => {
  const { id, message } = ctx.callbackQuery ?? {};
  if (id === undefined || message === undefined) return;
  await ctx.api.answerCallbackQuery({ callback_query_id: id });
  await ctx.api.editMessageText({
    chat_id: message.chat.id,
    message_id: message.message_id,
    text: `Pressed ${++pressed} times`,
    reply_markup,
  });
});

process.stdout.write(`echo at ${process.env.TELEGRAM_API_ROOT}\n`);
await bot.startPolling();
