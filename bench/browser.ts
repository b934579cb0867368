/** A browser without scripts, as far as a server can tell: one connection kept open, a cookie, forms and redirects. */
import { Agent, type IncomingMessage, request } from "node:http";
import { Readable } from "node:stream";

export type Fields = Record<string, string>;

export interface Browser {
  /** The page that is open, as HTML. */
  readonly page: string;
  /** Requests so far, redirects included. */
  readonly requests: number;
  open(path: string): Promise<void>;
  /**
   * Presses the button called `name` whose value ends in `end`, in the page's own form, and reads the page that it leads
   * to. `answers` are what was typed and ticked; `file` is what was chosen where the form takes files.
   */
  press(name: string, end: string, answers?: Fields, file?: Iterable<Uint8Array>): Promise<void>;
  close(): void;
}

/** Opens a browser on `url`. Its methods throw for any answer that is no page and no redirect. */
export function browser(url: string): Browser {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  let cookie = "";
  let page = "";
  let requests = 0;

  async function go(method: string, path: string, type?: string, body?: string | Readable): Promise<void> {
    requests += 1;
    const headers = {
      "sec-fetch-site": "same-origin",
      "accept-language": "en",
      ...(cookie ? { cookie } : {}),
      ...(type ? { "content-type": type } : {}),
      ...(typeof body === "string" ? { "content-length": Buffer.byteLength(body) } : {}),
    };
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      const asked = request(new URL(path, url), { method, agent, headers }, resolve).on("error", reject);
      if (body instanceof Readable) body.pipe(asked);
      else asked.end(body);
    });
    const pieces: Buffer[] = [];
    for await (const piece of answer) pieces.push(piece as Buffer);
    for (const line of answer.headers["set-cookie"] ?? []) cookie = line.split(";")[0] ?? "";
    if (answer.statusCode === 303) return go("GET", answer.headers.location ?? "/");
    if (answer.statusCode !== 200) throw new Error(`${method} ${path} was answered with ${answer.statusCode}`);
    page = Buffer.concat(pieces).toString("utf8");
  }

  return {
    get page() {
      return page;
    },
    get requests() {
      return requests;
    },
    open: (path) => go("GET", path),
    press(name, end, answers = {}, file) {
      const form = ownForm(page);
      const fields = { ...hiddenOf(form), ...answers };
      const button = { [name]: pressedOf(form, name, end) };
      if (!form.includes("multipart/form-data")) {
        const body = new URLSearchParams({ ...fields, ...button }).toString();
        return go("POST", "/talk", "application/x-www-form-urlencoded", body);
      }
      const whole = multipart(fields, file, button);
      const body = file ? Readable.from(whole) : [...whole].join("");
      return go("POST", "/talk", `multipart/form-data; boundary=${edge}`, body);
    },
    close: () => agent.destroy(),
  };
}

const edge = "----a-browser-without-scripts";

/** A multipart body as browsers write it: the fields, the file input (also where it is empty), the pressed button. */
function* multipart(
  fields: Fields,
  file: Iterable<Uint8Array> | undefined,
  button: Fields,
): Generator<string | Uint8Array> {
  const part = (name: string, more = ""): string =>
    `--${edge}\r\ncontent-disposition: form-data; name="${name}"${more}\r\n\r\n`;
  for (const [name, value] of Object.entries(fields)) yield `${part(name)}${value}\r\n`;
  yield part("file", `; filename="${file ? "evidence.bin" : ""}"\r\ncontent-type: application/octet-stream`);
  if (file) yield* file;
  for (const [name, value] of Object.entries(button)) yield `\r\n${part(name)}${value}`;
  yield `\r\n--${edge}--\r\n`;
}

/** The one form in the middle of the page; the frame has others. */
function ownForm(page: string): string {
  const main = page.slice(page.indexOf("<main"));
  return main.slice(main.indexOf("<form"), main.indexOf("</form>"));
}

function hiddenOf(form: string): Fields {
  return Object.fromEntries(
    [...form.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)].map((m) => [m[1] ?? "", m[2] ?? ""]),
  );
}

/** The whole value of a button, of which only the end is known. Throws when there is none. */
function pressedOf(form: string, name: string, end: string): string {
  const buttons = [...form.matchAll(/<button[^>]*? name="([^"]+)" value="([^"]+)"/g)];
  const found = buttons.find((b) => b[1] === name && b[2]?.endsWith(end))?.[2];
  if (found === undefined) throw new Error(`no button ${name}=…${end} in ${form.slice(0, 300)}`);
  return found;
}
