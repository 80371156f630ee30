// Keeps the system text in this tab of the browser, so that a reload brings it back, and out of the address, which
// every server and proxy on the way may write into its log. Part of page_script.js.
//
// sessionStorage:  sirocco/1/system    the text as it was typed

const SYSTEM = "sirocco/1/system";
const SYSTEM_NAME = "system"; // of the widget, and of its value in the address of old links

const SURE_MS = 5000; // after this time no message is under way that was sent before the box showed the text

const systemText = (page.systemText ??= {});

// Stores the text as it is typed: it reaches the server with the next run only, and a reload may come before that.
function startSystemText() {
  document.addEventListener("input", ({ target }) => {
    if (!target.closest?.(`.st-key-${SYSTEM_NAME}`)) return;
    systemText.due = null;
    keepInTab(SYSTEM, target.value);
  });
  // A button may empty the box, such as "Reset to defaults".
  document.addEventListener("click", ({ target }) => target.closest?.("button") && (systemText.due = null), true);
}

// `system`: the text that the server has; null on a page without settings. `restored`: how many times the server has
// got the text from before a reload.
function hearSystemText({ session, system, restored, most }, tell) {
  if (system === null) return;
  if (leaveTheAddress()) tell("left", true);
  if (systemText.session !== session) {
    // If a page without settings has sent it already (tab_settings.js), it is not sent again.
    const [seen, due] = restored ? [null, null] : ["", keptInTab(SYSTEM).slice(0, most.system)];
    Object.assign(systemText, { session, seen, due, told: null, shownAt: null });
  }
  tendSystemText();
  const arrived = systemBox() ? Date.now() - (systemText.shownAt ?? Infinity) > SURE_MS : system;
  if (arrived) systemText.due = null;
  // Another message of this page, sent before the box had the text, has brought the empty box back to the server.
  if (!system && systemText.due && systemText.told !== restored) {
    systemText.told = restored;
    tell("kept", systemText.due);
  }
  if (system === systemText.seen) return;
  systemText.seen = system;
  if (system || !systemText.due) keepInTab(SYSTEM, system);
}

function tendSystemText() {
  if (systemText.due && systemBox()?.value === systemText.due) systemText.shownAt ??= Date.now();
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
