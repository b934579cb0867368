/** Draws a `Screen` as the one form of a page. Every text in it is escaped by the JSX, and freed of control characters. */
import type { Attachment, Choice, Menu, Picture, Quote, Screen } from "../../bot/screen.ts";
import { plain } from "../platform.ts";
import { sizeText } from "./locale.ts";
import { Fields, type Say, Tick } from "./questions.tsx";
import type { Seal } from "./visits.ts";

/** What drawing needs to know of the page it draws on. */
export interface Hand {
  say: Say;
  locale: string;
  /** Where a file can be fetched; absent where the visitor cannot be handed one. */
  offer?(file: NonNullable<Screen["attachments"]>[number]): string;
}

/** Up to here a choice is a row of large buttons, and one press is enough; beyond it a list to read first. */
const mostButtons = 6;

/** The hidden fields by which a form proves that it is ours. */
export const Sealed = ({ seal }: { seal: Seal }) => (
  <>
    <input type="hidden" name="event" value={seal.event} />
    <input type="hidden" name="token" value={seal.token} />
    {seal.limits && <input type="hidden" name="limits" value={seal.limits} />}
  </>
);

/** The body of a page for one screen. */
export function drawScreen(screen: Screen, hand: Hand, seal: Seal) {
  const { form, menu, files } = screen;
  const single = menu && !menu.many;
  const rows = single && menu.options.length <= mostButtons;
  const lead = form || menu?.many || (single && !rows);
  const files1 = files && !form;
  const acts = form || menu || files || screen.buttons?.length;
  return (
    <>
      {screen.notice && (
        <p class="notice" role="alert">
          {plain(screen.notice)}
        </p>
      )}
      {screen.progress && (
        <div class="progress">
          <span id="progress">{plain(screen.progress.text)}</span>
          <progress aria-labelledby="progress" value={screen.progress.at} max={screen.progress.of} />
        </div>
      )}
      {screen.title ? <h1>{plain(screen.title)}</h1> : <h1 class="unseen">{hand.say("web:talk.title")}</h1>}
      <Paragraphs text={screen.text} />
      {screen.secret && <Secret code={plain(screen.secret)} label={hand.say("web:secret.label")} />}
      {screen.picture && hand.offer && (
        <figure class="picture">
          <img src={hand.offer(pictureFile(screen.picture))} alt={plain(screen.picture.alt)} />
        </figure>
      )}
      {screen.quotes?.map((quote) => (
        <Quoted quote={quote} />
      ))}
      {screen.fold && (
        <details class="fold">
          <summary>{plain(screen.fold.title)}</summary>
          <Paragraphs text={screen.fold.text} />
        </details>
      )}
      {hand.offer && <Attachments screen={screen} hand={hand} />}
      {acts && (
        <form
          method="post"
          action="/talk"
          autocomplete="off"
          enctype={files ? "multipart/form-data" : "application/x-www-form-urlencoded"}
        >
          <Sealed seal={seal} />
          {form && <Fields form={form} under={screen.title} say={hand.say} />}
          {menu && <Options menu={menu} hand={hand} rows={rows === true} />}
          {files && <Files files={files} hand={hand} alone={files1 === true} />}
          {(lead || screen.buttons?.length) && (
            <div class="actions">
              {form && <Button choice={{ tone: "primary", ...form.send }} name="send" checks />}
              {menu?.many && menu.done && <Button choice={{ tone: "primary", ...menu.done }} name="done" checks />}
              {single && !rows && (
                <Button choice={{ value: "1", label: hand.say("web:menu.go"), tone: "primary" }} name="go" checks />
              )}
              {screen.buttons?.map((choice) => (
                <Button choice={choice} hand={hand} />
              ))}
            </div>
          )}
        </form>
      )}
    </>
  );
}

/** A picture as a file that is fetched once, like any other. */
export const pictureFile = (picture: Picture): Attachment => ({
  name: picture.name,
  type: "image/png",
  bytes: 0,
  open: async () => new Blob([(await picture.png()) as Uint8Array<ArrayBuffer>]).stream(),
});

