// Keys in fields: a shortcut first applies what is typed into a setting; the box in which a prompt is edited gets the
// focus and understands Ctrl+Enter and Escape; a menu that is opened with a key gets the focus. Part of page_script.js.

const EDITOR = '[class*="st-key-editor-"]';

const fields = (page.fields ??= { editor: null });

function startFields() {
  document.addEventListener("keydown", beforeShortcut, true);
  document.addEventListener("keydown", inEditor);
  document.addEventListener("focusout", ({ target }) => enterStopSequence(target), true);
  document.addEventListener("focusin", ({ target }) => target.matches?.('[role="menu"]') && tendSoon());
}

// A shortcut acts at once, so what has been typed into a setting is handed over before it.
function beforeShortcut(event) {
  const field = event.target;
  if (!event.altKey || event.key === "Alt" || !field.matches?.("input, textarea")) return;
  enterStopSequence(field);
  if (!field.matches('[data-testid="stChatInputTextArea"]')) leaveField(field);
}

// Streamlit takes a text when its field is left; the focus can stay where it is.
function leaveField(field) {
  field.dispatchEvent(new FocusEvent("focusout", { bubbles: true }));
}

// A stop sequence counts when Enter is pressed; Streamlit would drop one that was only typed.
function enterStopSequence(field) {
  if (!field.closest?.(".st-key-stop") || !field.value?.trim()) return;
  field.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", keyCode: 13, bubbles: true, cancelable: true }));
}

function inEditor(event) {
  const editor = event.target.closest?.(EDITOR);
  if (!editor || event.isComposing || event.target.tagName !== "TEXTAREA") return;
  if (event.key === "Escape") editor.querySelector('[class*="st-key-cancel-"]').querySelector("button").click();
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  leaveField(event.target);
  editor.querySelector('[class*="st-key-ask-edited-"]').querySelector("button").click();
}

// An editor that has just been opened gets the focus, with the cursor behind the text. Code, which may be wider or higher
// than its frame, is scrolled with the arrow keys once it has the focus.
function tendFields() {
  focusOpenedMenu();
  for (let code; (code = document.querySelector("pre:not([tabindex])")); ) code.setAttribute("tabindex", "0");
  const box = document.querySelector(EDITOR)?.querySelector("textarea") ?? null;
  if (box === fields.editor) return;
  fields.editor = box;
  if (!box || document.activeElement === box) return; // the visitor is there already
  box.focus();
  box.setSelectionRange(box.value.length, box.value.length);
}

// Streamlit gives the focus to a menu that is opened with a pointer only, so no key would reach its entries. On a busy
// machine it gives it to the menu afterwards, where Enter does not reach the entry that is still marked.
function focusOpenedMenu() {
  const at = document.activeElement;
  if (at?.matches?.('[role="menu"]')) return at.querySelector('[data-focused="true"]')?.focus();
  if (at?.getAttribute?.("aria-haspopup") !== "menu" || at.getAttribute("aria-expanded") !== "true") return;
  document.querySelector('[role="menuitem"]')?.focus();
}
