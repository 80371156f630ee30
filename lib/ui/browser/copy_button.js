// One button that puts a text on the clipboard within the click itself: browsers allow it then without asking.
const STYLE = `
  button { font: inherit; font-size: 0.875rem; padding: 0.45rem 0.9rem; cursor: pointer;
    border: 1px solid var(--st-primary-color); border-radius: var(--st-button-radius, 0.7rem);
    background: var(--st-primary-color); color: #fff; }
  button:focus-visible { outline: 2px solid var(--st-text-color); outline-offset: 2px; }
`;
const SHOWN_MS = 2000;

export default function show({ data, parentElement }) {
  let button = parentElement.querySelector("button");
  if (!button) {
    button = Object.assign(document.createElement("button"), { type: "button" });
    button.setAttribute("aria-live", "polite");
    parentElement.append(Object.assign(document.createElement("style"), { textContent: STYLE }), button);
  }
  button.textContent = data.label;
  button.onclick = async () => {
    button.textContent = (await copyText(data.text)) ? data.done : data.failed;
    setTimeout(() => { button.textContent = data.label; }, SHOWN_MS);
  };
}