const Paragraphs = ({ text }: { text: string }) => (
  <div class="words">
    {plain(text)
      .split(/\n{2,}/)
      .filter((part) => part.trim() !== "")
      .map((part) => (
        <p>{part}</p>
      ))}
  </div>
);

const Quoted = ({ quote }: { quote: Quote }) => (
  <figure class="quote">
    <figcaption>{plain(quote.by)}</figcaption>
    <blockquote dir="auto">
      <Paragraphs text={quote.text} />
    </blockquote>
  </figure>
);

/** In groups, so that it can be read out and copied by hand; it breaks between groups only. */
const Secret = ({ code, label }: { code: string; label: string }) => (
  <output class="secret" aria-label={label} translate="no" dir="ltr">
    {code.split(/(?<=[-\s])/).map((group) => (
      <>
        <span>{group}</span>
        <wbr />
      </>
    ))}
  </output>
);

const Attachments = ({ screen, hand }: { screen: Screen; hand: Hand }) =>
  screen.attachments?.length ? (
    <section class="files" aria-labelledby="files">
      <h2 id="files">{hand.say("web:attachments.title")}</h2>
      <ul>
        {screen.attachments.map((file) => (
          <li>
            <a href={hand.offer?.(file)}>{plain(file.name)}</a>
            <span class="hint"> {sizeText(hand.locale, file.bytes)}</span>
          </li>
        ))}
      </ul>
      <p class="hint">{hand.say("web:attachments.once")}</p>
    </section>
  ) : null;

/** A link out of the house, for the schemes that a page may safely open; anything else is only shown. */
const safeLink = /^(https?:\/\/|mailto:|tel:)/i;

function Button(props: { choice: Choice; hand?: Hand; name?: string; checks?: boolean; row?: boolean }) {
  const { choice, hand, name = "choice", checks, row } = props;
  const look = ["button", choice.tone, row && "row"].filter(Boolean).join(" ");
  const inside = (
    <>
      <span class="label">{plain(choice.label)}</span>
      {choice.on && hand && <span class="mark">{hand.say("web:menu.chosen")}</span>}
      {choice.hint && <span class="hint">{plain(choice.hint)}</span>}
    </>
  );
  if (choice.url !== undefined)
    return safeLink.test(choice.url) ? (
      <a class={look} href={choice.url} rel="noreferrer noopener external">
        {inside}
      </a>
    ) : (
      <p class="hint">{plain(`${choice.label} ${choice.url}`)}</p>
    );
  // Only the button that sends the answers may be held up by an empty required field: "back" must always work.
  return (
    <button class={look} type="submit" name={name} value={choice.value} formnovalidate={!checks}>
      {inside}
    </button>
  );
}

function Options({ menu, hand, rows }: { menu: Menu; hand: Hand; rows: boolean }) {
  return (
    <fieldset class="options">
      <legend>{plain(menu.hint)}</legend>
      {menu.options.map((option) =>
        rows || option.url !== undefined ? (
          <Button choice={option} hand={hand} row />
        ) : (
          <Tick
            option={option}
            name={menu.many ? "pick" : "one"}
            many={menu.many === true}
            on={option.on === true}
            required
          />
        ),
      )}
    </fieldset>
  );
}

function Files({ files, hand, alone }: { files: NonNullable<Screen["files"]>; hand: Hand; alone: boolean }) {
  return (
    <div class="field">
      <label for="upload">{plain(files.pick)}</label>
      <p class="hint" id="upload-hint">
        {hand.say("web:files.limit", { count: files.max, size: sizeText(hand.locale, files.bytes) })}
      </p>
      <input
        id="upload"
        type="file"
        name="file"
        multiple={files.max > 1}
        required={alone}
        aria-describedby="upload-hint"
      />
      {alone && <Button choice={{ value: "1", label: hand.say("web:files.send") }} name="files" checks />}
    </div>
  );
}
