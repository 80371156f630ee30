// Keeps the system text in this tab of the browser, so that a reload brings it back, and out of the address, which
// every server and proxy on the way may write into its log. Part of page_script.js.
//
// sessionStorage:  sirocco/1/system    the text as it was typed

const SYSTEM = "sirocco/1/system";
const SYSTEM_NAME = "system"; // of the widget, and of its value in the address of old links

const systemText = (page.systemText ??= {});

// What is typed reaches the server with the next run only, and a reload may come before that.
function startSystemText() {
  document.addEventListener("input", ({ target }) => {
    if (!target.closest?.(`.st-key-${SYSTEM_NAME}`)) return;
    systemText.due = null;
    keepSystemText(target.value);
  });
}

// `system`: the text that the server knows; null on a page without settings. `restored`: how many times the server has
// got the text from before a reload.
function hearSystemText({ session, system, restored, most }, tell) {
  if (system === null) return;
  if (leaveTheAddress()) tell("left", true);
  if (systemText.session !== session) {
    Object.assign(systemText, { session, seen: "", due: keptSystemText()?.slice(0, most.system), told: null });
  }
  // Until the box shows the text, other messages of this page may bring the empty box back to the server.
  tendSystemText();
  if (system && !systemBox()) systemText.due = null;
  if (!system && systemText.due && systemText.told !== restored) {
    systemText.told = restored;
    tell("kept", systemText.due);
  }
  if (system === systemText.seen) return;
  systemText.seen = system;
  if (system || !systemText.due) keepSystemText(system);
}

// The text from before a reload has arrived when the box shows it.
function tendSystemText() {
  if (systemText.due && systemBox()?.value === systemText.due) systemText.due = null;
}

const systemBox = () => document.querySelector(`.st-key-${SYSTEM_NAME}`)?.querySelector("textarea");

// Remove the text from the address, if it is there; the server has read it by now.
function leaveTheAddress() {
  const url = new URL(location.href);
  if (!url.searchParams.has(SYSTEM_NAME)) return false;
  url.searchParams.delete(SYSTEM_NAME);
  history.replaceState(history.state, "", url.href);
  return true;
}

function keepSystemText(text) {
  try {
    if (text) window.sessionStorage.setItem(SYSTEM, text);
    else window.sessionStorage.removeItem(SYSTEM);
  } catch {
    // switched off in this browser, or full
  }
}

function keptSystemText() {
  try {
    return window.sessionStorage.getItem(SYSTEM);
  } catch {
    return null; // switched off in this browser
  }
}
