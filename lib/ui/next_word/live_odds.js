// The live odds of the page "Next word": bars that the dial reshapes here in the browser, dice, and a text whose
// words can be tapped. The server is only asked what the model weighs after a text: ask() below, and what
// comes back is `data.reply` (lib/ui/next_word/asking.py). The state is the address behind "#", so that it is a
// link that no server log sees: #text=The+cat&ids=1171.28&temperature=0.7&top_p=0.9&top_k=50
//
// A candidate is [id, text, probability, dry, control]. All probabilities are the model's own; what the dial does
// to them is weigh() below. It does what lib/local/chain.py does, and the tests compare the two.

const SHOWN = 12; // bars; the other candidates share the last one
const WRITE_ON = 16; // tokens
const MOST_IDS = 200;
const PAUSE_MS = 350; // after a key, before the odds of the new beginning are asked for
const STEP_MS = 90; // between two words of "Write on"
const DIALS = {
  temperature: { label: "Temperature", low: 0, high: 1, step: 0.05, start: 1,
    help: "Low: the likeliest word almost always. High: the dice decide." },
  top_p: { label: "Top p", low: 0.05, high: 1, step: 0.05, start: 1,
    help: "Only the likeliest words that together reach this share. 1: all." },
  top_k: { label: "Top k", low: 1, high: 200, step: 1, start: 200,
    help: "Only so many of the likeliest words." },
};
const CUTS = { temperature: "cut: temperature 0", top_p: "cut by top p", top_k: "cut by top k",
  min_p: "cut by min p", dry: "cut: repetition" };
const START = "The cat sat on the";

// What the dial makes of candidates: for each its chance to be drawn now and what cuts it ("" if nothing).
// `rest` is [count, probability] of groups that are not listed; top k (at most 200) cuts them all.
export function weigh(candidates, dial, minP = 0) {
  const own = candidates.map(([, , probability]) => Math.log(probability));
  const dried = candidates.map(([, , , dry], at) => own[at] - (dry || 0));
  const cut = steps(dried, dial, minP);
  if (candidates.some(([, , , dry]) => dry)) {
    const without = steps(own, dial, minP);
    candidates.forEach(([, , , dry], at) => { if (dry && cut[at] && !without[at]) cut[at] = "dry"; });
  }
  const most = Math.max(...dried.filter((_, at) => !cut[at]));
  const weights = dried.map((log, at) => (cut[at] ? 0 : Math.exp((log - most) / (dial.temperature || 1))));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return candidates.map((_, at) => ({ chance: weights[at] / total, cut: cut[at] }));
}

function steps(logs, { temperature, top_p, top_k }, minP) {
  const order = logs.map((_, at) => at).sort((one, other) => logs[other] - logs[one] || one - other);
  const cut = logs.map(() => "");
  if (temperature <= 0) {
    for (const at of order.slice(1)) cut[at] = "temperature";
    return cut;
  }
  const weights = logs.map((log) => Math.exp((log - logs[order[0]]) / temperature));
  let kept = order.slice(0, top_k);
  for (const at of order.slice(kept.length)) cut[at] = "top_k";
  if (top_p < 1) {
    const total = kept.reduce((sum, at) => sum + weights[at], 0);
    let reached = 0;
    let count = 0;
    while (count < kept.length && reached / total < top_p) reached += weights[kept[count++]];
    for (const at of kept.slice(count)) cut[at] = "top_p";
    kept = kept.slice(0, count);
  }
  for (const at of kept.slice(1)) if (weights[at] < minP) cut[at] = "min_p";
  return cut;
}

// One of the candidates by its chance; `luck` is from 0 to 1.
export function roll(weighed, luck) {
  let left = luck;
  const last = weighed.reduce((found, { chance }, at) => (chance > 0 ? at : found), 0);
  for (let at = 0; at < last; at++) if ((left -= weighed[at].chance) < 0) return at;
  return last;
}

export function percent(share) {
  if (share <= 0) return "0 %";
  if (share < 0.001) return "< 0.1 %";
  return `${share < 0.1 ? (share * 100).toFixed(1) : Math.round(share * 100)} %`;
}

