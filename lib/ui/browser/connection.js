// Says that the connection to the server has ended, and that it is back. Part of page_script.js.
//
// Streamlit writes the state of its websocket into an attribute of the page.

const STATE = "data-test-connection-state";
const SOON_MS = 700; // a shorter outage is not reported
const BACK_MS = 4000; // how long the page says that the connection is back
const SAFE = "What you typed and what has arrived is kept in this browser.";

const connection = (page.connection ??= { lost: false });

function startConnection() {
  connection.line = document.createElement("p");
  connection.line.setAttribute("id", "sirocco-connection");
  connection.line.setAttribute("role", "status");
  window.addEventListener("offline", lookAtConnection);
  window.addEventListener("online", lookAtConnection);
}

// Put the line and the button "Newest" into Streamlit's frame of the page, whose colours they take, and watch the state.
function tendConnection() {
  if (connection.lost) closeTheOtherDialog();
  const app = document.querySelector('[data-testid="stApp"]');
  if (!app || app === connection.app) return;
  connection.app = app;
  app.append(connection.line, newest.button);
  connection.watch?.disconnect();
  connection.watch = new MutationObserver(lookAtConnection);
  connection.watch.observe(app, { attributes: true, attributeFilter: [STATE] });
}

function lookAtConnection() {
  const state = connection.app.getAttribute(STATE);
  if (state === "CONNECTED") {
    clearTimeout(connection.soon);
    connection.soon = null;
    if (connection.lost) sayBack();
    return;
  }
  connection.state = state;
  if (connection.lost) sayLost();
  else connection.soon ??= setTimeout(sayLost, SOON_MS);
}

// Streamlit opens a dialog over the page, which tells visitors to start the server in their terminal.
function closeTheOtherDialog() {
  const dialog = document.querySelector('[role="dialog"]');
  if (dialog?.textContent.includes("streamlit run")) dialog.querySelector("button")?.click();
}

function sayLost() {
  connection.lost = true;
  clearTimeout(connection.back);
  const why = navigator.onLine === false ? "This device is offline." : "The server cannot be reached.";
  const next = connection.state === "DISCONNECTED_FOREVER" ? "Load the page anew to go on." : "Trying again…";
  connection.line.textContent = `${why} ${SAFE} ${next}`;
}

function sayBack() {
  connection.lost = false;
  connection.line.textContent = "Connected again.";
  connection.back = setTimeout(() => (connection.line.textContent = ""), BACK_MS);
  putLostIntoBox();
}
