/** One screen of every kind, in the words of the product, for the tests that look at pages. */
import type { Screen } from "../../../src/bot/screen.ts";

type Gallery = Record<string, Screen>;

const file = (name: string, bytes: number) => ({
  name,
  type: "application/octet-stream",
  bytes,
  open: async () => new Response("hello").body as ReadableStream<Uint8Array>,
});

const en: Gallery = {
  home: {
    title: "Someone is selling people's data",
    text: "Tell us what you know, without giving your name. Your report is sealed before it is stored, and only the people who review it can read it.\n\nYou get a code. With it you can come back, read our answer and add what you forgot.",
    buttons: [
      { value: "report", label: "Report something", tone: "primary" },
      { value: "mailbox", label: "Open my mailbox" },
      { value: "ask", label: "Ask about privacy" },
      { value: "help", label: "What this is", tone: "quiet" },
    ],
  },
  rows: {
    title: "What is it about?",
    text: "Choose what fits best. You can tell the rest in your own words later.",
    progress: { at: 1, of: 8, text: "1 of 8" },
    menu: {
      hint: "One of these",
      options: [
        { value: "a", label: "I know that data is being sold", hint: "You saw it, were told, or take part in it" },
        { value: "b", label: "Someone contacted me and knew my data", hint: "A call, a message, a letter" },
        { value: "c", label: "I was offered money to look data up" },
        { value: "d", label: "Something else", on: true },
      ],
    },
    buttons: [{ value: "cancel", label: "Cancel", tone: "quiet" }],
  },
  list: {
    title: "Which sector?",
    text: "Where was the data held before it was sold?",
    progress: { at: 2, of: 8, text: "2 of 8" },
    menu: {
      hint: "One of these",
      options: [
        "Banking",
        "Telecom",
        "Parcel delivery",
        "Hospitals",
        "Schools",
        "Government",
        "Hotels and travel",
        "Property",
        "Car dealers and insurance companies with very long names that need to wrap",
      ].map((label, i) => ({ value: `s${i}`, label, on: i === 2 })),
    },
    buttons: [
      { value: "back", label: "Back" },
      { value: "skip", label: "Skip this question", tone: "quiet" },
    ],
  },
  many: {
    title: "What kinds of data?",
    text: "Choose as many as you know of.",
    progress: { at: 3, of: 8, text: "3 of 8" },
    notice: "Please choose at least one, or skip this question.",
    menu: {
      hint: "Several are possible",
      many: true,
      done: { value: "done", label: "Continue" },
      options: [
        { value: "a", label: "Names and phone numbers", on: true },
        { value: "b", label: "Bank records", hint: "Balance, account, transactions" },
        { value: "c", label: "Where someone is or was" },
        { value: "d", label: "Identity card" },
      ],
    },
    buttons: [
      { value: "back", label: "Back" },
      { value: "skip", label: "Skip this question", tone: "quiet" },
    ],
  },
  form: {
    title: "Tell us what happened",
    text: "Only the story is needed. Everything else helps us to see how the pieces belong together.",
    progress: { at: 5, of: 8, text: "5 of 8" },
    form: {
      title: "What you know",
      send: { value: "send", label: "Continue" },
      fields: [
        {
          name: "story",
          label: "What happened?",
          hint: "What was sold, by whom, how you know. Leave out what only you could know.",
          kind: "paragraph",
          required: true,
          max: 20000,
          value:
            "A teller at the branch in the old town looks up balances and sends photos of the screen.\n\nIt has been going on since spring.",
        },
        { name: "org", label: "Which organisation?", kind: "line", max: 200, value: "Harbour Bank" },
        {
          name: "when",
          label: "When?",
          kind: "choice",
          options: [
            { value: "a", label: "It is still going on" },
            { value: "b", label: "It has ended" },
          ],
        },
        {
          name: "chan",
          label: "How is it sold?",
          kind: "choices",
          value: "y",
          options: [
            { value: "x", label: "In a chat group" },
            { value: "y", label: "On a market place", hint: "A shop or forum for such data" },
          ],
        },
        {
          name: "region",
          label: "Where?",
          kind: "choice",
          options: Array.from({ length: 14 }, (_, i) => ({ value: `r${i}`, label: `Region ${i + 1}` })),
        },
      ],
    },
    buttons: [
      { value: "back", label: "Back" },
      { value: "cancel", label: "Stop and forget this", tone: "danger" },
    ],
  },
  code: {
    title: "Open your mailbox",
    text: "Type the code that you noted down. Spaces and small letters do not matter.",
    form: {
      title: "Your code",
      send: { value: "open", label: "Open" },
      fields: [{ name: "code", label: "Code", kind: "secret", required: true, max: 40, hint: "21 characters" }],
    },
    buttons: [{ value: "home", label: "To the first page", tone: "quiet" }],
  },
  evidence: {
    title: "Do you have anything to show?",
    text: "Photos, documents or recordings. We remove hidden details from pictures before anyone sees them.",
    progress: { at: 6, of: 8, text: "6 of 8" },
    files: { max: 5, bytes: 200 * 1024 * 1024, pick: "Choose files" },
    buttons: [
      { value: "next", label: "Continue", tone: "primary" },
      { value: "back", label: "Back" },
    ],
  },
  receipt: {
    title: "Your report has been received",
    text: "Write this code down now. It is shown only once, and we keep no copy.\n\nWith it you can read our answer, add to your report or withdraw it.",
    secret: "7QX4-M2VK-P9DT-3HNW-BR6S-C",
    buttons: [
      { value: "noted", label: "I have noted it down", tone: "primary" },
      { value: "web", label: "Where else you can turn", url: "https://example.org/", tone: "quiet" },
    ],
  },
  mailbox: {
    title: "Your mailbox",
    text: "Status: being looked into.",
    fold: { title: "Where this comes from", text: "• Civil Code (China), article 1032\n• GDPR, article 34" },
    quotes: [
      {
        by: "The team, 3 May",
        text: "Thank you. Do you know in which chat group the records are offered?\n\nA name or a link is enough.",
      },
      {
        by: "You, 4 May",
        text: "https://t.example/very-long-link-without-any-spaces-that-must-not-make-the-page-wider-than-the-screen-it-is-shown-on",
      },
    ],
    attachments: [
      file("Your report.txt", 4_210),
      file("Answer with a rather long name of the document that was attached.pdf", 1_400_000),
    ],
    buttons: [
      { value: "reply", label: "Answer", tone: "primary" },
      { value: "add", label: "Add files" },
      { value: "withdraw", label: "Withdraw my report", tone: "danger" },
    ],
  },
};

