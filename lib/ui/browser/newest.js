// Where the visitor is in a chat: an empty one is shown from its beginning, what is asked scrolls into view, a button leads
// back to the newest text, and what is opened on the page stays in its place. Part of page_script.js.

const SCROLLER = '[data-testid="stAppScrollToBottomContainer"]'; // the page, where the chat input is at the bottom
const FAR = 240; // pixels; from here on the button is shown
const LET_GO_MS = 150; // after this time Streamlit has noticed that the page no longer stands at its end
const MOST_TRIES = 5;
const MOVES = ["ArrowUp", "ArrowDown", "PageUp", "PageDown", "Home", "End", " ", "Tab"]; // keys that scroll a page

// `follows`: something was asked, and the visitor has not moved the page or used anything on it since. `begins`: the page
// is empty and is held at its beginning. `moved`: the visitor has moved the empty page.
const newest = (page.newest ??= { follows: false, begins: false, moved: false, letGoAt: 0 });

function startNewest() {
  document.addEventListener("scroll", whenScrolled, true);
  for (const name of ["wheel", "touchmove", "pointerdown", "keydown"])
    document.addEventListener(name, stopFollowing, { capture: true, passive: true });
  for (const name of ["pointerover", "focusin"])
    document.addEventListener(name, ({ target }) => opener(target) && letGoOfTheEnd());
  document.addEventListener("click", openInPlace, true);
  newest.button = Object.assign(document.createElement("button"), { id: "sirocco-newest", type: "button", hidden: true });
  newest.button.setAttribute("aria-label", "To the newest text");
  newest.button.textContent = "↓ Newest";
  newest.button.onclick = ({ detail }) => {
    newest.follows = true;
    toTheEnd();
    if (!detail) document.querySelector(CHAT_BOX)?.focus(); // pressed with a key
  };
}

// `asked`: how many times something was asked in this session.
function hearNewest({ session, asked }) {
  if (newest.session === session && asked > newest.asked) {
    newest.follows = true;
    toTheEnd();
  }
  Object.assign(newest, { session, asked });
}

function tendNewest() {
  showTheBeginning();
  if (newest.follows) toTheEnd();
  showTheWayBack();
}

// Streamlit shows the end of a page that has a chat input, also of one that is empty and higher than the window.
function showTheBeginning() {
  const scroller = document.querySelector(SCROLLER);
  if (!scroller) return;
  if (document.querySelector('[data-testid="stChatMessage"]')) {
    newest.follows ||= newest.begins; // a chat that the browser has kept is shown at its end
    newest.begins = newest.moved = false;
  } else if (!newest.moved) {
    newest.begins = true;
    scroller.scrollTop = 0;
  }
}

// Streamlit goes to the end again as an empty page is drawn.
function whenScrolled() {
  if (newest.begins) showTheBeginning();
  showTheWayBack();
}

function showTheWayBack() {
  const scroller = document.querySelector(SCROLLER);
  const left = scroller ? scroller.scrollHeight - scroller.offsetHeight - scroller.scrollTop : 0;
  newest.button.hidden = left < FAR;
  if (newest.button.hidden) return;
  const bottom = document.querySelector('[data-testid="stBottom"]')?.getBoundingClientRect();
  if (!bottom) return;
  newest.button.style.left = `${bottom.left + bottom.width / 2}px`;
  newest.button.style.bottom = `${window.innerHeight - bottom.top + 8}px`;
}

function stopFollowing({ type, key, target }) {
  const writing = target.closest?.('[data-testid="stBottom"]'); // the next question
  if (writing || (type === "keydown" && !MOVES.includes(key))) return;
  newest.follows = newest.begins = false;
  newest.moved = true;
}

function toTheEnd() {
  const scroller = document.querySelector(SCROLLER);
  if (scroller) scroller.scrollTop = scroller.scrollHeight;
}

// Streamlit holds a page at its end as long as it stands there; so what opens near the end would move out of sight.
// It notices after some milliseconds that the page stands elsewhere.
function letGoOfTheEnd() {
  const scroller = document.querySelector(SCROLLER);
  if (!scroller || answerArrives()) return;
  if (scroller.scrollHeight - scroller.offsetHeight - scroller.scrollTop >= 1) return;
  scroller.scrollTop -= 2;
  newest.letGoAt = Date.now();
}

// The text of an answer that has ended stays where it has arrived, and its foot is drawn below it.
function answerArrives() {
  const text = document.querySelector(".st-key-live-answer");
  return text && !text.closest('[data-testid="stChatMessage"]')?.querySelector('[class*="st-key-foot-"]');
}

// The line of an answer, or the button that opens the editor of a prompt.
function opener(target) {
  const line = target.closest?.("summary");
  return line ?? (target.closest?.('[class*="st-key-edit-"]') ? target.closest("button") : null);
}

function openInPlace(event) {
  const line = opener(event.target);
  if (!line || line === newest.opening) return;
  newest.follows = false;
  if (untilLetGo() <= 0) return;
  event.preventDefault();
  event.stopPropagation();
  openWhenLetGo(line, MOST_TRIES);
}

// The last turn of a wheel may bring the page back to its end meanwhile.
function openWhenLetGo(line, tries) {
  const rest = untilLetGo();
  if (rest > 0 && tries) {
    setTimeout(() => openWhenLetGo(line, tries - 1), rest);
    return;
  }
  newest.opening = line;
  line.click();
  newest.opening = null;
}

function untilLetGo() {
  letGoOfTheEnd();
  return newest.letGoAt + LET_GO_MS - Date.now();
}
