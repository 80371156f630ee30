// Keeps the settings of the page that this tab has shown last. After a reload, a page without settings, such as Shared,
// sends them to the server, which has to restore them when the visitor undoes what a link has changed. Part of
// page_script.js.
//
// sessionStorage:  sirocco/1/settings    the query of the address, which has all of them but the system text

const SETTINGS = "sirocco/1/settings";

const tabSettings = (page.tabSettings ??= {});

function startTabSettings() {
  // A setting that has just been changed is in the address before the server has it.
  window.addEventListener("pagehide", () => tabSettings.here && keepSettings());
}

// `system`: null on a page without settings.
function hearTabSettings({ session, system }, tell) {
  const begins = tabSettings.session !== session;
  Object.assign(tabSettings, { session, here: system !== null });
  if (tabSettings.here) return keepSettings();
  const own = begins && { query: keptInTab(SETTINGS), system: keptInTab(SYSTEM) };
  if (own.query || own.system) tell("own", own);
}

const keepSettings = () => keepInTab(SETTINGS, location.search);
