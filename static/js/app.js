// What every staff page shares: the place in the navigation, theme switch, guard against double submits, messages after a swap.
(function () {
  "use strict";
  // On a phone the navigation scrolls sideways: begin where the reader is.
  var here = document.querySelector(".nav-side [aria-current]");
  if (here) here.parentNode.scrollLeft = here.offsetLeft - 64;
  document.addEventListener("click", function (event) {
    var button = event.target.closest("[data-theme-switch]");
    if (!button) return;
    var next = document.documentElement.getAttribute("data-bs-theme") === "dark" ? "light" : "dark";
    document.documentElement.setAttribute("data-bs-theme", next);
    try { localStorage.setItem("theme", next); } catch (error) { /* storage may be blocked */ }
  });
  // A second press while the first is on its way would only meet a stale state.
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (form.method !== "post" || form.hasAttribute("hx-post")) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
  });
  // The back button may bring a page back with its forms still marked as sent.
  window.addEventListener("pageshow", function () {
    document.querySelectorAll("form[data-sent]").forEach(function (form) { delete form.dataset.sent; });
  });
  // An expired session answers htmx with the login page: go there instead of swapping it in.
  document.addEventListener("htmx:beforeSwap", function (event) {
    var url = event.detail.xhr.responseURL || "";
    if (url.indexOf("/dang-nhap/") !== -1) { event.preventDefault(); window.location.reload(); }
  });
})();
