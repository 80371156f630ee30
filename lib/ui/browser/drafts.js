// Keeps what is typed into a prompt box until the server has it, so that a reload, another page of the app, a broken
// connection or an act of the server loses nothing. Part of page_script.js.
//
// sessionStorage:  sirocco/1/draft/chat      what stands in the chat input
//                  sirocco/1/draft/compare   what stands in the prompt box of the Compare page
//                  sirocco/1/draft/sent      texts that were sent and that the server has not confirmed (a JSON list)
//                  sirocco/1/draft/waiting   the prompt that waits on the server for the end of an answer

const DRAFT = "sirocco/1/draft/";
const FORGETTING = "sirocco/1/"; // where chat_storage.js tells other tabs to forget
const CONFIRMED_MS = 2000; // so long after an outage the server has confirmed what it has received
const CHAT_BOX = '[data-testid="stChatInputTextArea"]';

// `dirty`: for each box, whether it has a text that Streamlit has not sent to the server.
const drafts = (page.drafts ??= { boxes: {}, kept: {}, dirty: {} });

function startDrafts() {
  document.addEventListener("input", ({ target }) => {
    const name = boxName(target);
    if (name) {
      keepDraft(name, target.value);
      drafts.dirty[name] = true;
    }
    tellLength(target);
  });
  // Streamlit tells the server of a text when the visitor leaves the box, not when the box is removed.
  document.addEventListener("focusout", ({ target }) => {
    const name = boxName(target);
    if (name) setTimeout(() => target.isConnected && (drafts.dirty[name] = false));
  });
  document.addEventListener("keydown", ({ key }) => key === "Enter" && lookWhetherSent(), true);
  document.addEventListener("click", lookWhetherSent, true);
  // This tab forgets them at once: a box that is then drawn empty would get its draft back otherwise.
  document.addEventListener("click", ({ target }) => target.closest?.(".st-key-forget-now") && forget(), true);
  new BroadcastChannel(FORGETTING).onmessage = forget;
}

// What the server says about the chat input; called after each run.
function hearDrafts(data) {
  if (drafts.session !== data.session) {
    const lost = [stored("waiting"), ...sentTexts()].filter(Boolean).join("\n\n");
    keepSent([]);
    Object.assign(drafts, { session: data.session, taken: 0, put: 0, waiting: null });
    if (lost) putIntoBox(lost); // a page that was loaded anew, or another server
  }
  if (data.taken > drafts.taken) {
    keepSent(sentTexts().slice(data.taken - drafts.taken));
    drafts.taken = data.taken;
  }
  if (data.waiting !== drafts.waiting) keepDraft("waiting", (drafts.waiting = data.waiting));
  for (const [number, text] of data.puts) {
    if (number <= drafts.put) continue;
    drafts.put = number;
    putIntoBox(text);
  }
  drafts.most = data.most;
}

// A box that has just been drawn gets its draft. If the server has put another text into it, the draft is dropped, unless
// the server has not received it yet.
function tendDrafts() {
  for (const name of ["chat", "compare"]) {
    const box = findBox(name);
    if (!box || box === drafts.boxes[name]) continue;
    drafts.boxes[name] = box;
    const draft = stored(name);
    if (draft && draft !== box.value && (!box.value || drafts.dirty[name])) type(box, draft);
    else if (box.value) keepDraft(name, box.value);
  }
}

// A text that was sent before the end of an outage, and that the server has not confirmed some time later, was lost.
function putLostIntoBox() {
  const { session } = drafts;
  const until = drafts.taken + sentTexts().length;
  setTimeout(() => {
    if (drafts.session !== session) return; // with a new session they have been put into the box at once
    const texts = sentTexts();
    const lost = texts.splice(0, Math.max(0, until - drafts.taken));
    keepSent(texts);
    if (lost.length) putIntoBox(lost.join("\n\n"));
  }, CONFIRMED_MS);
}

// Put a text into the chat input, before what has been typed there meanwhile.
function putIntoBox(text) {
  const box = findBox("chat");
  const typed = box?.value || stored("chat");
  const both = [text, typed].filter((each) => each.trim()).join("\n\n");
  const whole = typed.trim() === text.trim() ? typed : both;
  keepDraft("chat", whole);
  if (box) type(box, whole);
}

// Do what typing does, so that Streamlit takes the text for typed, and leave the box, so that the server gets it.
function type(box, text) {
  Reflect.set(Object.getPrototypeOf(box), "value", text, box);
  box.dispatchEvent(new Event("input", { bubbles: true }));
  setTimeout(() => document.activeElement !== box && leaveField(box));
}

// Streamlit empties the chat input when it sends the text, which may be lost after that in an outage.
function lookWhetherSent() {
  const box = findBox("chat");
  const text = box?.value;
  if (!text?.trim()) return;
  setTimeout(() => {
    if (box.value || !box.isConnected) return;
    keepSent([...sentTexts(), text]);
    keepDraft("chat", "");
  });
}

// Say below a box by how much its text is too long. Streamlit itself would refuse a long paste without saying so.
function tellLength(field) {
  const frame = field.closest?.('[data-testid="stChatInput"], [data-testid="stTextArea"]');
  if (!frame || !drafts.most) return;
  const most = isSystemText(field) ? drafts.most.system : drafts.most.prompt;
  const length = field.value.length > most ? [...field.value].length : 0;
  let line = frame.parentElement.querySelector(".sirocco-too-long");
  if (length <= most) {
    line?.remove();
    return;
  }
  if (!line) {
    line = document.createElement("p");
    line.setAttribute("class", "sirocco-too-long");
    line.setAttribute("role", "status");
    frame.parentElement.append(line);
  }
  const [has, more, allowed] = [length, length - most, most].map((number) => number.toLocaleString("en"));
  line.textContent = `This text has ${has} characters, ${more} more than the ${allowed} that can be sent.`;
}

const isSystemText = (field) =>
  Boolean(field.closest(".st-key-system") ?? field.getAttribute("aria-label")?.startsWith("System text"));

function boxName(field) {
  if (field.matches?.(CHAT_BOX)) return "chat";
  return field.tagName === "TEXTAREA" && field.closest(".st-key-compare-prompt") ? "compare" : null;
}

function findBox(name) {
  if (name === "chat") return document.querySelector(CHAT_BOX);
  return document.querySelector(".st-key-compare-prompt")?.querySelector("textarea") ?? null;
}

// Removes the drafts, what tab_settings.js keeps, and what shared_link.js keeps, because that script is on one page only.
function forget() {
  for (const name of ["chat", "compare", "sent", "waiting"]) keepDraft(name, "");
  for (const name of ["opened", "settings"]) keepInTab(FORGETTING + name, "");
}

function sentTexts() {
  try {
    const texts = JSON.parse(stored("sent") || "[]");
    return Array.isArray(texts) ? texts.filter((text) => typeof text === "string") : [];
  } catch {
    return [];
  }
}

const keepSent = (texts) => keepDraft("sent", texts.length ? JSON.stringify(texts) : "");

// Stores the draft; what the browser refuses to store is kept in the memory of the page.
function keepDraft(name, text) {
  delete drafts.kept[name];
  if (!keepInTab(DRAFT + name, text)) drafts.kept[name] = text;
}

const stored = (name) => drafts.kept[name] ?? keptInTab(DRAFT + name);
