/**
 * The look of every page, as one string because it stands inside the page and is named by its hash in the policy.
 * Logical properties only, so that right-to-left needs nothing of its own; colours come in a light and a dark set,
 * each at least 4.5:1 for text and 3:1 for edges of controls.
 */
export const look = `
:root {
  color-scheme: light dark;
  --paper: #f8f6f1; --sheet: #fffefb; --ink: #22211d; --soft: #5b574e; --line: #d9d4c7; --edge: #857f72;
  --deep: #17564f; --deeper: #0e403b; --on-deep: #ffffff; --wash: #e6efeb; --ring: #1d4ed8;
  --warn: #8f2d1f; --warn-wash: #fbeae4; --note: #f6ecd2; --note-line: #a8791a; --exit: #34312b; --on-exit: #ffffff;
  --sans: system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", "PingFang SC", "Hiragino Sans GB",
    "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", sans-serif;
  --serif: "Iowan Old Style", "Palatino Linotype", Palatino, "Source Serif 4", "Noto Serif", Georgia, var(--sans);
  --mono: ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #161715; --sheet: #1e201d; --ink: #ebe8df; --soft: #b3ada0; --line: #3a3c37; --edge: #8b877c;
    --deep: #9bd3c6; --deeper: #b9e3d9; --on-deep: #0c2723; --wash: #20302c; --ring: #9dbcff;
    --warn: #f3a595; --warn-wash: #38201b; --note: #332b18; --note-line: #d9ab4e; --exit: #ebe8df; --on-exit: #1b1a17;
  }
}
*, *::before, *::after { box-sizing: border-box; }
html { font: 100%/1.6 var(--sans); background: var(--paper); color: var(--ink); -webkit-text-size-adjust: 100%;
  text-size-adjust: 100%; scroll-padding-block: 5rem 1rem; }
body { margin: 0; min-block-size: 100vh; display: flex; flex-direction: column; overflow-wrap: break-word; }
:lang(zh), :lang(ja), :lang(ko) { line-height: 1.75; --serif: var(--sans); }
a { color: var(--deep); text-underline-offset: .18em; }
:focus-visible { outline: 3px solid var(--ring); outline-offset: 3px; border-radius: .4rem; }
main:focus { outline: none; }
.unseen { position: absolute; inline-size: 1px; block-size: 1px; margin: -1px; overflow: hidden; clip-path: inset(50%);
  white-space: nowrap; }
.skip { position: absolute; inset-inline-start: 1rem; inset-block-start: -6rem; z-index: 3; padding: .6rem 1rem;
  background: var(--sheet); color: var(--ink); border-radius: .4rem; }
.skip:focus { inset-block-start: .6rem; }

header { position: sticky; inset-block-start: 0; z-index: 2; background: var(--paper); border-block-end: 1px solid var(--line); }
.bar, main, .foot { inline-size: 100%; max-inline-size: 40rem; margin-inline: auto; padding-inline: 1.25rem; }
.bar { display: flex; align-items: center; gap: .5rem; padding-block: .5rem; }
.bar form { margin: 0; }
.wordmark { display: inline-flex; align-items: center; gap: .5rem; min-block-size: 2.75rem; margin-inline-end: auto;
  color: var(--deep); text-decoration: none; font: 600 1.2rem/1 var(--serif); letter-spacing: .005em; }
.wordmark svg { flex: none; }
.tool, .exit { display: inline-flex; align-items: center; justify-content: center; gap: .4rem; min-block-size: 2.75rem;
  min-inline-size: 2.75rem; padding: .35rem .8rem; border-radius: .5rem; font: 500 .95rem/1.2 var(--sans);
  white-space: nowrap; cursor: pointer; }
.tool { background: none; border: 1px solid transparent; color: var(--soft); }
.tool:hover { color: var(--ink); border-color: var(--line); }
.exit { background: var(--exit); color: var(--on-exit); border: 1px solid var(--exit); font-weight: 600; text-decoration: none; }
.exit:hover { text-decoration: underline; }
.leave, .tool svg { flex: none; }
[dir=rtl] .leave { transform: scaleX(-1); }

main { flex: 1; padding-block: 2.25rem 3.5rem; }
h1, h2 { font-family: var(--serif); font-weight: 600; line-height: 1.25; text-wrap: balance; }
h1 { font-size: clamp(1.6rem, 1.35rem + 1.4vw, 2.1rem); margin-block: 0 1rem; letter-spacing: -.005em; }
h2 { font-size: 1.2rem; margin-block: 2rem .75rem; }
p { margin-block: 0 1em; text-wrap: pretty; }
.words p { white-space: pre-wrap; overflow-wrap: anywhere; font-size: 1.0625rem; }
.hint, .optional { color: var(--soft); font-size: .94rem; font-weight: 400; }
.notice { margin-block: 0 1.75rem; padding: .85rem 1.1rem; background: var(--note); border: 1px solid var(--note-line);
  border-inline-start-width: .35rem; border-radius: .4rem; white-space: pre-wrap; overflow-wrap: anywhere; }
.progress { display: grid; gap: .4rem; margin-block-end: 1.5rem; color: var(--soft); font-size: .94rem; }
progress { appearance: none; inline-size: 100%; block-size: .375rem; border: 0; border-radius: 1rem; overflow: hidden;
  background: var(--line); color: var(--deep); }
progress::-webkit-progress-bar { background: var(--line); }
progress::-webkit-progress-value { background: var(--deep); border-radius: 1rem; }
progress::-moz-progress-bar { background: var(--deep); border-radius: 1rem; }
.secret { display: block; margin-block: 1.5rem; padding: 1.25rem 1rem; text-align: center; background: var(--sheet);
  border: 2px dashed var(--deep); border-radius: .6rem; font: 600 clamp(1.25rem, 5.2vw, 1.75rem)/1.6 var(--mono);
  letter-spacing: .04em; -webkit-user-select: all; user-select: all; }
.secret span { white-space: pre; }
.quote { margin: 1.5rem 0; padding: 1rem 1.1rem; background: var(--sheet); border: 1px solid var(--line); border-radius: .6rem; }
.quote figcaption { color: var(--soft); font-size: .94rem; font-weight: 600; margin-block-end: .4rem; }
.quote blockquote { margin: 0; max-block-size: none; }
.fold { margin-block: 1.5rem; border-block: 1px solid var(--line); }
.fold summary { min-block-size: 2.75rem; padding-block: .6rem; color: var(--deep); font-weight: 600; cursor: pointer; }
.fold .words p { font-size: .94rem; color: var(--soft); }
.picture { margin: 0 0 1rem; }
.picture img { display: block; max-inline-size: 100%; block-size: auto; background: #fff; border-radius: .5rem; }
.quote p:last-child { margin-block-end: 0; }
.files ul { list-style: none; margin: 0 0 .5rem; padding: 0; }
.files li { padding-block: .5rem; border-block-end: 1px solid var(--line); overflow-wrap: anywhere; }
.files a { display: inline-block; padding-block: .5rem; }

form { margin-block: 1.75rem 0; }
fieldset { border: 0; margin: 0; padding: 0; min-inline-size: 0; }
.field { margin-block: 0 1.75rem; }
.field > label:not(.tick), legend { display: block; padding: 0; margin-block-end: .4rem; font-weight: 600; }
.field > .hint { margin-block-end: .5rem; }
.options legend { margin-block-end: .75rem; }
input[type=text], input[type=password], textarea, select { display: block; inline-size: 100%; min-block-size: 2.75rem; padding: .6rem .75rem;
  font: inherit; color: inherit; background: var(--sheet); border: 1px solid var(--edge); border-radius: .5rem; }
textarea { resize: vertical; line-height: 1.6; }
.code { font-family: var(--mono); letter-spacing: .05em; }
input[type=text]:focus, input[type=password]:focus, textarea:focus, select:focus { outline: 3px solid var(--ring); outline-offset: 1px; }
input[type=file] { display: block; inline-size: 100%; min-block-size: 4.5rem; padding: 1rem; margin-block-end: .75rem; font: inherit;
  color: inherit; background: var(--sheet); border: 2px dashed var(--edge); border-radius: .5rem; }
input[type=file]::file-selector-button { font: inherit; font-weight: 600; min-block-size: 2.5rem; padding: .3rem .9rem;
  margin-inline-end: .8rem; color: var(--ink); background: var(--wash); border: 1px solid var(--edge); border-radius: .4rem; cursor: pointer; }

.tick { display: flex; gap: .75rem; align-items: flex-start; min-block-size: 2.75rem; margin-block-end: .5rem;
  padding: .6rem .85rem; background: var(--sheet); border: 1px solid var(--line); border-radius: .5rem; cursor: pointer; }
.tick:hover { border-color: var(--edge); }
.tick:has(:checked) { border-color: var(--deep); background: var(--wash); }
.tick:has(:focus-visible) { outline: 3px solid var(--ring); outline-offset: 2px; }
.tick input { flex: none; inline-size: 1.25rem; block-size: 1.25rem; margin: .2em 0 0; accent-color: var(--deep); }
.tick input:focus-visible { outline: none; }
.tick > span { min-inline-size: 0; overflow-wrap: anywhere; }
.tick .hint, .row .hint { display: block; }

.actions { display: flex; flex-wrap: wrap; gap: .75rem; margin-block-start: 1.75rem; }
.button { display: inline-flex; flex-wrap: wrap; align-items: center; justify-content: center; gap: 0 .5rem; min-block-size: 3rem; max-inline-size: 100%;
  padding: .6rem 1.25rem; font: 600 1rem/1.35 var(--sans); text-align: center; text-decoration: none; cursor: pointer;
  overflow-wrap: anywhere; color: var(--deep); background: var(--sheet); border: 1px solid var(--edge); border-radius: .5rem; }
.button:hover { border-color: var(--deep); background: var(--wash); }
.button .hint { flex-basis: 100%; }
.primary { color: var(--on-deep); background: var(--deep); border-color: var(--deep); }
.primary:hover { background: var(--deeper); border-color: var(--deeper); }
.primary .hint { color: inherit; }
.danger { color: var(--warn); border-color: var(--warn); }
.danger:hover { background: var(--warn-wash); border-color: var(--warn); }
.quiet { background: none; border-color: transparent; color: var(--soft); text-decoration: underline; text-underline-offset: .2em;
  padding-inline: .75rem; }
.quiet:hover { color: var(--ink); background: none; border-color: var(--line); }
.row .label { font-weight: 600; }
.row { display: block; font-weight: 400; inline-size: 100%; margin-block-end: .6rem; padding: .8rem 1.1rem; text-align: start; }
.mark { font-weight: 400; font-size: .94rem; padding-inline-start: .5rem; }
.mark::before { content: "✓ " / ""; }

.ways ul { display: flex; flex-wrap: wrap; gap: .5rem; list-style: none; margin: 0 0 1rem; padding: 0; }
.ways a { display: inline-flex; align-items: center; min-block-size: 2.75rem; padding: .35rem .9rem; text-decoration: none; font-weight: 500;
  background: var(--sheet); border: 1px solid var(--line); border-radius: 1.5rem; }
.ways a:hover { border-color: var(--deep); }
.ways a[aria-current] { color: var(--on-deep); background: var(--deep); border-color: var(--deep); }
.tip { margin-block-end: 1rem; padding: 1rem 1.1rem .75rem; background: var(--sheet); border: 1px solid var(--line); border-radius: .6rem;
  scroll-margin-block-start: 5rem; }
.tip:target { border-color: var(--deep); background: var(--wash); }
.tip p { margin-block-end: .6rem; }
.tip .label { font-weight: 600; }
.tip .more { display: flex; flex-wrap: wrap; gap: 0 1.5rem; margin: 0; }
.tip .more a { display: inline-flex; align-items: center; min-block-size: 2.75rem; font-weight: 600; }

.foot { padding-block: 1.5rem 2.5rem; }
footer { border-block-start: 1px solid var(--line); color: var(--soft); font-size: .9rem; }
footer h2 { font: 600 .9rem/1.4 var(--sans); margin-block: 0 .5rem; }
footer ul { margin: 0; padding-inline-start: 1.1rem; }
footer li { margin-block-end: .3rem; }

@media (max-width: 30rem) {
  .bar, main, .foot { padding-inline: 1rem; }
  main { padding-block-start: 1.5rem; }
  .bar { gap: .25rem; }
  .wordmark { font-size: 1.1rem; gap: .4rem; }
  .tool span { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); }
  .tool { padding-inline: .4rem; }
  .actions { flex-direction: column; }
  .actions .button { inline-size: 100%; }
}
@media (max-width: 22rem) {
  .leave { display: none; }
}
@media (prefers-reduced-motion: no-preference) {
  .button, .tick, .tool { transition: background-color .12s, border-color .12s, color .12s; }
}
@media (forced-colors: active) {
  progress { appearance: auto; }
  .button, .exit, .tool, .tick, .ways a { border-color: ButtonText; }
  .ways a[aria-current] { border-width: 3px; }
  .primary { border-width: 3px; }
  .tick:has(:checked) { border-width: 2px; border-color: Highlight; }
}
@media print {
  header, footer, form, .skip { display: none; }
}
`;
