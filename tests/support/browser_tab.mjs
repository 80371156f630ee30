// One browser with tabs, for tests of the components' scripts. It reads one JSON object a line, {"do": a command, ...},
// does it, lets everything happen that needs no time, and answers with one line:
//   {"result": ..., "fired": [[tab, component, trigger, value], ...], "errors": [text, ...]}
// Every page load has a global object of its own (node:vm), and each component's module runs in it unchanged.
import readline from "node:readline";
import vm from "node:vm";
import { Click, Clock, Document, Element, KeyPress, Locks, Storage, Typed, fail } from "./browser_parts.mjs";

class Browser {
  secure = true; // else there are no Web Locks and there is no clipboard, as at an http:// address
  stores = true; // else localStorage and sessionStorage are switched off
  copies = true; // else the visitor does not let pages write to the clipboard
  online = true; // else this device has no network
  copiesAtAll = true; // else document.execCommand does not copy either
  room = null; // characters that localStorage takes; null: any number
  local = new Storage({}, () => this.room ?? Infinity);
  clipboard = null; // the text that was copied
  locks = new Locks();
  clock = new Clock();
  channels = new Set();
  tasks = []; // what happens soon, each after all promises have been kept
  tabs = new Map();

  async settle() {
    for (;;) {
      await new Promise(setImmediate);
      if (!this.tasks.length) return;
      this.tasks.shift()();
    }
  }
}

// One page load.
class Page {
  events = new EventTarget();
  components = new Map();

  constructor(tab) {
    this.tab = tab;
    const copy = (text) => void (browser.clipboard = text);
    this.document = new Document(copy, () => browser.copiesAtAll);
    this.context = vm.createContext(this.window());
    vm.runInContext("(now) => { Date.now = now; }", this.context)(() => browser.clock.now);
  }

  window() {
    const window = {
      document: this.document,
      navigator: this.navigator(),
      console: { error: (...what) => errors.push(what.map((each) => each?.stack ?? each).join(" ")) },
      TextEncoder,
      URL,
      URLSearchParams,
      location: this.location(),
      history: { state: null, replaceState: (state, title, address) => void (this.tab.address = new URL(address)) },
      AbortSignal: { timeout: (ms) => this.abortAfter(ms) },
      BroadcastChannel: channelOf(this),
      addEventListener: (...listener) => this.events.addEventListener(...listener),
      setInterval: (run, ms) => browser.clock.add(this, run, ms, true),
      setTimeout: (run, ms = 0) => browser.clock.add(this, run, ms),
      clearTimeout: (timer) => browser.clock.remove(timer),
      MutationObserver: observerOf(this),
      performance: { now: () => browser.clock.now },
      Event,
      FocusEvent: class extends Event {},
      KeyboardEvent: class extends Event {
        constructor(type, { key, ...more }) {
          super(type, more);
          this.key = key;
        }
      },
      innerHeight: 800,
      matchMedia: () => ({ matches: false }), // neither a phone nor any preference
    };
    const store = (name, find) => Object.defineProperty(window, name, { get: () => available(find()) });
    store("localStorage", () => browser.local);
    store("sessionStorage", () => this.tab.session);
    return Object.assign(window, { window });
  }

  location() {
    const part = (name) => ({ get: () => this.tab.address[name] });
    return Object.defineProperties({}, { href: part("href"), search: part("search"), hash: part("hash") });
  }

  navigator() {
    const locks = {
      request: (...request) => browser.locks.request(this, ...request),
      query: () => browser.locks.query(),
    };
    const clipboard = {
      async writeText(text) {
        if (!browser.copies) throw new DOMException("Write permission denied.", "NotAllowedError");
        browser.clipboard = text;
      },
    };
    const secure = (part) => ({ get: () => (browser.secure ? part : undefined) });
    const onLine = { get: () => browser.online };
    return Object.defineProperties({}, { locks: secure(locks), clipboard: secure(clipboard), onLine });
  }

  abortAfter(ms) {
    const controller = new AbortController();
    browser.clock.add(this, () => controller.abort(), ms);
    return controller.signal;
  }

  async mounted(name, source) {
    if (!this.components.has(name)) {
      const module = new vm.SourceTextModule(source, { context: this.context, identifier: name });
      await module.link(() => fail("A component imports nothing."));
      await module.evaluate();
      const frame = new Element(this.document, "div", { "data-testid": "stElementContainer" });
      const place = new Element(this.document, "div");
      frame.append(place);
      this.document.body.append(frame);
      this.components.set(name, { show: module.namespace.default, frame, place });
    }
    return this.components.get(name);
  }

  end() {
    browser.locks.leave(this);
    browser.clock.leave(this);
    for (const channel of browser.channels) if (channel.page === this) browser.channels.delete(channel);
  }
}

// Tells of every change of the page, once for all that happen at the same time.
const observerOf = (page) =>
  class {
    constructor(callback) {
      this.callback = callback;
    }

    observe() {
      page.document.watchers.add((this.watcher = () => {
        if (!this.due) browser.tasks.push(() => ((this.due = false), this.callback()));
        this.due = true;
      }));
    }

    disconnect() {
      page.document.watchers.delete(this.watcher);
    }
  };

const channelOf = (page) =>
  class {
    constructor(name) {
      Object.assign(this, { name, page });
      browser.channels.add(this);
    }

    postMessage(data) {
      for (const other of browser.channels)
        if (other !== this && other.name === this.name)
          browser.tasks.push(() => browser.channels.has(other) && other.onmessage?.({ data }));
    }
  };

function available(storage) {
  if (browser.stores) return storage;
  throw new DOMException("Access is denied for this document.", "SecurityError");
}

