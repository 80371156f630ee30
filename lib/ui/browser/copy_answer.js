// Copies an answer within the click itself. The server need not send the text, because the browser keeps the chat and
// has it already. Part of chat_storage.js, whose functions it uses.
//
// What is clicked: the button with the key "copy-answer-<variant>" (lib/ui/chat/turn_foot.py), or the entry
// "Copy the answer" of the open menu with the key "more-<variant>".

const SIGN_MS = 2000;
const SIGN_STYLE =
  "position:fixed;z-index:9999999;padding:0.25rem 0.6rem;border-radius:0.4rem;background:#262730;color:#fff;" +
  "font:0.85rem sans-serif;pointer-events:none;box-shadow:0 0 0 1px #fff5";
const COPY_ENTRY = "Copy the answer";

const idBehind = (start, element) =>
  element && new RegExp(`(?:^| )st-key-${start}-(\\S+)`).exec(element.getAttribute("class") ?? "")?.[1];

function answerToCopy(target) {
  const button = target.closest?.("button")?.closest('[class*="st-key-copy-answer-"]');
  if (button) return idBehind("copy-answer", button);
  if (!target.closest?.('[role="menuitem"]')?.getAttribute("data-key")?.endsWith(COPY_ENTRY)) return null;
  const menu = document.querySelector('button[aria-haspopup="menu"][aria-expanded="true"]');
  return idBehind("more", menu?.closest('[class*="st-key-more-"]'));
}

async function copyClicked(event) {
  const variant = answerToCopy(event.target);
  if (!variant) return;
  if (event.target.closest("button")) event.stopPropagation(); // nothing for the server to do
  const place = event.target.getBoundingClientRect();
  const text = answerText(variant);
  const done = text !== null && (await copyText(text));
  sign(done ? "Copied" : "This browser did not copy it", place);
}

// Shows for two seconds what has happened, beside what was clicked, and tells it to screen readers.
function sign(text, { left, top }) {
  operations.say(`${text}.`);
  page.sign?.remove();
  const shown = (page.sign = document.createElement("div"));
  shown.textContent = text;
  shown.setAttribute("aria-hidden", "true");
  shown.setAttribute("id", "sirocco-sign");
  shown.style.cssText = `${SIGN_STYLE};left:${Math.max(8, left)}px;top:${Math.max(8, top - 36)}px`;
  document.body.append(shown);
  setTimeout(() => shown.remove(), SIGN_MS);
}

// The text of an answer of the chat on the page as the model wrote it; null if the browser does not have it.
function answerText(variant) {
  const key = SPACE + page.chat + "/" + variant;
  try {
    const { parts } = JSON.parse(page.unsaved.get(key) ?? local.getItem(key));
    return parts.map((part) => part.text ?? "").join("").replace(/^ /, "");
  } catch {
    return null;
  }
}
