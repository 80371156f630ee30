// The odds of an answer in the chat: its words, tinted, and the bars of the one that was tapped. It uses the functions
// of lib/ui/answer/live_odds.js. The candidates of a word are asked for when it is tapped; `data.reply` brings them
// (lib/ui/chat/odds_dialog.py). "Branch here" begins a variant that goes on from the chosen candidate.

// One state for each page load, in `window`, so that it stays if Streamlit loads this module or makes the element again.
const page = () => (window.siroccoAnswerOdds ??= { number: 0 });

export default function show({ data, parentElement, setTriggerValue }) {
  const state = page();
  const other = state.answer !== data.answer;
  Object.assign(state, {
    look: (at) => look(state, at),
    choose: (at) => choose(state, at),
    ask: (asked) => setTriggerValue("look", asked),
    branch: (asked) => setTriggerValue("branch", asked),
  });
  if (other) {
    const words = data.words.map(([id, text, probability, control]) => ({ id, text, probability, control }));
    Object.assign(state, { answer: data.answer, text: data.beginning, words, at: -1, chosen: null, waiting: 0,
      candidates: null, dial: data.dial, minP: data.min_p });
  }
  if (other || state.root !== parentElement || !parentElement.querySelector(".text")) {
    state.root = parentElement;
    build(state, data.listed);
    render(state);
  }
  if (state.waiting && data.reply?.number === state.waiting) {
    Object.assign(state, { waiting: 0, candidates: data.reply.candidates });
    render(state);
  }
}

function build(state, listed) {
  state.root.querySelector(".page")?.remove();
  const element = Object.assign(document.createElement("div"), { className: "page" });
  element.innerHTML = `
    ${TINTED("The answer. Choose a word to see what else it could have been.")}
    <div class="place" hidden>${BARS}</div>
    ${SAID}`;
  element.querySelector(".sum").insertAdjacentHTML("afterend",
    '<div class="acts"><button type="button" class="main" disabled></button></div>');
  state.root.append(element);
  buildDials(state);
  state.root.querySelector("#top_k").max = listed;
  state.root.querySelector(".main").onclick = () => {
    const [id, text] = state.candidates[state.chosen];
    say(state, `The answer goes on from ${shownText(text, false, true)}.`);
    state.root.querySelector(".main").disabled = true;
    state.branch({ at: state.at, id });
  };
}

function look(state, at) {
  Object.assign(state, { at, chosen: null, candidates: null, waiting: ++state.number });
  state.ask({ number: state.waiting, at });
  render(state);
}

function choose(state, at) {
  state.chosen = state.chosen === at || !fits(state, at) ? null : at;
  mark(state);
}

// Whether a candidate can begin a branch: it is not the word of the answer itself, and it is complete text.
function fits(state, at) {
  const [id, text, , , control] = state.candidates[at];
  return id !== state.words[state.at].id && !control && !text.includes("\ufffd");
}

function render(state) {
  const place = state.root.querySelector(".place");
  sentence(state);
  dials(state);
  bars(state);
  place.hidden = state.at < 0 || !state.candidates;
  mark(state);
}

function mark(state) {
  const chosen = state.chosen !== null && state.candidates;
  for (const item of state.root.querySelectorAll(".odds li"))
    item.firstChild.setAttribute("aria-pressed", String(Boolean(chosen) && item.at === state.chosen));
  const button = state.root.querySelector(".main");
  button.disabled = !chosen;
  button.textContent = chosen
    ? `Branch here, with “${name(state, state.chosen)}”` : "Branch here: choose another word below";
}
