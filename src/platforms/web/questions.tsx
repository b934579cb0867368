/** Draws the questions of a form. What was typed before stands in them again. */
import type { Choice, Field, Form } from "../../bot/screen.ts";
import { plain } from "../platform.ts";

/** One sentence in the language of the page. */
export type Say = (key: string, values?: Record<string, string | number>) => string;

/** Up to here a question's options are all in sight; beyond it they fold into a list box. */
const mostRadios = 5;

/** All questions of a form. Its title is not shown twice where it is the page's heading already. */
export const Fields = ({ form, under, say }: { form: Form; under?: string; say: Say }) => (
  <section class="fields" aria-labelledby="form">
    <h2 id="form" class={form.title === under ? "unseen" : undefined}>
      {plain(form.title)}
    </h2>
    {form.fields.map((field, at) => (
      <Question field={field} id={`f${at}`} say={say} />
    ))}
  </section>
);

function Question({ field, id, say }: { field: Field; id: string; say: Say }) {
  const name = `f.${field.name}`;
  const hint = field.hint ? `${id}-hint` : undefined;
  const label = (
    <>
      <span class="label">{plain(field.label)}</span>
      {!field.required && <span class="optional"> {say("web:form.optional")}</span>}
    </>
  );
  const told = field.hint && (
    <p class="hint" id={hint}>
      {plain(field.hint)}
    </p>
  );
  const options = field.options ?? [];
  if (field.kind === "choices" || (field.kind === "choice" && options.length <= mostRadios))
    return (
      <fieldset class="field" aria-describedby={hint}>
        <legend>{label}</legend>
        {told}
        <Answers field={field} name={name} say={say} />
      </fieldset>
    );
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {told}
      {field.kind === "choice" ? (
        <select id={id} name={name} required={field.required} aria-describedby={hint}>
          <option value="">{say("web:form.pick")}</option>
          {options.map((option) => (
            <option value={option.value} selected={field.value === option.value}>
              {plain(option.label)}
            </option>
          ))}
        </select>
      ) : (
        <Typed field={field} id={id} name={name} hint={hint} />
      )}
    </div>
  );
}

function Answers({ field, name, say }: { field: Field; name: string; say: Say }) {
  const many = field.kind === "choices";
  const chosen = (field.value ?? "").split(",");
  const none = !many && !field.required;
  return (
    <>
      {/* No box ticked is an answer too; browsers would send nothing at all. */}
      {many && <input type="hidden" name={name} value="" />}
      {field.options?.map((option) => (
        <Tick option={option} name={name} many={many} on={chosen.includes(option.value)} required={field.required} />
      ))}
      {none && (
        <Tick
          option={{ value: "", label: say("web:form.none") }}
          name={name}
          many={false}
          on={!field.options?.some((option) => chosen.includes(option.value))}
        />
      )}
    </>
  );
}

/**
 * Nothing typed may stay on the device or leave it by itself: no autofill, no spelling service. A receipt is no
 * `type=password` either, because browsers offer to save those.
 */
function Typed({ field, id, name, hint }: { field: Field; id: string; name: string; hint?: string }) {
  const shared = {
    id,
    name,
    required: field.required === true,
    maxlength: field.max,
    autocomplete: "off",
    spellcheck: false,
    "aria-describedby": hint,
  };
  if (field.kind === "paragraph")
    return (
      <textarea {...shared} rows={(field.max ?? 0) > 1000 ? 10 : 5} dir="auto">
        {/* The parser drops the first line feed. */ `\n${field.value ?? ""}`}
      </textarea>
    );
  if (field.kind === "secret")
    return <input {...shared} type="text" class="code" value={field.value} autocapitalize="characters" dir="ltr" />;
  if (field.kind === "passphrase") return <input {...shared} type="password" autocapitalize="off" dir="ltr" />;
  const { work } = field;
  const data = work
    ? { "data-work": work.challenge, "data-bits": work.bits, "data-busy": work.busy, "data-found": work.found }
    : {};
  return <input {...shared} {...data} type="text" value={field.value} dir="auto" />;
}

/** One option with its box; the whole row can be pressed. */
export function Tick(props: { option: Choice; name: string; many: boolean; on: boolean; required?: boolean }) {
  const { option, name, many, on, required } = props;
  return (
    <label class="tick">
      <input
        type={many ? "checkbox" : "radio"}
        name={name}
        value={option.value}
        checked={on}
        required={required === true && !many}
      />
      <span>
        <span class="label">{plain(option.label)}</span>
        {option.hint && <span class="hint">{plain(option.hint)}</span>}
      </span>
    </label>
  );
}
