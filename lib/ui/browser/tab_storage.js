// Texts that this tab keeps over a reload, in sessionStorage. Part of page_script.js.

// False if the browser did not take the text: storage is switched off, or full. An empty text removes the key.
function keepInTab(key, text) {
  try {
    if (text) window.sessionStorage.setItem(key, text);
    else window.sessionStorage.removeItem(key);
    return true;
  } catch {
    return false;
  }
}

// "" if there is none, or storage is switched off.
function keptInTab(key) {
  try {
    return window.sessionStorage.getItem(key) ?? "";
  } catch {
    return "";
  }
}
