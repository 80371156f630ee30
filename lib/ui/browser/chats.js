// The chats that this browser keeps: their list, removing one, and one file of all. Part of chat_storage.js, whose
// functions it uses.

const TITLE = 200; // characters of the first prompt that the list tells

const localDay = (ms) => {
  const day = new Date(ms - new Date(ms).getTimezoneOffset() * 60_000);
  return day.toISOString().slice(0, 10);
};

// Newest first. A conversation without a record is none: its answers were all deleted.
function keptChats() {
  const kept = allChats().filter((chat) => names(chat).some((name) => !name.includes("/")));
  return kept.sort((one, other) => touched(other) - touched(one));
}

// What the list shows of a conversation: its day, and the prompt and the model of its first turn.
function heading(chat) {
  const saved = (name) => {
    try {
      return Object(JSON.parse(local.getItem(SPACE + chat + "/" + name)));
    } catch {
      return {};
    }
  };
  const places = names(chat).filter((name) => name.endsWith("/at")).map((name) => [name.slice(0, -3), saved(name)]);
  const first = places.filter(([, place]) => !place.parent).sort(([, one], [, other]) => !!other.chosen - !!one.chosen);
  const record = first.length ? saved(first[0][0]) : {};
  const prompt = Array.from(String(record.prompt ?? "").slice(0, 2 * TITLE)).slice(0, TITLE).join("");
  return { id: chat, day: localDay(touched(chat)), prompt, model: record.recipe?.model_id ?? "" };
}

// Sends the list to the server if it is not the one that was sent last.
async function tellChats() {
  const elsewhere = await held();
  const where = (chat) => (chat === page.chat ? "here" : elsewhere.has(chat) ? "elsewhere" : "");
  const chats = keptChats().map((chat) => ({ ...heading(chat), open: where(chat) }));
  const said = JSON.stringify(chats);
  if (said !== page.listed) page.tell("chats", chats);
  page.listed = said;
}

// The page remembers the chat that was removed last, so that it can be put back.
function removeChat(chat) {
  const start = SPACE + chat + "/";
  page.removed = keys(local).filter((key) => key.startsWith(start)).map((key) => [key, local.getItem(key)]);
  drop(chat);
}

function putBack() {
  const items = page.removed ?? [];
  page.removed = [];
  if (!items.every(([key, text]) => write(local, key, text))) page.tell("trouble", "full");
}

// Saves one file of all chats; without the oldest ones if it had more than `most` bytes.
function downloadChats(most) {
  const whole = keptChats();
  const texts = [];
  let size = 0;
  for (const chat of whole) {
    const text = JSON.stringify({ ...heading(chat), records: read(chat).records });
    size += new TextEncoder().encode(text).length + 1;
    if (size > most) break;
    texts.push(text);
  }
  const file = new Blob([`{"sirocco_chats":1,"chats":[${texts.join(",")}]}`], { type: "application/json" });
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = `sirocco-chats-${localDay(Date.now())}.json`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  page.tell("downloaded", [texts.length, whole.length]);
}

// What "Forget everything" takes away: the numbers of chats and of comparison runs.
function tally() {
  let runs = [];
  try {
    runs = JSON.parse(local.getItem(SPACE + "shelf")).runs;
  } catch { /* none, or not ours to read */ }
  return { chats: keptChats().length, runs: Array.isArray(runs) ? runs.length : 0 };
}
