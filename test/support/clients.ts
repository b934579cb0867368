/** People with a client on each network: what they type and press, and what their client shows then, its buttons below. */
import assert from "node:assert/strict";
import { Visitor } from "../platforms/web/visitor.ts";
import type { Networks } from "./networks.ts";

export type Locale = "en" | "zh-CN";

export interface Client {
  command(name: string): Promise<string>;
  press(label: string): Promise<string>;
  /** Answers the questions of a form, by name, in this order. */
  fill(values: Record<string, string>): Promise<string>;
  join(code: string, alias: string): Promise<string>;
  /** The label of what can be pressed now and holds these words. */
  holding(part: string): string;
}

const passphrase = "quiet water under reeds";
let people = 5000;

const first = (labels: string[], part: string): string =>
  labels.find((label) => label.includes(part)) ?? assert.fail(`nothing to press holds “${part}”: ${labels.join(", ")}`);

const drawn = (text: string, labels: string[]): string =>
  [text.trim(), ...(labels.length > 0 ? [labels.map((label) => `[${label}]`).join(" ")] : [])].join("\n\n");

/** One more person on a network. */
export const clients: Record<"telegram" | "discord" | "web", (wired: Networks, locale: Locale) => Promise<Client>> = {
  async telegram({ telegram }, locale) {
    const person = telegram.user(++people, locale === "en" ? "en" : "zh-hans");
    await person.send("/start");
    let labels: string[] = [];
    const show = ({ text, buttons }: { text: string; buttons: string[] }) => {
      labels = buttons;
      return drawn(text, buttons);
    };
    return {
      command: async (name) => show(await person.send(`/${name}`)),
      press: async (label) => show(await person.press(label)),
      async fill(values) {
        let shown = "";
        for (const value of Object.values(values)) shown = show(await person.send(value));
        return shown;
      },
      async join(code, alias) {
        await person.send(`/join ${code}`);
        return show(await person.send(alias));
      },
      holding: (part) => first(labels, part),
    };
  },
  async discord({ discord }, locale) {
    const person = discord.account(++people, locale === "en" ? "en-US" : "zh-CN");
    let labels: string[] = [];
    const show = (view: { text: string; buttons: string[]; options: string[] }) => {
      labels = [...view.options, ...view.buttons];
      return drawn(view.text, labels);
    };
    return {
      command: async (name) => show(await person.command(name)),
      press: async (label) => show(await person.press(label)),
      fill: async (values) => show(await person.fill(values)),
      async join(code, alias) {
        await person.command("join");
        await person.fill({ code });
        return show(await person.fill({ alias }));
      },
      holding: (part) => first(labels, part),
    };
  },
  async web({ service }, locale) {
    const person = new Visitor(service.page, { "accept-language": locale });
    const show = () => person.seen();
    const fill = (values: Record<string, string>) => person.fill(values);
    const begin = async (path: string) => {
      await person.get(path);
      const form = person.page!.forms.at(-1)!;
      await person.submit(
        form,
        form.controls.find((c) => c.tag === "button"),
      );
      return show();
    };
    return {
      command: (name) => begin(`/${name}`),
      async press(label) {
        await person.press(label);
        return show();
      },
      fill,
      async join(code, alias) {
        await begin(`/join/${code}`);
        return fill({ alias, passphrase, again: passphrase });
      },
      holding: (part) =>
        first(
          person.page!.forms.flatMap((form) => form.controls.map((control) => control.label)),
          part,
        ),
    };
  },
};
