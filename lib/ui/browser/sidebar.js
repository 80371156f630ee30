// Where the sidebar lies over the page, it closes when the visitor has chosen something there that changes the page:
// another page, a chat, or to forget everything, which the page then tells of. Part of page_script.js.

const OVER_THE_PAGE = "(max-width: 767px)"; // as Streamlit counts
const CHANGES_THE_PAGE = '[data-testid="stSidebarNavLink"], [class*="st-key-open-chat-"], .st-key-forget-now';

function startSidebar() {
  document.addEventListener("click", (event) => {
    const chosen = event.target.closest?.(CHANGES_THE_PAGE);
    if (!chosen || (chosen.matches("a") && !event.defaultPrevented)) return; // the latter opens another tab
    if (!window.matchMedia(OVER_THE_PAGE).matches) return;
    document.querySelector('[data-testid="stSidebarCollapseButton"] button')?.click();
  });
}
