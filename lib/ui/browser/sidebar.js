// On a narrow window, where the sidebar covers the page, it closes after a click there that changes the page: on another
// page, on a chat, or on "Forget now", whose result the page shows. Part of page_script.js.

const OVER_THE_PAGE = "(max-width: 767px)"; // Streamlit's own limit
const CHANGES_THE_PAGE = '[data-testid="stSidebarNavLink"], [class*="st-key-open-chat-"], .st-key-forget-now';

function startSidebar() {
  document.addEventListener("click", (event) => {
    const chosen = event.target.closest?.(CHANGES_THE_PAGE);
    if (!chosen || (chosen.matches("a") && !event.defaultPrevented)) return; // such a link opens another tab
    if (!window.matchMedia(OVER_THE_PAGE).matches) return;
    document.querySelector('[data-testid="stSidebarCollapseButton"] button')?.click();
  });
}
