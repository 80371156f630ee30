// Keeps the runs of the Compare page in this browser, as one text, which only the server reads. Every time the page is
// drawn, what is stored is compared with what this tab last read of it; so a reload, another tab's runs and
// "Forget everything" are all noticed in the same place, and nothing is overwritten that was not read.
//
// localStorage:    sirocco/1/shelf     the runs, newest first (lib/records/run_records.py)
// sessionStorage:  sirocco/1/run       the id of the run that this tab shows; a reload asks for it

const KEY = "sirocco/1/shelf";
const SHOWN = "sirocco/1/run";
const SPACE = "sirocco/1/"; // where chat_storage.js tells other tabs to forget
const MOST = 300_000; // characters that the server reads; one more tells it that there are more

// One state for each page load, in `window`, so that it stays if Streamlit loads this module again.
const page = (window.siroccoRunsStorage ??= {});

export default function ({ data, setTriggerValue, parentElement }) {
  const frame = parentElement.closest?.('[data-testid="stElementContainer"]');
  if (frame) frame.style.position = "absolute"; // it takes no space, not even the gap between elements
  const local = probe();
  if (!local) return;
  if (page.session !== data.session)
    Object.assign(page, { session: data.session, known: null, number: 0, full: false, asked: false });
  if (!data.extra) Object.assign(page, { tell: setTriggerValue, place: parentElement });
  page.going = data.going ? data.shown : "";
  page.bus ??= listen();
  const stored = local.getItem(KEY);
  const shown = window.sessionStorage.getItem(SHOWN);
  if (data.shown && data.shown !== shown) note(data.shown);
  if (page.gone === page.session || (stored === null && page.known !== null)) {
    page.tell("forgotten", page.session);
  } else if (!data.shown && shown && !page.asked) {
    page.asked = true;
    page.tell("shown", shown);
  } else if (stored !== page.known) {
    page.known = stored;
    page.tell("saved", stored.slice(0, MOST + 1));
  } else if (data.number > page.number && data.text === null) {
    page.tell("gap", data.number);
  } else if (data.number > page.number) {
    page.number = data.number;
    write(local, data.text);
  }
}

function note(shown) {
  try {
    window.sessionStorage.setItem(SHOWN, shown);
  } catch {} // the storage is full; then a reload shows no run, but all of them are in the list
}

function write(local, text) {
  try {
    local.setItem(KEY, text);
    page.known = text;
  } catch { // full; what was there before is still there
    if (!page.full) page.tell("full", true);
    page.full = true;
  }
}

function listen() {
  window.addEventListener("pagehide", () => {
    // If this is a reload, the run goes on until the page is there (lib/hosting/addresses.py).
    if (page.going) document.cookie = `sirocco_left_run=${page.going}; Max-Age=10; SameSite=Strict`;
  });
  const bus = new BroadcastChannel(SPACE);
  bus.onmessage = () => {
    page.gone = page.session;
    if (page.place.isConnected) page.tell("forgotten", page.session); // else when the page is next drawn
  };
  return bus;
}

function probe() {
  try {
    return window.localStorage;
  } catch {
    return null; // switched off in this browser
  }
}
