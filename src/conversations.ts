/** Every conversation there is, in the order in which they are looked through for a command or a button. */
import { ask } from "./conversations/ask.ts";
import { audit } from "./conversations/audit.ts";
import { board } from "./conversations/board.ts";
import { campaign } from "./conversations/campaign.ts";
import { campaigns as campaignsTalk } from "./conversations/campaigns.ts";
import { certificate } from "./conversations/certificate.ts";
import { factor } from "./conversations/factor.ts";
import { help } from "./conversations/help.ts";
import { home } from "./conversations/home.ts";
import { join } from "./conversations/join.ts";
import { language } from "./conversations/language.ts";
import { learning } from "./conversations/learning.ts";
import { mailbox } from "./conversations/mailbox.ts";
import { quiz as quizConversation } from "./conversations/quiz.ts";
import { report } from "./conversations/report.ts";
import { review } from "./conversations/review.ts";
import { series } from "./conversations/series.ts";
import { sighting } from "./conversations/sighting.ts";
import { sightings } from "./conversations/sightings.ts";
import { signin } from "./conversations/signin.ts";
import { stats } from "./conversations/stats.ts";
import { tips } from "./conversations/tips.ts";
import { trade as tradeOfCase } from "./conversations/trade.ts";

export const conversations = [
  tips,
  home,
  report,
  mailbox,
  ask,
  quizConversation,
  certificate,
  learning,
  review,
  audit,
  tradeOfCase,
  series,
  sighting,
  sightings,
  stats,
  join,
  signin,
  factor,
  board,
  campaign,
  campaignsTalk,
  language,
  help,
];
