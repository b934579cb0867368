import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Every key with its sentence: `report:kind.title`. */
export const sentences = (locale: string): Map<string, string> =>
  new Map(
    readdirSync(join("locales", locale)).flatMap((file) => {
      const flat = (at: string, value: unknown): [string, string][] =>
        typeof value === "string"
          ? [[at, value]]
          : Object.entries(value as object).flatMap(([k, v]) => flat(at.endsWith(":") ? at + k : `${at}.${k}`, v));
      return flat(`${file.slice(0, -5)}:`, JSON.parse(readFileSync(join("locales", locale, file), "utf8")));
    }),
  );