const page = (tab) => browser.tabs.get(tab).page;
const element = (tab, selector) => page(tab).document.querySelector(selector) ?? fail(`Nothing matches ${selector}`);

const commands = {
  // A new browser; everything of the one before is gone.
  start: () => void (browser = new Browser()),
  // Properties of `Browser`: secure, stores, copies, copiesAtAll, online, room.
  set: ({ properties }) => void Object.assign(browser, properties),
  // A new tab at this address, whose sessionStorage begins with these items.
  open({ session, address }) {
    const tab = { session: new Storage(session), address: new URL(address) };
    tab.page = new Page(tab);
    browser.tabs.set(browser.tabs.size + 1, tab);
    return browser.tabs.size;
  },
  async render({ tab, component, source, data }) {
    const shown = await page(tab).mounted(component, source);
    // Streamlit calls no listener of a component that the page does not show.
    const setTriggerValue = (name, value) => shown.place.isConnected && fired.push([tab, component, name, value]);
    shown.show({ data, setTriggerValue, parentElement: shown.place });
  },
  // The tab shows a page of the app without these components. Their modules run anew when they are shown again.
  leave({ tab }) {
    for (const { frame } of page(tab).components.values()) frame.remove();
    page(tab).components.clear();
  },
  reload({ tab }) {
    commands.close({ tab });
    browser.tabs.get(tab).page = new Page(browser.tabs.get(tab));
  },
  // Another part behind "#" of the same address: a link that is pasted, or Back.
  fragment({ tab, text }) {
    browser.tabs.get(tab).address.hash = text;
    page(tab).events.dispatchEvent(new Event("hashchange"));
  },
  close({ tab }) {
    page(tab).events.dispatchEvent(new Event("pagehide"));
    page(tab).end();
  },
  // The tab is gone, and its page gets no event.
  crash: ({ tab }) => page(tab).end(),
  hide: ({ tab }) => void page(tab).document.dispatchEvent(new Event("visibilitychange")),
  move: ({ ms }) => browser.clock.move(ms),
  // From now on it takes so long to find an element on the page.
  slow({ tab, ms }) {
    const { document } = page(tab);
    const find = document.querySelector;
    document.querySelector = (at) => {
      browser.clock.now += ms;
      return find.call(document, at);
    };
  },
  // Things of localStorage; null removes one. There is room for them in any case.
  store({ items }) {
    for (const [key, value] of Object.entries(items)) {
      if (value === null) delete browser.local[key];
      else browser.local[key] = value;
    }
  },
  // Sends a message to all other tabs, as the script of a page does.
  tell: ({ tab, text }) => new (page(tab).context.BroadcastChannel)("sirocco/1/").postMessage(text),
  state: () => ({ local: browser.local, writes: browser.local.writes, clipboard: browser.clipboard }),
  now: () => browser.clock.now,
  tab({ tab }) {
    const { spoken, activeElement } = page(tab).document;
    const { session, address } = browser.tabs.get(tab);
    return { session, address: address.href, spoken, focus: activeElement.attributes };
  },
  add({ tab, inside, tag, attributes, text }) {
    const { document } = page(tab);
    (inside ? element(tab, inside) : document.body).append(new Element(document, tag, attributes, text));
  },
  type({ tab, at, text }) {
    const field = element(tab, at);
    field.value = text;
    page(tab).document.dispatchEvent(new Typed(field));
  },
  remove: ({ tab, at }) => element(tab, at).remove(),
  text: ({ tab, at }) => page(tab).document.querySelector(at)?.textContent ?? null,
  style: ({ tab, at }) => element(tab, at).style,
  // Whether the key press was taken, so that the browser does nothing else with it.
  press({ tab, at, keys }) {
    const timeStamp = browser.clock.now;
    const event = new KeyPress(at ? element(tab, at) : page(tab).document.body, { ...keys, timeStamp });
    page(tab).document.dispatchEvent(event);
    return event.defaultPrevented;
  },
  // Whether the click was taken; `detail`: its number in a double click.
  click({ tab, at, detail }) {
    const event = new Click(element(tab, at), { detail, timeStamp: browser.clock.now });
    page(tab).document.dispatchEvent(event);
    if (!event.defaultPrevented) element(tab, at).click();
    return event.defaultPrevented;
  },
  clicks: ({ tab, at }) => element(tab, at).clicks,
  value: ({ tab, at }) => element(tab, at).value,
  // What the app shows in a field, without anybody having typed.
  draw: ({ tab, at, text }) => void (element(tab, at).value = text),
  // What the browser itself sets of an element, such as its size or how far it is scrolled.
  property: ({ tab, at, name, value }) => void (element(tab, at)[name] = value),
  read: ({ tab, at, name }) => element(tab, at)[name] ?? null,
  focus: ({ tab, at }) => element(tab, at).focus(),
  // Something that a visitor does to an element: "wheel", "pointerdown".
  act: ({ tab, at, event }) => void element(tab, at).dispatchEvent(new Event(event)),
  attribute: ({ tab, at, name, value }) => element(tab, at).setAttribute(name, value),
  // A click that scripts of the document see first; whether they kept it from everything else.
  click_through({ tab, at }) {
    const event = new Click(element(tab, at));
    page(tab).document.dispatchEvent(event);
    return event.stopped;
  },
};

let browser = new Browser();
let fired = [];
let errors = [];
for (const event of ["uncaughtException", "unhandledRejection"]) process.on(event, (error) => errors.push(error.stack));
for await (const line of readline.createInterface({ input: process.stdin })) {
  const request = JSON.parse(line);
  let result = null;
  try {
    result = (await commands[request.do](request)) ?? null;
    await browser.settle();
  } catch (error) {
    errors.push(error.stack);
  }
  console.log(JSON.stringify({ result, fired, errors }));
  [fired, errors] = [[], []];
}
