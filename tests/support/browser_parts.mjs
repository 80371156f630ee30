// Stand-ins for the parts of a browser that the components use, and nothing beyond that. What is not here fails
// in the test, so that a component which starts to use more of a browser is noticed.

const PLAIN = /^([a-z]+)?((?:\.[\w-]+)*)((?:\[[\w-]+\*?="[^"]*"\])*)$/; // tag.class[name="value"], without combinators

// What is stored are the object's own properties, as in a browser. `room()` is the limit in characters.
export class Storage {
  #room;
  #writes = 0;

  constructor(items = {}, room = () => Infinity) {
    Object.assign(this, items);
    this.#room = room;
  }

  getItem(key) {
    return Object.hasOwn(this, key) ? this[key] : null;
  }

  setItem(key, value) {
    const items = Object.entries({ ...this, [key]: String(value) });
    const room = this.#room();
    if (room < Infinity && items.reduce((size, [name, text]) => size + name.length + text.length, 0) > room)
      throw new DOMException("The quota has been exceeded.", "QuotaExceededError");
    this[key] = String(value);
    this.#writes += 1;
  }

  get writes() {
    return this.#writes;
  }

  removeItem(key) {
    delete this[key];
  }
}

// Web Locks of one browser. `owner` is the page that asks; its locks are free once it is gone.
export class Locks {
  #held = new Map();
  #pending = [];

  request(owner, name, { signal }, callback) {
    return new Promise((resolve, reject) => {
      const request = { owner, name, callback, resolve, reject };
      signal.addEventListener("abort", () => {
        if (this.#pending.includes(request)) reject(signal.reason);
        this.#pending = this.#pending.filter((other) => other !== request);
      });
      this.#pending.push(request);
      this.#grant();
    });
  }

  async query() {
    return { held: [...this.#held.keys()].map((name) => ({ name })) };
  }

  leave(owner) {
    this.#pending = this.#pending.filter((request) => request.owner !== owner);
    for (const request of [...this.#held.values()]) if (request.owner === owner) this.#free(request);
  }

  #free(request) {
    if (this.#held.get(request.name) === request) this.#held.delete(request.name);
    this.#grant();
  }

  #grant() {
    const granted = this.#pending.find((request) => !this.#held.has(request.name));
    if (!granted) return;
    this.#pending = this.#pending.filter((request) => request !== granted);
    this.#held.set(granted.name, granted);
    const done = Promise.resolve({ name: granted.name }).then(granted.callback);
    done.finally(() => this.#free(granted)).then(granted.resolve, granted.reject);
    this.#grant();
  }
}

// A clock that moves when the test says so. A timer that is due more than once in a move runs once, as in a
// browser whose computer has slept.
export class Clock {
  now = Date.UTC(2026, 0, 1);
  #timers = new Set();

  add(owner, run, ms, repeats = false) {
    const timer = { owner, run, ms, repeats, at: this.now + ms };
    this.#timers.add(timer);
    return timer;
  }

  remove(timer) {
    this.#timers.delete(timer);
  }

  leave(owner) {
    for (const timer of this.#timers) if (timer.owner === owner) this.#timers.delete(timer);
  }

  move(ms) {
    this.now += ms;
    const due = [...this.#timers].filter((timer) => timer.at <= this.now);
    for (const timer of due.sort((one, other) => one.at - other.at)) {
      timer.at = this.now + timer.ms;
      if (!timer.repeats) this.#timers.delete(timer);
      timer.run();
    }
  }
}

export class Element {
  attributes = {};
  style = {};
  children = [];
  clicks = 0;
  sent = []; // the types of the events that a script has sent to it
  parentElement = null;
  value = "";
  #text = "";

  constructor(document, tag, attributes = {}, text = "") {
    this.document = document;
    this.tag = tag;
    this.#text = text;
    Object.assign(this.attributes, attributes);
  }

  set id(id) {
    this.attributes.id = id;
  }

  set role(role) {
    this.attributes.role = role;
  }

  get textContent() {
    return this.#text + this.children.map((child) => child.textContent).join("");
  }

  set textContent(text) {
    this.children = [];
    this.#text = text;
  }

  get innerText() {
    return this.textContent;
  }

  get isConnected() {
    return this === this.document.body || (this.parentElement?.isConnected ?? false);
  }

  get childElementCount() {
    return this.children.length;
  }

  get firstElementChild() {
    return this.children[0] ?? null;
  }

  get tagName() {
    return this.tag.toUpperCase();
  }

  getAttribute(name) {
    return this.attributes[name] ?? null;
  }

  setAttribute(name, value) {
    this.attributes[name] = value;
    this.document.changed();
  }

  // Every event comes to the document, as one that bubbles does in a browser.
  dispatchEvent(event) {
    Object.defineProperty(event, "target", { value: this });
    this.sent.push(event.type);
    return this.document.dispatchEvent(event);
  }

  click() {
    this.clicks += 1;
    this.onclick?.({ detail: 1 });
  }

  append(...elements) {
    for (const element of elements) {
      element.remove();
      element.parentElement = this;
      this.children.push(element);
      if (this.attributes["aria-live"] === "polite") this.document.spoken.push(element.textContent);
    }
    this.document.changed();
  }

  remove() {
    const parent = this.parentElement;
    if (parent) parent.children = parent.children.filter((child) => child !== this);
    this.parentElement = null;
    this.document.changed();
  }

  focus() {
    this.document.activeElement = this;
  }

  select() {
    this.document.selected = this;
  }

  setSelectionRange() {}

  getBoundingClientRect() {
    return { left: 0, top: 0, width: 0 };
  }

  matches(selectors) {
    return selectors.split(", ").some((selector) => {
      const [plain, lacks] = selector.split(":not([");
      if (lacks && lacks.replace("])", "") in this.attributes) return false;
      const [, tag, classes, attributes] = PLAIN.exec(plain) ?? fail(`The stand-in cannot read ${selector}`);
      const mine = (this.attributes.class ?? "").split(" ");
      const pairs = [...attributes.matchAll(/\[([\w-]+)(\*?)="([^"]*)"\]/g)];
      return (
        (!tag || tag === this.tag) &&
        classes.split(".").slice(1).every((name) => mine.includes(name)) &&
        pairs.every(([, name, part, value]) =>
          part ? this.attributes[name]?.includes(value) : this.attributes[name] === value,
        )
      );
    });
  }

  closest(selectors) {
    return this.matches(selectors) ? this : (this.parentElement?.closest(selectors) ?? null);
  }

  querySelector(selectors) {
    for (const child of this.children) {
      const found = child.matches(selectors) ? child : child.querySelector(selectors);
      if (found) return found;
    }
    return null;
  }
}

export class Document extends EventTarget {
  watchers = new Set(); // called after each change of an element
  body = new Element(this, "body");
  activeElement = this.body;
  selected = null;
  spoken = []; // what screen readers were given to say

  // `copy` takes a text that was copied; `mayCopy`: whether the browser copies at all.
  constructor(copy, mayCopy) {
    super();
    Object.assign(this, { copy, mayCopy });
  }

  changed() {
    for (const watcher of this.watchers) watcher();
  }

  createElement(tag) {
    return new Element(this, tag);
  }

  querySelector(selectors) {
    return this.body.querySelector(selectors);
  }

  execCommand(command) {
    const field = this.selected;
    const may = command === "copy" && field?.tag === "textarea" && field.isConnected && this.mayCopy();
    if (may) this.copy(field.value);
    return may;
  }
}

// What is typed into a field; the event comes to the document, as it does in a browser.
export class Typed extends Event {
  constructor(field) {
    super("input");
    Object.defineProperty(this, "target", { value: field });
  }
}

// A key press or a click: an event of the document with what a script reads of it.
class Act extends Event {
  constructor(type, target, more) {
    super(type, { cancelable: true });
    const read = { target, composedPath: () => [target], ...more };
    for (const [name, value] of Object.entries(read)) Object.defineProperty(this, name, { value });
  }
}

export class KeyPress extends Act {
  constructor(target, keys) {
    super("keydown", target, { ctrlKey: false, metaKey: false, altKey: false, repeat: false, ...keys });
  }
}

export class Click extends Act {
  stopped = false;

  constructor(target, more) {
    super("click", target, more);
  }

  stopPropagation() {
    this.stopped = true;
  }
}

export function fail(message) {
  throw new Error(message);
}
