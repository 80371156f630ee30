// Reads what was shared from the part of the address behind "#", which browsers send to no server, and tells it to
// the server over the page's websocket. Mounted by the Shared page.
//
// An old link has it in the query ("?r="): its first request has shown it to the server, and the address is
// rewritten at once, so that no later request and no copied address does.

const NAME = "r"; // the same name in both places (lib/records/links.py)
const MOST = 6_001; // characters that are told; one more than a link has, so that the server knows what is longer
const FORGETTING = "sirocco/1/"; // where chat_storage.js tells other tabs to forget

// One state for each page load, whatever becomes of this module.
const page = (window.siroccoSharedLink ??= {});

export default function ({ data, setTriggerValue, parentElement }) {
  const frame = parentElement.closest?.('[data-testid="stElementContainer"]');
  if (frame) frame.style.position = "absolute"; // takes no place, not even a gap
  if (page.session !== data.session)
    Object.assign(page, { session: data.session, told: null, closed: data.closed });
  const arrived = page.place !== parentElement; // at this page of the app
  Object.assign(page, { tell: setTriggerValue, place: parentElement });
  page.bus ??= listen();
  if (data.closed > page.closed) {
    Object.assign(page, { told: "", closed: data.closed });
    write("");
  } else if (data.shown) {
    if (arrived && !read()) write(data.shown); // came by the navigation, which leaves this part of the address out
    if (data.shown === read()) page.told = data.shown;
  }
  look();
}

function look() {
  const link = read();
  if (link === page.told || !page.place.isConnected) return;
  page.told = link;
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

function listen() {
  window.addEventListener("hashchange", look);
  const bus = new BroadcastChannel(FORGETTING);
  bus.onmessage = () => {
    if (page.place.isConnected) page.tell("forgotten", true);
  };
  return bus;
}
