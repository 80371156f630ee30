// Keeps the conversation in this browser, carries out numbered operations of the server (each exactly once), has screen
// readers announce what happens, and moves the focus to the chat input when "/" is pressed. Its parts are chats.js, which
// lists the chats, copy_answer.js and clipboard.js.
//
// localStorage:    sirocco/1/<chat>/<variant>        the record of one variant (lib/records/chat_records.py)
//                  sirocco/1/<chat>/<variant>/at     its place in the tree
//                  sirocco/1/<chat>/<variant>/live   what the page shows of a running answer, each second
//                  sirocco/1/<chat>/<variant>/on     the same of one that continues the last block of what was there before
//                  sirocco/1/<chat>/<variant>/cut    the page has lost its connection while that answer arrived
//                  sirocco/1/shelf                   not a conversation: runs of the Compare page (runs_storage.js)
//                  sirocco/1/<chat>/touched, /held   when it last changed; which tab has it (without Web Locks)
// sessionStorage:  sirocco/1/tab                     the conversation of this tab
//                  sirocco/1/session                 the server's session of this tab, for the one after a reload

const OURS = "sirocco/";
const SPACE = "sirocco/1/";
const TAB = SPACE + "tab";
const SESSION = SPACE + "session";
const DAY = 24 * 3600 * 1000; // milliseconds
const KEPT_CHATS = 20;
const KEPT_DAYS = 30;
const MOST = 17_000_000; // bytes that are sent to the server; a websocket message has a limit of 20 MB
const STALE_BEAT = 5000; // milliseconds without a heartbeat after which a tab counts as closed
const DOUBLE_CLICK = 500; // milliseconds between two clicks, the default of common operating systems

// One state for each page load, in `window`, so that it stays if Streamlit loads this module again.
const page = (window.siroccoChatStorage ??= {
  me: Math.random().toString(36).slice(2),
  work: Promise.resolve(),
  refused: new Set(), // conversations that another tab has; nothing is written to them
  unsaved: new Map(), // what localStorage did not take, so that it can still be copied
});
const local = probe(() => window.localStorage);
const tab = probe(() => window.sessionStorage);

export default function ({ data, setTriggerValue, parentElement }) {
  Object.assign(page, { tell: setTriggerValue, place: parentElement, queue });
  const frame = parentElement.closest?.('[data-testid="stElementContainer"]');
  if (frame) frame.style.position = "absolute"; // it takes no space, not even the gap between elements
  queue(data);
}

// Do what a run of the script on the server has sent, after what earlier runs have sent; chat_end.js calls it, too.
function queue(data) {
  page.work = page.work.then(() => obey(data)).catch((error) => console.error("chat_storage.js", error));
}

async function obey(data) {
  if (page.session !== data.session) {
    start();
    Object.assign(page, { session: data.session, applied: 0, told: false, listed: null, refused: new Set() });
    const before = tab?.getItem(SESSION);
    write(tab, SESSION, data.session);
    page.waiting = await greet(before);
  }
  if (data.loaded) page.waiting = false;
  if (!page.waiting && data.chat !== page.chat) await hold(data.chat);
  page.live = data.live;
  if (data.chat === page.forgotten) page.tell("forgotten", true); // another page of the app was open at that time
  if (data.operations.length && data.operations[0][0] > page.applied + 1) page.tell("gap", page.applied);
  for (const [number, what, ...rest] of data.operations) {
    if (number <= page.applied) continue;
    page.applied = number;
    await operations[what](...rest);
  }
}

const operations = {
  async set(chat, name, value) {
    if (page.refused.has(chat)) return;
    const key = SPACE + chat + "/" + name;
    const text = JSON.stringify(value);
    let done = write(local, key, text);
    for (const old of done ? [] : await spare(0)) done = done || (drop(old), write(local, key, text));
    page.unsaved.delete(key);
    if (!done) page.unsaved.set(key, text);
    if (done) {
      touch(chat);
      if (chat === page.chat) write(tab, TAB, chat);
    } else if (!page.told) {
      page.told = true;
      page.tell("trouble", local ? "full" : "unavailable");
    }
  },
  del(chat, name) {
    if (!page.refused.has(chat)) local?.removeItem(SPACE + chat + "/" + name);
  },
  drop: (chat) => page.refused.has(chat) || drop(chat),
  load(chat) {
    page.tell("saved", { version: 1, asked: true, chat, ...read(chat) });
  },
  list: tellChats,
  remove: removeChat,
  put_back: putBack,
  download: downloadChats,
  forget() {
    page.tell("gone", tally());
    wipe();
    page.bus?.postMessage("forget");
  },
  say(text) {
    const line = document.createElement("p");
    line.textContent = text;
    page.voice.append(line);
    while (page.voice.childElementCount > 3) page.voice.firstElementChild.remove();
  },
};

