// Puts a text on the clipboard; true if that worked. Call it within a click: some browsers allow it only then, and
// what is done on a page without an https address works only then. A part of other scripts (components.py).
async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch { // not allowed, or the page has no https address
    const before = deepest(document);
    const field = Object.assign(document.createElement("textarea"), { value: text });
    document.body.append(field);
    field.select();
    const done = document.execCommand("copy");
    field.remove();
    before?.focus({ preventScroll: true }); // the keyboard goes on where it was
    return done;
  }
}

// The element that has the focus, also within a component that has a document tree of its own.
function deepest(tree) {
  const focused = tree.activeElement;
  return focused?.shadowRoot?.activeElement ? deepest(focused.shadowRoot) : focused;
}
