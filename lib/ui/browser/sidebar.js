// Where the sidebar lies over the page, it closes when the visitor has chosen another page there. Part of page_script.js.

const OVER_THE_PAGE = "(max-width: 767px)"; // as Streamlit counts

function startSidebar() {
  document.addEventListener("click", (event) => {
    const chosen = event.target.closest?.('[data-testid="stSidebarNavLink"]');
    if (!chosen || !event.defaultPrevented) return; // a link that opens another tab
    if (!window.matchMedia(OVER_THE_PAGE).matches) return;
    document.querySelector('[data-testid="stSidebarCollapseButton"] button')?.click();
  });
}