// ---- once for each page load, and once for each session ----

function start() {
  if (page.voice) return;
  page.voice = Object.assign(document.createElement("div"), { id: "sirocco-voice", role: "status" });
  page.voice.setAttribute("aria-live", "polite");
  page.voice.style.cssText =
    "position:fixed;width:1px;height:1px;margin:-1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap";
  document.body.append(page.voice);
  document.addEventListener("keydown", focusPrompt);
  document.addEventListener("keydown", onlyFirst, true);
  document.addEventListener("click", onlyFirst, true);
  document.addEventListener("click", copyClicked, true);
  setInterval(beat, 1000);
  document.addEventListener("visibilitychange", beat);
  window.addEventListener("pagehide", () => {
    beat();
    // If this is a reload, the server keeps the answer until the page is there (lib/hosting/addresses.py).
    if (page.live) document.cookie = `sirocco_left_answer=${variantOf(page.live[1])}; Max-Age=10; SameSite=Strict`;
    if (!hasChat()) return;
    if (names(page.chat).length) touch(page.chat);
    local?.removeItem(SPACE + page.chat + "/held");
  });
  page.bus = new BroadcastChannel(SPACE);
  page.bus.onmessage = () => {
    wipe();
    page.refused.add((page.forgotten = page.chat));
    // While another page of the app is open, a message would open this one again; then it is sent when this one opens.
    if (page.place.isConnected) page.tell("forgotten", true);
  };
}

// Tell the server what this browser has; false when there is nothing to tell. `before`: the id of the session before,
// of which the server may have more. It is not told if another tab has removed the conversation in the meantime.
async function greet(before) {
  const mine = tab?.getItem(TAB);
  const told = mine ? read(mine) : { records: {} };
  if (before && !(mine && !names(mine).length)) told.before = before;
  for (const old of await spare(KEPT_CHATS)) drop(old);
  const recent = (await spare(0)).filter((chat) => Date.now() - touched(chat) < DAY);
  const offer = recent.filter((chat) => names(chat).length).pop(); // not one whose answers were all deleted
  const other = keys(local).some((key) => key.startsWith(OURS) && !key.startsWith(SPACE));
  if (!Object.keys(told.records).length && !told.before && !offer && !other && local) return false;
  page.tell("saved", { version: 1, chat: mine, ...told, offer, other, unavailable: !local });
  return true;
}

function focusPrompt(event) {
  const typing = 'input, textarea, select, [contenteditable="true"], [role="textbox"], [role="dialog"]';
  const box = document.querySelector('[data-testid="stChatInputTextArea"]');
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || !box) return;
  if (event.composedPath()[0].closest?.(typing)) return;
  event.preventDefault();
  box.focus();
}

// The second click on "Again", a key that is held on it, and the second press of its shortcut do nothing. The page may
// have been drawn anew between the two, and only the events tell when they were made: a slow page or server gets them
// late.
function onlyFirst(event) {
  const onAgain = event.target.closest?.(".st-key-again");
  if (event.type === "click" ? !onAgain : !isShortcut(event) && !(onAgain && event.repeat)) return;
  const between = event.timeStamp - (page.againAt ?? -Infinity);
  const second = event.type === "click" ? event.detail > 1 : event.repeat || between < DOUBLE_CLICK;
  page.againAt = event.timeStamp;
  if (!second) return;
  event.preventDefault();
  event.stopImmediatePropagation();
}

const isShortcut = (event) => event.altKey && event.key === "Enter";

// The id of the variant in the name of one of its items.
const variantOf = (name) => name.split("/")[0];

