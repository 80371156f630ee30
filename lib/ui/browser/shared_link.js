// Reads what was shared from the part of the address behind "#", which browsers send to no server, and sends it to
// this server over the page's websocket. The Shared page mounts it. What was opened last is kept in this tab, so that
// it is open again after a reload, also if another page of the app was reloaded.
//
// sessionStorage:  sirocco/1/opened    as JSON: {"link"}, a file as {"name", "text"}, or {"recording"} of the gallery
//
// An old link has it in the query ("?r="): its first request has shown it to the server, and the address is
// rewritten at once, so that no later request and no copied address does.

const NAME = "r"; // the same name in both places (lib/records/links.py)
const MOST = 6_001; // characters that are sent; one more than a link may have, so that the server notices longer ones
const FORGETTING = "sirocco/1/"; // where chat_storage.js tells other tabs to forget
const OPENED = "sirocco/1/opened";

// One state for each page load, in `window`, so that it stays if Streamlit loads this module again.
const page = (window.siroccoSharedLink ??= {});

export default function ({ data, setTriggerValue, parentElement }) {
  const frame = parentElement.closest?.('[data-testid="stElementContainer"]');
  if (frame) frame.style.position = "absolute"; // it takes no space, not even the gap between elements
  if (page.session !== data.session)
    Object.assign(page, { session: data.session, told: null, closed: data.closed, number: 0 });
  const arrived = page.place !== parentElement; // at this page of the app
  Object.assign(page, { tell: setTriggerValue, place: parentElement, open: data.open });
  page.bus ??= listen();
  if (data.closed > page.closed) {
    Object.assign(page, { told: "", closed: data.closed });
    write("");
  } else if (data.shown) {
    if (arrived && !read()) write(data.shown); // the navigation leaves this part of the address out
    if (data.shown === read() && page.told !== data.shown) keepLink((page.told = data.shown));
  }
  look();
  if (data.keep && data.keep.number > page.number) {
    page.number = data.keep.number;
    keep(data.keep.what);
  }
}

function look() {
  if (!page.place.isConnected) return;
  const before = page.told === null && !page.open && !read() ? kept() : null; // from before a reload
  if (before?.link) write(before.link);
  const link = read();
  if (link === page.told) return;
  page.told = link;
  if (before && !before.link) return page.tell("kept", before);
  keepLink(link);
  page.tell("link", link.slice(0, MOST));
}

// The newest link in the address; "" without one. One in the query is moved behind "#".
function read() {
  const query = new URLSearchParams(location.search).getAll(NAME).at(-1);
  if (query !== undefined) write(query);
  return new URLSearchParams(location.hash.slice(1)).getAll(NAME).at(-1) ?? "";
}

function write(link) {
  const url = new URL(location.href);
  url.searchParams.delete(NAME);
  url.hash = link && `${NAME}=${encodeURIComponent(link)}`;
  history.replaceState(history.state, "", url.href);
}

// Keeps the link, or removes the kept one if the address has no link any more, because it was closed.
function keepLink(link) {
  if (link || kept()?.link) keep(link && link.length < MOST ? { link } : null);
}

function keep(what) {
  try {
    window.sessionStorage.removeItem(OPENED); // first: the old one must not stay if the new one is too large
    if (what) window.sessionStorage.setItem(OPENED, JSON.stringify(what));
  } catch {
    // switched off in this browser, or full
  }
}

function kept() {
  try {
    return JSON.parse(window.sessionStorage.getItem(OPENED));
  } catch {
    return null; // switched off in this browser, or changed by hand
  }
}

function listen() {
  window.addEventListener("hashchange", look);
  const bus = new BroadcastChannel(FORGETTING);
  bus.onmessage = () => {
    keep(null);
    if (page.place.isConnected) page.tell("forgotten", true);
  };
  return bus;
}
