/**
 * The examples of the Experience API's own specification, 1.0.3, part two (github.com/adlnet/xAPI-Spec, xAPI-Data.md,
 * Apache License 2.0), by the section where each stands. Sentences that only describe are left out; every field is there.
 */
type Json = Record<string, unknown>;

const named = (en: string) => ({ "en-US": en });
const choices = (...all: [string, string][]) => all.map(([id, text]) => ({ id, description: named(text) }));
const toby = { name: "Toby Nichols", openid: "http://toby.openid.example.org/", objectType: "Agent" };
const andrew = {
  name: "Andrew Downes",
  account: { homePage: "http://www.example.com", name: "13936749" },
  objectType: "Agent",
};
const me = { objectType: "Agent", mbox: "mailto:test@example.com" };

export const simplest = {
  id: "12345678-1234-5678-1234-567812345678",
  actor: { mbox: "mailto:xapi@adlnet.gov" },
  verb: { id: "http://adlnet.gov/expapi/verbs/created", display: named("created") },
  object: { id: "http://example.adlnet.gov/xapi/example/activity" },
};

export const completion = {
  id: "7ccd3322-e1a5-411a-a67d-6a735c76f119",
  timestamp: "2015-12-18T12:17:00+00:00",
  actor: { objectType: "Agent", name: "Example Learner", mbox: "mailto:example.learner@adlnet.gov" },
  verb: { id: "http://adlnet.gov/expapi/verbs/attempted", display: named("attempted") },
  object: {
    id: "http://example.adlnet.gov/xapi/example/simpleCBT",
    definition: { name: named("simple CBT course"), description: named("A fictitious example CBT course.") },
  },
  result: { score: { scaled: 0.95 }, success: true, completion: true, duration: "PT1234S" },
};

export const long = {
  id: "6690e6c9-3ef0-4ed3-8b37-7f3964730bee",
  actor: {
    name: "Team PB",
    mbox: "mailto:teampb@example.com",
    member: [
      andrew,
      toby,
      { name: "Ena Hills", mbox_sha1sum: "ebd31e95054c018b10727ccffd2ef2ec3a016ee9", objectType: "Agent" },
    ],
    objectType: "Group",
  },
  verb: { id: "http://adlnet.gov/expapi/verbs/attended", display: { "en-GB": "attended", "en-US": "attended" } },
  result: {
    extensions: {
      "http://example.com/profiles/meetings/resultextensions/minuteslocation":
        "X:\\meetings\\minutes\\examplemeeting.one",
    },
    success: true,
    completion: true,
    response: "We agreed on some example actions.",
    duration: "PT1H0M0S",
  },
  context: {
    registration: "ec531277-b57b-4c15-8d91-d292c5b2b8f7",
    contextActivities: {
      parent: [{ id: "http://www.example.com/meetings/series/267", objectType: "Activity" }],
      category: [
        {
          id: "http://www.example.com/meetings/categories/teammeeting",
          objectType: "Activity",
          definition: { name: { en: "team meeting" }, type: "http://example.com/expapi/activities/meetingcategory" },
        },
      ],
      other: [
        { id: "http://www.example.com/meetings/occurances/34257", objectType: "Activity" },
        { id: "http://www.example.com/meetings/occurances/3425567", objectType: "Activity" },
      ],
    },
    instructor: andrew,
    team: { name: "Team PB", mbox: "mailto:teampb@example.com", objectType: "Group" },
    platform: "Example virtual meeting software",
    language: "tlh",
    statement: { objectType: "StatementRef", id: "6690e6c9-3ef0-4ed3-8b37-7f3964730bee" },
  },
  timestamp: "2013-05-18T05:32:34.804+00:00",
  stored: "2013-05-18T05:32:34.804+00:00",
  authority: { account: { homePage: "http://cloud.scorm.com/", name: "anonymous" }, objectType: "Agent" },
  version: "1.0.0",
  object: {
    id: "http://www.example.com/meetings/occurances/34534",
    definition: {
      extensions: {
        "http://example.com/profiles/meetings/activitydefinitionextensions/room": {
          name: "Kilby",
          id: "http://example.com/rooms/342",
        },
      },
      name: { "en-GB": "example meeting", "en-US": "example meeting" },
      description: { "en-GB": "An example meeting.", "en-US": "An example meeting." },
      type: "http://adlnet.gov/expapi/activities/meeting",
      moreInfo: "http://virtualmeeting.example.com/345256",
    },
    objectType: "Activity",
  },
};

const comment = {
  actor: me,
  verb: { id: "http://example.com/commented", display: named("commented") },
  object: { objectType: "StatementRef", id: "8f87ccde-bb56-4c2e-ab83-44982ef22df0" },
  result: { response: "Wow, nice work!" },
};
const intention = {
  actor: me,
  verb: { id: "http://example.com/planned", display: named("planned") },
  object: {
    objectType: "SubStatement",
    actor: me,
    verb: { id: "http://example.com/visited", display: named("will visit") },
    object: {
      objectType: "Activity",
      id: "http://example.com/website",
      definition: { name: named("Some Awesome Website") },
    },
  },
};

/** An identified group: one that is known by an account. Appendix B has its members too, which 2.4.2.2 leaves to us. */
export const group = {
  name: "Example Group",
  account: { homePage: "http://example.com/homePage", name: "GroupAccount" },
  objectType: "Group",
  member: [
    { name: "Andrew Downes", mbox: "mailto:andrew@example.com", objectType: "Agent" },
    { name: "Aaron Silvers", openid: "http://aaron.openid.example.org", objectType: "Agent" },
  ],
};
/** An opaque account: what 2.4.2.4 recommends to whom is concerned about telling who somebody is. */
export const opaque = { objectType: "Agent", account: { homePage: "http://www.example.com", name: "1625378" } };

