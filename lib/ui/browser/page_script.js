// The script of every page. Its parts follow in this order: tab_storage.js keeps texts in the tab, drafts.js what is
// typed, fields.js is about keys in fields, newest.js about where the visitor is in a long chat, connection.js about the
// connection to the server, system_text.js keeps the system text and tab_settings.js the other settings, late_files.js
// loads scripts of Streamlit before they are needed, and sidebar.js closes the sidebar.

// One state for each page load, in `window`, so that it stays if Streamlit loads this module again.
const page = (window.siroccoPage ??= {});

export default function ({ data, setTriggerValue, parentElement }) {
  const frame = parentElement.closest?.('[data-testid="stElementContainer"]');
  if (frame) frame.style.position = "absolute"; // it takes no space, not even the gap between elements
  if (!page.started) {
    page.started = true;
    startDrafts();
    startFields();
    startNewest();
    startConnection();
    startSystemText();
    startTabSettings();
    startSidebar();
    document.addEventListener("click", onlyFirstClick, true);
    new MutationObserver(tendSoon).observe(document.body, { childList: true, characterData: true, subtree: true });
  }
  hearDrafts(data);
  hearNewest(data);
  hearTabSettings(data, setTriggerValue);
  hearSystemText(data, setTriggerValue);
  hearLateFiles(data);
  tend();
}

// What has to be done for elements that have just been drawn; once for many of them, and less often where it takes long,
// as on a long page: a streaming answer needs the time.
const TEND_MS = [30, 200]; // at least and at most
const TEND_PART = 50; // it takes at most one fiftieth of the time

function tendSoon() {
  page.tending ??= setTimeout(tend, page.tendIn);
}

function tend() {
  clearTimeout(page.tending);
  page.tending = null;
  const began = performance.now();
  tendDrafts();
  tendFields();
  tendNewest();
  tendConnection();
  tendSystemText();
  const [least, most] = TEND_MS;
  page.tendIn = Math.min(most, Math.max(least, TEND_PART * (performance.now() - began)));
}

// The second click of a double click does nothing: on a slow server the page may have been drawn anew between the two, so
// "Run" would begin two comparisons. The arrows between variants are for clicking on. "Again" is also guarded by
// chat_storage.js, because it has a shortcut.
const STEPS = ['[class*="st-key-earlier-"]', '[class*="st-key-later-"]'];

function onlyFirstClick(event) {
  const button = event.detail > 1 && event.target.closest?.('[data-testid="stButton"]');
  if (!button || STEPS.some((selector) => event.target.closest(selector))) return;
  event.preventDefault();
  event.stopImmediatePropagation();
}