// A token as a reader can see it: " mat" is a word, "ing" goes on with the word before.
export function shownText(text, control, first) {
  if (control) return "(the end)";
  if (/^\s*\n\s*$/.test(text)) return "(new line)";
  if (text.trim() === "") return "(space)";
  if (text.includes("\ufffd")) return "(part of a sign)";
  const word = text.trim();
  return !first && /^[\p{L}\p{N}]/u.test(text) ? `…${word}` : word;
}

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

// One state for each page load, whatever becomes of this module or of the element.
const page = () => (window.siroccoNextWord ??= { number: 0, undo: [] });

export default function show({ data, parentElement, setTriggerValue }) {
  const state = page();
  state.send = (asked) => setTriggerValue("ask", asked);
  state.model = data.model;
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
  Object.assign(state, { candidates: reply.candidates, rest: reply.rest, minP: reply.min_p, counts: null });
  state.at += drawn.length;
  if (reply.written) appear(state, drawn);
  else render(state);
}

// The drawn words one after the other; the odds at the end are there already.
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
  if (control) { state.ended = true; }
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
    <p class="text" role="group" aria-label="The text so far. Choose a word to see what else it could have been."></p>
    <p class="legend">Tap a word to see what else it could have been. The darker, the less likely it was:
      <span class="luck2">below 50 %</span> <span class="luck3">below 10 %</span>
      <span class="luck4">below 1 %</span></p>
    <div class="acts">
      <button type="button" data-act="draw" class="main">Draw</button>
      <button type="button" data-act="draw20">Draw 20</button>
      <button type="button" data-act="write">Write on</button>
      <button type="button" data-act="undo">Undo</button>
      <button type="button" data-act="over">Start over</button>
    </div>
    <h2></h2>
    <div class="dials"></div>
    <p class="sum"></p>
    <ol class="odds"></ol>
    <details><summary>Top p and top k</summary><div class="dials"></div></details>
    <p class="problem" role="alert"></p>
    <p class="said" role="status"></p>`;
  root.append(element);
  for (const [key, { label, low, high, step, help }] of Object.entries(DIALS)) {
    const dial = document.createElement("div");
    dial.innerHTML = `<label for="${key}">${label} <b class="value"></b></label>
      <input type="range" id="${key}" min="${low}" max="${high}" step="${step}" aria-describedby="${key}-help">
      <small id="${key}-help">${help}</small>`;
    root.querySelectorAll(".dials")[key === "temperature" ? 0 : 1].append(dial);
    dial.querySelector("input").oninput = (event) => turn(state, key, Number(event.target.value));
  }
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

// The dial moves: everything happens here, nothing is sent.
function turn(state, key, value) {
  state.dial = { ...state.dial, [key]: value };
  state.counts = null;
  bars(state);
  dials(state);
  clearTimeout(state.turning);
  state.turning = setTimeout(() => { // browsers limit how often an address may change
    history.replaceState(history.state, "", writeHash(state));
    say(state, state.root.querySelector(".sum").textContent);
  }, PAUSE_MS);
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

// The beginning, each written word as a button tinted by the model's own probability, and the open place.
function sentence(state) {
  const place = state.root.querySelector(".text");
  const focused = state.root.activeElement?.dataset?.word;
  place.replaceChildren(state.text);
  const shown = state.words.slice(0, state.words.length - (state.hidden ?? 0));
  shown.forEach((word, at) => {
    const button = Object.assign(document.createElement("button"), { type: "button" });
    button.textContent = word.control ? " (the end)" : word.text.replace(/\n/g, "↵\n");
    button.dataset.word = at;
    button.className = `word luck${luck(word.probability)}`;
    button.setAttribute("aria-label", `${shownText(word.text, word.control, true)}, ${percent(word.probability)}`);
    button.title = `${percent(word.probability)} by the model itself`;
    if (at === state.at) button.setAttribute("aria-current", "true");
    button.onclick = () => look(state, at);
    place.append(button);
  });
  const open = Object.assign(document.createElement("button"), { type: "button", className: "word open" });
  open.textContent = "\u2009?\u2009";
  open.dataset.word = "open";
  open.setAttribute("aria-label", "The next word");
  if (state.at === state.words.length) open.setAttribute("aria-current", "true");
  open.onclick = () => look(state, state.words.length);
  place.append(open);
  if (focused !== undefined) place.querySelector(`[data-word="${focused}"]`)?.focus();
}

function look(state, at) {
  state.at = at;
  ask(state);
  render(state);
}

function luck(probability) {
  return probability >= 0.5 ? 1 : probability >= 0.1 ? 2 : probability >= 0.01 ? 3 : 4;
}

function dials(state) {
  for (const key of Object.keys(DIALS)) {
    const value = String(state.dial[key]);
    const input = state.root.querySelector(`#${key}`);
    if (input.value !== value) input.value = value;
    input.previousElementSibling.lastElementChild.textContent = value;
  }
}

