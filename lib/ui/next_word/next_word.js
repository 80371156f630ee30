// The page "Next word": the beginning of a text, bars that sliders change here in the browser, buttons that draw words,
// and the text, whose words can be tapped. It uses the functions of lib/ui/answer/live_odds.js. The server is only asked
// for the odds after a text: ask() below, answered with `data.reply` (lib/ui/next_word/asking.py). The address has the
// state behind "#", so that it is a link that no server log contains:
// #text=The+cat&ids=1171.28&temperature=0.7&top_p=0.9&top_k=50

const WRITE_ON = 16; // tokens
const MOST_IDS = 200;
const STEP_MS = 90; // between two words of "Write on"
const START = "The cat sat on the";
const FORGETTING = "sirocco/1/"; // where chat_storage.js tells that everything is to be forgotten, in this tab too

export function readHash(hash) {
  const told = new URLSearchParams(hash.replace(/^#/, ""));
  const dial = {};
  for (const [name, { low, high, start }] of Object.entries(DIALS)) {
    const value = Number(told.get(name) ?? NaN);
    dial[name] = value >= low && value <= high ? value : start;
  }
  dial.top_k = Math.round(dial.top_k);
  const ids = (told.get("ids") ?? "").split(".").filter(Boolean).map(Number);
  const whole = ids.length <= MOST_IDS && ids.every((id) => Number.isInteger(id) && id >= 0);
  return { text: (told.get("text") ?? START).slice(0, 2000), ids: whole ? ids : [], dial };
}

export function writeHash({ text, words, dial }) {
  const told = new URLSearchParams({ text });
  if (words.length) told.set("ids", words.map((word) => word.id).join("."));
  for (const name of Object.keys(DIALS)) if (dial[name] !== DIALS[name].start) told.set(name, dial[name]);
  return `#${told}`;
}

// One state for each page load, in `window`, so that it stays if Streamlit loads this module or makes the element again.
const page = () => (window.siroccoNextWord ??= { number: 0, undo: [] });

export default function show({ data, parentElement, setTriggerValue }) {
  const state = page();
  state.send = (asked) => setTriggerValue("ask", asked);
  state.forgotten = () => setTriggerValue("forgotten", true);
  state.bus ??= listen(state);
  Object.assign(state, {
    open: true,
    look: (at) => look(state, at),
    choose: (at) => write(state, at),
    turned: () => history.replaceState(history.state, "", writeHash(state)), // browsers limit how often that is done
  });
  if (state.root !== parentElement || !parentElement.querySelector("textarea")) {
    state.root = parentElement;
    build(state);
    if (state.words) render(state);
  }
  if (!state.words) {
    const { text, ids, dial } = readHash(location.hash);
    Object.assign(state, { text, dial, words: [], at: 0 });
    ask(state, { replay: ids });
    render(state);
  }
  if (data.reply && data.reply.number === state.waiting) heard(state, data.reply);
}

// Nothing of the text may stay in this tab: the next time the page is drawn, it begins anew.
function listen(state) {
  const bus = new BroadcastChannel(FORGETTING);
  bus.onmessage = () => {
    const { number, root, forgotten } = state;
    for (const timer of [state.typing, state.turning, state.timer]) clearTimeout(timer);
    for (const name of Object.keys(state)) if (name !== "bus") delete state[name];
    Object.assign(state, { number, undo: [] });
    if (!root?.isConnected) return;
    history.replaceState(history.state, "", location.pathname + location.search);
    root.querySelector(".page")?.remove();
    forgotten();
  };
  return bus;
}

// Asks for the odds after the beginning and the first `at` words. `draw`: tokens to be drawn there first.
function ask(state, more = {}) {
  state.waiting = ++state.number;
  const before = state.words.slice(0, state.at).map((word) => word.id);
  state.send({ number: state.waiting, text: state.text, ids: before, draw: 0, replay: [],
    ...state.dial, ...more });
  state.root.querySelector(".odds").setAttribute("aria-busy", "true");
}

function heard(state, reply) {
  state.waiting = 0;
  state.root.querySelector(".odds").removeAttribute("aria-busy");
  state.problem = reply.problem ?? reply.note;
  if (reply.problem) return render(state);
  const drawn = reply.drawn.map(([id, text, probability, , control]) => ({ id, text, probability, control }));
  if (drawn.length) state.words = [...state.words.slice(0, state.at), ...drawn];
  Object.assign(state, { candidates: reply.candidates, minP: reply.min_p, counts: null });
  state.at += drawn.length;
  if (reply.written) appear(state, drawn);
  else render(state);
}

// Shows the drawn words one after the other; the odds at the end are there already.
function appear(state, drawn) {
  const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  state.hidden = still ? 0 : drawn.length;
  say(state, `Written: ${drawn.map((word) => word.text).join("")}`);
  clearInterval(state.timer);
  state.timer = setInterval(() => {
    state.hidden = Math.max(0, state.hidden - 1);
    if (!state.hidden) clearInterval(state.timer);
    render(state);
  }, STEP_MS);
  render(state);
}

function remember(state) {
  state.undo.push({ text: state.text, words: state.words, at: state.at });
  state.undo.splice(0, state.undo.length - 50);
}

function write(state, at) {
  const [id, text, probability, , control] = state.candidates[at];
  remember(state);
  state.words = [...state.words.slice(0, state.at), { id, text, probability, control }];
  state.at = state.words.length;
  say(state, `${shownText(text, control, true)}, ${percent(probability)} by the model itself.`);
  ask(state);
  render(state);
}

function draw(state) {
  write(state, roll(weigh(state.candidates, state.dial, state.minP), Math.random()));
}

function draw20(state) {
  const weighed = weigh(state.candidates, state.dial, state.minP);
  state.counts = new Map();
  for (let times = 0; times < 20; times++) {
    const at = roll(weighed, Math.random());
    state.counts.set(at, (state.counts.get(at) ?? 0) + 1);
  }
  const most = [...state.counts].sort((one, other) => other[1] - one[1]).slice(0, 3);
  say(state, `20 draws: ${most.map(([at, count]) => `${name(state, at)} ${count} times`).join(", ")}.`);
  render(state);
}

const ACTS = {
  draw,
  draw20,
  write: (state) => { remember(state); ask(state, { draw: WRITE_ON }); },
  undo: (state) => {
    Object.assign(state, state.undo.pop());
    ask(state);
    render(state);
  },
  over: (state) => { remember(state); Object.assign(state, { words: [], at: 0 }); ask(state); render(state); },
};
function build(state) {
  const root = state.root;
  root.querySelector(".page")?.remove();
  const element = Object.assign(document.createElement("div"), { className: "page" });
  element.innerHTML = `
    <label for="beginning">Beginning</label>
    <textarea id="beginning" rows="1" maxlength="2000" spellcheck="false"></textarea>
    ${TINTED("The text so far. Choose a word to see what else it could have been.")}
    <div class="acts">
      <button type="button" data-act="draw" class="main">Draw</button>
      <button type="button" data-act="draw20">Draw 20</button>
      <button type="button" data-act="write">Write on</button>
      <button type="button" data-act="undo">Undo</button>
      <button type="button" data-act="over">Start over</button>
    </div>
    ${BARS}${SAID}`;
  root.append(element);
  buildDials(state);
  for (const button of root.querySelectorAll("[data-act]"))
    button.onclick = () => ACTS[button.dataset.act](state);
  const area = root.querySelector("textarea");
  area.oninput = () => {
    clearTimeout(state.typing);
    state.typing = setTimeout(() => {
      remember(state);
      Object.assign(state, { text: area.value, words: [], at: 0 });
      ask(state);
      render(state);
    }, PAUSE_MS);
  };
}


function render(state) {
  const root = state.root;
  const area = root.querySelector("textarea");
  if (area.value !== state.text && root.activeElement !== area && document.activeElement !== area)
    area.value = state.text;
  sentence(state);
  dials(state);
  bars(state);
  const busy = !state.candidates || Boolean(state.waiting);
  for (const button of root.querySelectorAll("[data-act]")) {
    const { act } = button.dataset;
    button.disabled = act === "undo" ? !state.undo.length : act === "over" ? !state.words.length : busy;
  }
  root.querySelector(".problem").textContent = state.problem ?? "";
  history.replaceState(history.state, "", writeHash(state));
}

function look(state, at) {
  state.at = at;
  ask(state);
  render(state);
}
