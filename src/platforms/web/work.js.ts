/**
 * The only script of the page, and only beside a question of a flood: it finds the number that stands for the answer, by trying. It
 * sends nothing; the person presses Send. Where scripts are off, or the browser has no WebCrypto here, the sum stands as it is.
 */
export const work = `
const field = document.querySelector("input[data-work]");
if (field && globalThis.crypto?.subtle) (async () => {
  const { work, bits, busy, found } = field.dataset;
  const status = document.createElement("p");
  status.setAttribute("role", "status");
  status.className = "hint";
  const box = field.closest(".field");
  box.after(status);
  status.textContent = busy;
  const bytes = new TextEncoder();
  const zeros = async (n) => Math.clz32(new DataView(await crypto.subtle.digest("SHA-256", bytes.encode(work + "#" + n))).getUint32(0));
  for (let from = 0; ; from += 256) {
    const all = await Promise.all(Array.from({ length: 256 }, (_, i) => zeros(from + i)));
    const at = all.findIndex((n) => n >= bits);
    if (at < 0) continue;
    if (field.value === "") {
      field.value = "#" + (from + at);
      box.hidden = true;
    }
    status.textContent = found;
    return;
  }
})();
`;