const zh: Gallery = {
  home: {
    title: "有人在倒卖个人信息",
    text: "把你知道的告诉我们，不用留下姓名。举报在保存之前就会加密，只有受理人员能看到。\n\n提交后你会得到一个查询码，凭它可以回来查看答复、补充内容。",
    buttons: [
      { value: "report", label: "我要举报", tone: "primary" },
      { value: "mailbox", label: "打开我的信箱" },
      { value: "help", label: "这是什么", tone: "quiet" },
    ],
  },
  rows: {
    title: "你要举报什么？",
    text: "选最接近的一项，其他情况稍后可以用自己的话说。",
    progress: { at: 1, of: 8, text: "第 1 步，共 8 步" },
    menu: {
      hint: "请选择一项",
      options: [
        { value: "a", label: "我知道有人在出售个人信息", hint: "亲眼看到、听说，或者自己参与过" },
        { value: "b", label: "有人联系我，并且知道我的信息", hint: "电话、短信、信件" },
        { value: "c", label: "有人出钱让我查信息" },
      ],
    },
    buttons: [{ value: "cancel", label: "取消", tone: "quiet" }],
  },
  form: {
    title: "说说发生了什么",
    text: "只有经过是必填的，其他内容能帮助我们把线索联系起来。",
    progress: { at: 5, of: 8, text: "第 5 步，共 8 步" },
    notice: "请先写下事情的经过。",
    form: {
      title: "你知道的情况",
      send: { value: "send", label: "继续" },
      fields: [
        {
          name: "story",
          label: "发生了什么？",
          hint: "卖的是什么、谁在卖、你是怎么知道的。只有你才知道的细节可以不写。",
          kind: "paragraph",
          required: true,
          max: 20000,
        },
        { name: "org", label: "涉及哪家单位？", kind: "line", max: 200 },
        {
          name: "when",
          label: "什么时候？",
          kind: "choice",
          options: [
            { value: "a", label: "还在继续" },
            { value: "b", label: "已经结束" },
          ],
        },
      ],
    },
    buttons: [{ value: "back", label: "返回上一步" }],
  },
  evidence: {
    title: "有可以证明的材料吗？",
    text: "照片、文件或录音都可以。图片里隐藏的信息会先去除。",
    files: { max: 5, bytes: 200 * 1024 * 1024, pick: "选择文件" },
    buttons: [{ value: "next", label: "继续", tone: "primary" }],
  },
  receipt: {
    title: "已收到你的举报",
    text: "请现在记下这个查询码。它只显示这一次，我们不留底。",
    secret: "7QX4-M2VK-P9DT-3HNW-BR6S-C",
    buttons: [{ value: "noted", label: "我已记下", tone: "primary" }],
  },
  mailbox: {
    title: "你的信箱",
    text: "状态：正在核实。",
    fold: { title: "依据是什么", text: "• 《民法典》第1032条\n• 欧盟《通用数据保护条例》（GDPR）第34条" },
    quotes: [{ by: "受理人员，5 月 3 日", text: "谢谢。你知道这些信息是在哪个群里出售的吗？" }],
    attachments: [file("举报内容.txt", 4_210)],
    buttons: [
      { value: "reply", label: "回复", tone: "primary" },
      { value: "withdraw", label: "撤回举报", tone: "danger" },
    ],
  },
};

export const galleries: Record<string, Gallery> = { en, "zh-CN": zh };
