// Loads the scripts that Streamlit's page would load with the first code block or formula: running one of 1.5 MB for the
// first time would block the page in the middle of an answer. Part of page_script.js.

const RESTS = '[data-testid="stApp"][data-test-script-state="notRunning"]';
const LOOK_MS = 250;
const LOOKS = 4; // so many times in a row the page must rest: one that was just opened runs more than once

// `asked`: the files are being loaded. `ready`: the names of those that have been started.
const lateFiles = (page.lateFiles ??= { asked: false, ready: [] });

// `late`: names of Streamlit's scripts; none on a page that shows no answers.
function hearLateFiles({ late }) {
  if (!late?.length || lateFiles.asked || navigator.connection?.saveData) return;
  lateFiles.asked = true;
  whenPageRests(() => late.forEach(fetchLateFile));
}

// The file is fetched first and run later, because the page is blocked while a script is run for the first time.
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

function whenPageRests(act, looks = LOOKS) {
  const look = () => {
    if (!document.querySelector(RESTS)) whenPageRests(act);
    else if (looks > 1) whenPageRests(act, looks - 1);
    else act();
  };
  const whenIdle = window.requestIdleCallback ?? setTimeout; // Safari has no requestIdleCallback
  setTimeout(() => whenIdle(look), LOOK_MS);
}
