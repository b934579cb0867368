/** What Discord opens in a window of its own: a form, and the file picker. */
import {
  type APIComponentInLabel,
  type APIModalInteractionResponseCallbackData,
  ComponentType,
  TextInputStyle,
} from "discord.js";
import type { Field, Form, Screen } from "../../bot/screen.ts";
import { drawOption } from "./draw.ts";
import { cut } from "./text.ts";

/**
 * Draws a form as a modal. `random` must be fresh for each opening: the mobile client shows the earlier text again
 * in a modal whose id it has seen.
 */
export function drawForm(form: Form, random: string): APIModalInteractionResponseCallbackData {
  return {
    custom_id: `f:${random}:${form.send.value}`,
    title: cut(form.title, 45) || "…",
    components: form.fields.map((field) => {
      const hint = [field.label.length > 45 ? field.label : "", field.hint ?? ""].filter((part) => part).join(" ");
      return {
        type: ComponentType.Label,
        label: cut(field.label, 45) || "…",
        ...(hint ? { description: cut(hint, 100) } : {}),
        component: drawField(field),
      };
    }),
  };
}

/** Radio buttons and checkboxes show all options at once; they hold ten, a radio group no less than two. */
function drawField(field: Field): APIComponentInLabel {
  const custom_id = field.name;
  const required = field.required ?? false;
  if (field.kind === "choice" || field.kind === "choices") {
    const many = field.kind === "choices";
    const on = new Set(many ? (field.value ?? "").split(",") : [field.value]);
    const options = (field.options ?? []).slice(0, 25).map((option) => drawOption(option, on.has(option.value)));
    const few = options.length <= 10;
    if (many && few)
      return {
        type: ComponentType.CheckboxGroup,
        custom_id,
        required,
        min_values: required ? 1 : 0,
        max_values: options.length,
        options,
      };
    if (!many && few && options.length > 1) return { type: ComponentType.RadioGroup, custom_id, required, options };
    return {
      type: ComponentType.StringSelect,
      custom_id,
      required,
      min_values: required ? 1 : 0,
      max_values: many ? options.length : 1,
      options,
    };
  }
  const max = Math.min(field.max ?? 4000, 4000);
  return {
    type: ComponentType.TextInput,
    custom_id,
    style: field.kind === "paragraph" ? TextInputStyle.Paragraph : TextInputStyle.Short,
    required,
    max_length: max,
    ...(field.value ? { value: field.value.slice(0, max).replace(/[\uD800-\uDBFF]$/, "") } : {}),
  };
}

/** Draws the file picker: one to ten files. */
export function drawFiles(
  files: NonNullable<Screen["files"]>,
  random: string,
): APIModalInteractionResponseCallbackData {
  return {
    custom_id: `u:${random}:`,
    title: cut(files.pick, 45) || "…",
    components: [
      {
        type: ComponentType.Label,
        label: cut(files.pick, 45) || "…",
        ...(files.pick.length > 45 ? { description: cut(files.pick, 100) } : {}),
        component: {
          type: ComponentType.FileUpload,
          custom_id: "files",
          min_values: 1,
          max_values: Math.max(1, Math.min(files.max, 10)),
          required: true,
        },
      },
    ],
  };
}