// Each second, stores what the page shows of a running answer, and that this tab is open.
function beat() {
  const shown = page.live && document.querySelector(".st-key-live-answer");
  const [chat, name] = page.live ?? [];
  if (shown && !page.refused.has(chat)) write(local, `${SPACE}${chat}/${name}`, shown.innerText);
  if (shown && !page.refused.has(chat) && window.siroccoPage?.connection.lost)
    write(local, `${SPACE}${chat}/${variantOf(name)}/cut`, "true");
  if (hasChat() && !navigator.locks) write(local, SPACE + page.chat + "/held", `${page.me} ${Date.now()}`);
}

// ---- one tab for each conversation ----

const hasChat = () => page.chat && !page.refused.has(page.chat);

async function hold(chat) {
  page.letGo?.();
  page.letGo = null;
  page.chat = chat;
  if (names(chat).length) write(tab, TAB, chat); // before the first await, because a reload may come
  else tab?.removeItem(TAB);
  if (!(await take(chat))) {
    page.refused.add(chat);
    page.tell("taken", chat);
    return;
  }
  page.refused.delete(chat);
  beat();
}

async function take(chat) {
  if (!navigator.locks) return !(await held()).has(chat); // no https address: heartbeats take the place of locks
  return new Promise((taken) => {
    const signal = AbortSignal.timeout(400); // ms; a page that was just left may still release the lock
    const keep = () => new Promise((letGo) => ((page.letGo = letGo), taken(true)));
    navigator.locks.request(SPACE + chat, { signal }, keep).catch(() => taken(false));
  });
}

// The conversations that open tabs have.
async function held() {
  if (navigator.locks) {
    const locks = await navigator.locks.query();
    return new Set(locks.held.map((lock) => lock.name.slice(SPACE.length)));
  }
  const alive = keys(local).filter((key) => {
    const [who, when] = key.startsWith(SPACE) && key.endsWith("/held") ? local.getItem(key).split(" ") : [];
    return who && who !== page.me && Date.now() - when < STALE_BEAT;
  });
  return new Set(alive.map((key) => key.split("/")[2]));
}

// ---- storage ----

function probe(get) {
  try {
    return get();
  } catch {
    return null; // switched off in this browser
  }
}

const keys = (store) => (store ? Object.keys(store) : []);

function write(store, key, value) {
  try {
    store.setItem(key, value);
    return true;
  } catch {
    return false;
  }
}

function names(chat) {
  const start = SPACE + chat + "/";
  const ours = keys(local).filter((key) => key.startsWith(start));
  return ours.map((key) => key.slice(start.length)).filter((name) => !["touched", "held"].includes(name));
}

function read(chat) {
  const records = {};
  let size = 0;
  for (const name of names(chat)) {
    const text = local.getItem(SPACE + chat + "/" + name);
    size += new TextEncoder().encode(JSON.stringify(text)).length;
    if (size < MOST) records[name] = text;
  }
  return { records, cut: size >= MOST };
}

const touch = (chat) => write(local, SPACE + chat + "/touched", String(Date.now()));
const touched = (chat) => Number(local.getItem(SPACE + chat + "/touched")) || 0;

const allChats = () => [...new Set(keys(local).filter((key) => key.startsWith(SPACE)).map((key) => key.split("/")[2]))];

// Conversations that no tab has, oldest first: all but the newest `keep` and whatever is too old.
async function spare(keep) {
  const taken = await held();
  const mine = tab?.getItem(TAB);
  const free = allChats().filter((chat) => !taken.has(chat) && chat !== mine && chat !== page.chat);
  free.sort((one, other) => touched(one) - touched(other));
  return free.filter((chat, at) => at < free.length - keep || (keep && Date.now() - touched(chat) > KEPT_DAYS * DAY));
}

function drop(chat) {
  for (const key of keys(local)) if (key.startsWith(SPACE + chat + "/")) local.removeItem(key);
}

function wipe() {
  Object.assign(page, { unsaved: new Map(), removed: [], listed: null });
  for (const store of [local, tab])
    for (const key of keys(store)) if (key.startsWith(OURS)) store.removeItem(key);
  if (window.siroccoPage) window.siroccoPage.drafts.kept = {}; // the drafts that could not be stored (drafts.js)
}
