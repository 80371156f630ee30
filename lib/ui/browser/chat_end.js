// What chat_storage.js has to do when an answer has ended. Streamlit sends a component once in each run, and the answer
// ends in the run that has drawn chat_storage already.

export default function ({ data, parentElement }) {
  const frame = parentElement.closest?.('[data-testid="stElementContainer"]');
  if (frame) frame.style.position = "absolute"; // takes no place, not even a gap
  window.siroccoChatStorage?.queue(data);
}
