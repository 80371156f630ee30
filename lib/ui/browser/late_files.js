// Loads what Streamlit's page would load with the first code block or formula: a script of 1.5 MB, whose start would stop
// the page in the middle of an answer. Part of page_script.js.

const RESTS = '[data-testid="stApp"][data-test-script-state="notRunning"]';
const OPENED_MS = 1000; // what the browser has kept makes a page that was just opened run once more
const LOOK_AGAIN_MS = 250;

// `asked`: the files are being loaded. `ready`: the names of those that have been started.
const lateFiles = (page.lateFiles ??= { asked: false, ready: [] });

// `late`: names of Streamlit's scripts; none on a page that shows no answers.
function hearLateFiles({ late }) {
  if (!late?.length || lateFiles.asked || navigator.connection?.saveData) return;
  lateFiles.asked = true;
  setTimeout(() => whenPageRests(() => late.forEach(fetchLateFile)), OPENED_MS);
}

// The file is fetched first and started later, because the page stands still while a script starts.
function fetchLateFile(name) {
  const first = document.querySelector('script[type="module"][src*="static/js/"]');
  const link = document.createElement("link");
  const href = new URL(name, first.src).href;
  Object.assign(link, { rel: "modulepreload", crossOrigin: "anonymous", fetchPriority: "low", href });
  link.onload = () => whenPageRests(() => startLateFile(name, href));
  document.head.append(link);
}

// If it fails, Streamlit tries again when it needs the file.
function startLateFile(name, href) {
  import(href).then(() => lateFiles.ready.push(name), () => {});
}

function whenPageRests(act) {
  const look = () => {
    if (document.querySelector(RESTS)) act();
    else setTimeout(() => whenPageRests(act), LOOK_AGAIN_MS);
  };
  if (window.requestIdleCallback) window.requestIdleCallback(look);
  else setTimeout(look); // Safari
}
