// Keeps the system text in this tab of the browser, so that a reload brings it back, and out of the address, which
// every server and proxy on the way may write into its log.
//
// sessionStorage:  sirocco/1/system    the text as it was typed

const KEY = "sirocco/1/system";
const NAME = "system"; // of the widget, and of its value in the address of old links
const MOST = 2_000; // characters that the widget takes (lib/mistral/size.py)

// One state for each page load, whatever becomes of this module.
const page = (window.siroccoSystemText ??= {});

export default function ({ data, setTriggerValue, parentElement }) {
  const frame = parentElement.closest?.('[data-testid="stElementContainer"]');
  if (frame) frame.style.position = "absolute"; // takes no place, not even a gap
  if (leaveTheAddress()) setTriggerValue("left", true);
  page.listens ??= listen();
  if (page.session !== data.session) {
    Object.assign(page, { session: data.session, seen: "" });
    const kept = probe()?.getItem(KEY);
    if (kept && !data.text) setTriggerValue("kept", kept.slice(0, MOST));
  }
  if (data.text === page.seen) return;
  page.seen = data.text;
  keep(data.text);
}

// Remove the text from the address, if it is there; the server has read it by now.
function leaveTheAddress() {
  const url = new URL(location.href);
  if (!url.searchParams.has(NAME)) return false;
  url.searchParams.delete(NAME);
  history.replaceState(history.state, "", url.href);
  return true;
}

// What is typed reaches the server with the next run only, and a reload may come before that.
function listen() {
  document.addEventListener("input", ({ target }) => {
    if (target.closest?.(`.st-key-${NAME}`)) keep(target.value);
  });
  return true;
}

function keep(text) {
  try {
    if (text) window.sessionStorage.setItem(KEY, text);
    else window.sessionStorage.removeItem(KEY);
  } catch {
    // switched off in this browser, or full
  }
}

function probe() {
  try {
    return window.sessionStorage;
  } catch {
    return null; // switched off in this browser
  }
}
