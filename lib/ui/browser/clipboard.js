// Puts a text on the clipboard. Placed before the scripts that copy (scripts.py).
async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch { // the page has no https address
    const field = Object.assign(document.createElement("textarea"), { value: text });
    document.body.append(field);
    field.select();
    document.execCommand("copy");
    field.remove();
  }
}
