// The live odds: a text whose words are tinted by how likely they were, and bars for what could stand in one place of
// it. Sliders change the bars here in the browser. Two scripts use this one: lib/ui/next_word/next_word.js and
// lib/ui/chat/answer_odds.js (live_odds.py joins the texts).
//
// A candidate is [id, text, probability, dry, control]. `dry` is subtracted from the logarithm of the probability, as a
// penalty for repetition; `control`: the token ends the answer. All probabilities are the model's own; weigh() below
// applies the settings to them as lib/local/chain.py does, and the tests compare the two.
//
// A state has: root (the element of the component), text (what stands before the words), words ({text, probability,
// control}), at (the index of the word whose bars are shown), candidates, minP, and dial (the values of the sliders). It
// also has functions of the view: look(at) for a tapped word, and optionally choose(at) for a tapped bar and turned(),
// which is called when a slider has rested.

const SHOWN = 12; // bars; the other candidates share the last one
const PAUSE_MS = 350; // how long typing or a slider must rest before the page reacts
const DIALS = {
  temperature: { label: "Temperature", low: 0, high: 1, step: 0.05, start: 1,
    help: "Low: the likeliest word almost always. High: less likely words, too." },
  top_p: { label: "Top p", low: 0.05, high: 1, step: 0.05, start: 1,
    help: "Only the likeliest words that together reach this share. 1: all." },
  top_k: { label: "Top k", low: 1, high: 200, step: 1, start: 200,
    help: "Only so many of the likeliest words." },
};
const CUTS = { temperature: "cut: temperature 0", top_p: "cut by top p", top_k: "cut by top k",
  min_p: "cut by min p", dry: "cut: repetition" };

// What the settings `dial` make of the candidates: for each its chance to be drawn, from 0 to 1, and the name of the
// setting that excludes it ("" if none does).
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

// The index of a candidate that is drawn by its chance. `luck`: a random number from 0 to 1.
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
  if (text.includes("\ufffd")) return "(part of a character)";
  const word = text.trim();
  return !first && /^[\p{L}\p{N}]/u.test(text) ? `…${word}` : word;
}

// The HTML that all views of odds share; a view adds its own around it.
const TINTED = (told) => `
    <p class="text" role="group" aria-label="${told}"></p>
    <p class="legend">Tap a word to see what else it could have been. The darker, the less likely it was:
      <span class="luck2">below 50 %</span> <span class="luck3">below 10 %</span>
      <span class="luck4">below 1 %</span></p>`;
const BARS = `
    <h2></h2>
    <div class="dials"></div>
    <p class="sum"></p>
    <ol class="odds"></ol>
    <details><summary>Top p and top k</summary><div class="dials"></div></details>`;
const SAID = `
    <p class="problem" role="alert"></p>
    <p class="said" role="status"></p>`;

function buildDials(state) {
  for (const [key, { label, low, high, step, help }] of Object.entries(DIALS)) {
    const dial = document.createElement("div");
    dial.innerHTML = `<label for="${key}">${label} <b class="value"></b></label>
      <input type="range" id="${key}" min="${low}" max="${high}" step="${step}" aria-describedby="${key}-help">
      <small id="${key}-help">${help}</small>`;
    state.root.querySelectorAll(".dials")[key === "temperature" ? 0 : 1].append(dial);
    dial.querySelector("input").oninput = (event) => turn(state, key, Number(event.target.value));
  }
}

// A slider has moved. Everything is computed here, and nothing is sent.
function turn(state, key, value) {
  state.dial = { ...state.dial, [key]: value };
  state.counts = null;
  bars(state);
  dials(state);
  clearTimeout(state.turning);
  state.turning = setTimeout(() => {
    state.turned?.();
    say(state, state.root.querySelector(".sum").textContent);
  }, PAUSE_MS);
}

// Draws the text before the words, and each word as a button that is tinted by the model's own probability.
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
    button.onclick = () => state.look(at);
    place.append(button);
  });
  if (state.open) place.append(openPlace(state));
  if (focused !== undefined) place.querySelector(`[data-word="${focused}"]`)?.focus();
}

function openPlace(state) {
  const open = Object.assign(document.createElement("button"), { type: "button", className: "word open" });
  open.textContent = "\u2009?\u2009";
  open.dataset.word = "open";
  open.setAttribute("aria-label", "The next word");
  if (state.at === state.words.length) open.setAttribute("aria-current", "true");
  return open;
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
    name: name(state, at), own: candidate[2], ...weighed[at], came: state.counts?.get(at), at,
    here: there?.id === candidate[0] }));
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
  item.firstChild.onclick = () => { if (item.at !== undefined && !state.waiting) state.choose?.(item.at); };
  return item;
}

function fill(item, { name, own, chance, cut, came, at, open, here }) {
  const button = item.firstChild;
  const notes = [here && "this one came", cut && CUTS[cut], open && `${open} can be drawn`,
    came && (came > 1 ? `came ${came} times` : "came once")];
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
