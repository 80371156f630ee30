// Puts a text on the clipboard. Placed before the scripts that copy (scripts.py).
async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch { // the page has no https address
    const before = deepest(document);
    const field = Object.assign(document.createElement("textarea"), { value: text });
    document.body.append(field);
    field.select();
    document.execCommand("copy");
    field.remove();
    before?.focus({ preventScroll: true }); // the keyboard goes on where it was
  }
}

// What has the focus, also within a component that has a document tree of its own.
function deepest(tree) {
  const focused = tree.activeElement;
  return focused?.shadowRoot?.activeElement ? deepest(focused.shadowRoot) : focused;
}
