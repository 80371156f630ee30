// Where the visitor is in a long chat: what is asked scrolls into view, a button leads back to the newest text, and the
// line of an answer stays in its place when it is opened. Part of page_script.js.

const SCROLLER = '[data-testid="stAppScrollToBottomContainer"]'; // the page, where the chat input is at the bottom
const FAR = 240; // pixels; from here on the button is shown
const FOLLOW_MS = 2000; // so long after something was asked the page is drawn

const newest = (page.newest ??= { until: 0 });

function startNewest() {
  document.addEventListener("scroll", tendNewest, true);
  for (const name of ["wheel", "touchmove", "keydown"])
    document.addEventListener(name, () => (newest.until = 0), { passive: true });
  document.addEventListener("click", ({ target }) => target.closest?.("summary") && letGoOfTheEnd(), true);
  newest.button = Object.assign(document.createElement("button"), { id: "sirocco-newest", type: "button", hidden: true });
  newest.button.setAttribute("aria-label", "To the newest text");
  newest.button.textContent = "↓ Newest";
  newest.button.onclick = ({ detail }) => {
    toTheEnd();
    if (!detail) document.querySelector(CHAT_BOX)?.focus(); // pressed with a key
  };
}

// `asked`: how many times something was asked in this session.
function hearNewest({ session, asked }) {
  if (newest.session === session && asked > newest.asked) {
    newest.until = Date.now() + FOLLOW_MS;
    toTheEnd();
  }
  Object.assign(newest, { session, asked });
}

function tendNewest() {
  const scroller = document.querySelector(SCROLLER);
  if (Date.now() < newest.until) toTheEnd();
  const left = scroller ? scroller.scrollHeight - scroller.offsetHeight - scroller.scrollTop : 0;
  newest.button.hidden = left < FAR;
  if (newest.button.hidden) return;
  const bottom = document.querySelector('[data-testid="stBottom"]')?.getBoundingClientRect();
  if (!bottom) return;
  newest.button.style.left = `${bottom.left + bottom.width / 2}px`;
  newest.button.style.bottom = `${window.innerHeight - bottom.top + 8}px`;
}

function toTheEnd() {
  const scroller = document.querySelector(SCROLLER);
  if (scroller) scroller.scrollTop = scroller.scrollHeight;
}

// Streamlit holds a page at its end as long as it stands there; so what opens near the end would move out of sight.
function letGoOfTheEnd() {
  const scroller = document.querySelector(SCROLLER);
  if (scroller) scroller.scrollTop -= 2;
}
