/** Whom to call in danger. */
import type { ContactView, Knowledge } from "../knowledge/knowledge.ts";

/** Countries whose emergency numbers are shown where the locale names none. */
const several = ["EU", "US", "UK", "IN", "CN"];

/** The emergency numbers of the country that the locale names, else of several. */
export function emergency(knowledge: Knowledge, locale: string): ContactView[] {
  const region = new Intl.Locale(locale).region;
  const countries = region === undefined ? several : [region === "GB" ? "UK" : region];
  const of = (country: string) =>
    knowledge
      .contacts(country, locale)
      .filter((contact) => contact.kind === "emergency" && contact.country === country);
  const found = countries.flatMap(of);
  return found.length > 0 ? found : several.flatMap(of);
}
