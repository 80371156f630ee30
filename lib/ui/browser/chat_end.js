// Hands what is sent at the end of an answer to chat_storage.js (mount_end in chat_storage.py).
export default function ({ data, parentElement }) {
  const frame = parentElement.closest?.('[data-testid="stElementContainer"]');
  if (frame) frame.style.position = "absolute"; // it takes no space, not even the gap between elements
  window.siroccoChatStorage?.queue(data);
}