function name(state, at) {
  return shownText(state.candidates[at][1], state.candidates[at][4], !state.text);
}

function bars(state) {
  const { root, candidates } = state;
  const list = root.querySelector(".odds");
  const there = state.words[state.at];
  root.querySelector("h2").textContent = there
    ? `Instead of “${shownText(there.text, there.control, true)}” it could have been` : "The next word could be";
  if (!candidates) return;
  const weighed = weigh(candidates, state.dial, state.minP);
  const rows = candidates.slice(0, SHOWN).map((candidate, at) => ({
    name: name(state, at), own: candidate[2], ...weighed[at], came: state.counts?.get(at), at }));
  const others = weighed.slice(SHOWN);
  const own = rows.reduce((sum, row) => sum + row.own, 0);
  const rest = {
    name: "all other words", own: Math.max(0, 1 - own), chance: others.reduce((sum, { chance }) => sum + chance, 0),
    cut: others.some(({ cut }) => !cut) ? "" : others[0]?.cut || "top_k",
    open: others.filter(({ cut }) => !cut).length,
    came: state.counts && [...state.counts].reduce((sum, [at, count]) => sum + (at >= SHOWN ? count : 0), 0) };
  const open = weighed.filter(({ cut }) => !cut).length;
  root.querySelector(".sum").textContent =
    `${open === 1 ? "1 word" : `${open} words`} of 49,152 can be drawn. ` +
    `The likeliest, “${name(state, 0)}”, has ${percent(weighed[0].chance)}.`;
  while (list.children.length > rows.length + 1) list.lastChild.remove();
  while (list.children.length < rows.length + 1) list.append(row(state));
  [...rows, rest].forEach((told, at) => fill(list.children[at], told));
}

function row(state) {
  const item = document.createElement("li");
  item.innerHTML = `<button type="button"><span class="name"></span><span class="bar"><i></i><b></b></span>
    <span class="share"></span><span class="note"></span></button>`;
  item.firstChild.onclick = () => { if (item.at !== undefined && !state.waiting) write(state, item.at); };
  return item;
}

function fill(item, { name, own, chance, cut, came, at, open }) {
  const button = item.firstChild;
  const notes = [cut && CUTS[cut], open && `${open} can be drawn`, came && (came > 1 ? `came ${came} times` : "came once")];
  const note = notes.filter(Boolean).join(", ");
  item.at = at;
  button.disabled = at === undefined;
  button.classList.toggle("cut", Boolean(cut));
  button.querySelector(".name").textContent = name;
  button.querySelector(".bar i").style.width = `${chance * 100}%`;
  button.querySelector(".bar b").style.left = `${own * 100}%`;
  button.querySelector(".share").textContent = percent(chance);
  button.querySelector(".note").textContent = note;
  button.setAttribute("aria-label",
    `${name}: ${percent(chance)} now, ${percent(own)} by the model itself${note ? `, ${note}` : ""}`);
}

function say(state, told) {
  state.root.querySelector(".said").textContent = told;
}