const asked = (ask: string, interactionType: string, pattern: string, more: Json = {}) => ({
  description: named(ask),
  type: "http://adlnet.gov/expapi/activities/cmi.interaction",
  interactionType,
  correctResponsesPattern: [pattern],
  ...more,
});
/** The kinds of interaction that our items have, of appendix C. */
export const interactions = {
  "true-false": asked("Does the xAPI include the concept of statements?", "true-false", "true"),
  choice: asked("Which of these prototypes are available at the beta site?", "choice", "golf[,]tetris", {
    choices: choices(
      ["golf", "Golf Example"],
      ["facebook", "Facebook App"],
      ["tetris", "Tetris Example"],
      ["scrabble", "Scrabble Example"],
    ),
  }),
  sequencing: asked("Order players by their pong ladder position:", "sequencing", "tim[,]mike[,]ells[,]ben", {
    choices: choices(["tim", "Tim"], ["ben", "Ben"], ["ells", "Ells"], ["mike", "Mike"]),
  }),
};

/** The simplest one with an id of another example: its own is no UUID of variant 2, which 2.4.1 asks for. */
const simple = { ...simplest, id: completion.id };

/** All of them as statements: what is no statement by itself stands in the simplest one. */
export const examples: Record<string, Json> = {
  "2.4 the simplest statement": simple,
  "appendix A, completion": completion,
  "appendix A, a long one": long,
  "2.4.4.3 a comment on a statement": comment,
  "2.4.4.3 a statement of intention": intention,
  "2.4.2.4 an opaque account": { ...simple, actor: opaque },
  "appendix B, a group as object": { ...simple, object: group },
  "appendix B, that group as actor": { ...simple, actor: group },
  ...Object.fromEntries(
    Object.entries(interactions).map(([kind, definition]) => [
      `appendix C, ${kind}`,
      { ...simple, object: { ...simple.object, definition } },
    ]),
  ),
};

const scored = (score: Json) => ({ ...completion, result: { ...completion.result, score } });
const acted = (actor: Json) => ({ ...completion, actor });
const defined = (definition: Json) => ({ ...simple, object: { ...simple.object, definition } });
const { account: _account, ...anonymous } = group;
const { member: _member, ...nobody } = anonymous;

/** Each an example with one rule broken, under the section that has the rule. */
export const broken: Record<string, Json> = {
  "2.4 no actor": { ...simple, actor: undefined },
  "2.4 no verb": { ...simple, verb: undefined },
  "2.4 no object": { ...simple, object: undefined },
  "2.4 a field that does not exist": { ...simple, learner: "1" },
  "2.2 a field that is null": { ...completion, result: null },
  "2.4.1 an id that is no UUID": { ...simple, id: "12345678" },
  "2.4.1 a UUID of another variant": simplest,
  "2.4.2.1 an agent whom nothing identifies": acted({ objectType: "Agent", name: "Example Learner" }),
  "2.4.2.1 an agent identified twice": acted({ ...opaque, mbox: "mailto:xapi@adlnet.gov" }),
  "2.4.2.2 an anonymous group without members": acted(nobody),
  "2.4.2.2 a group identified twice": acted({ ...group, mbox: "mailto:teampb@example.com" }),
  "2.4.2.3 an address that is no mailto": acted({ mbox: "xapi@adlnet.gov" }),
  "2.4.2.4 an account without a home": acted({ objectType: "Group", account: { name: "GroupAccount" } }),
  "2.4.2.4 an account whose home is no address": acted({ ...group, account: { homePage: "home", name: "1" } }),
  "2.4.3 a verb that is no address": { ...simple, verb: { id: "created" } },
  "2.4.4.1 an activity that is no address": { ...simple, object: { id: "activity" } },
  "2.4.4.1 an interaction of no kind": defined({ ...interactions.choice, interactionType: "guess" }),
  "2.4.4.1 choices of a kind that has none": defined({ ...interactions["true-false"], choices: choices(["a", "A"]) }),
  "2.4.4.1 a choice without an id": defined({ ...interactions.choice, choices: [{ description: named("Golf") }] }),
  "2.4.5 success in words": { ...completion, result: { success: "yes" } },
  "2.4.5 completion in words": { ...completion, result: { completion: "true" } },
  "2.4.5.1 a scaled score above 1": scored({ scaled: 1.01 }),
  "2.4.5.1 a scaled score below -1": scored({ scaled: -1.01 }),
  "2.4.5.1 a score in words": scored({ scaled: "0.95" }),
  "2.4.5.1 a raw score above the most": scored({ raw: 9, min: 0, max: 8 }),
  "2.4.5.1 a raw score below the least": scored({ raw: -1, min: 0, max: 8 }),
  "2.4.5.1 a least score above the most": scored({ min: 8, max: 0 }),
  "2.4.6 a parent that is no activity": {
    ...long,
    context: { contextActivities: { parent: [{ objectType: "Agent", mbox: "mailto:xapi@adlnet.gov" }] } },
  },
  "2.4.6.2 a relation that does not exist": { ...long, context: { contextActivities: { sibling: [simple.object] } } },
  "4.2 a language that is none": { ...simple, verb: { ...simple.verb, display: { English_: "created" } } },
  "4.1 an extension that is no address": { ...completion, result: { extensions: { people: 5 } } },
  "4.5 a moment that is none": { ...completion, timestamp: "18 December 2015" },
  "4.6 a duration in words": { ...completion, result: { duration: "21 minutes" } },
};
