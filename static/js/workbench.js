// The queue: keys, the pane beside the list, news without reload, focus that stays where the reader is.
(function () {
  "use strict";
  var desk = document.querySelector("[data-queue]");
  var pane = document.getElementById("pane");
  var wide = window.matchMedia("(min-width: 1101px)");

  function rows() { return Array.prototype.slice.call(document.querySelectorAll("#list [data-row]")); }
  function links() { return rows().map(function (row) { return row.querySelector("[data-open]"); }); }
  function current() { return document.activeElement ? document.activeElement.closest("[data-row]") : null; }

  function open(link) {
    var code = link.dataset.open;
    if (!pane || !wide.matches) { window.location.href = link.href; return; }
    rows().forEach(function (row) { row.classList.toggle("on", row.dataset.row === code); });
    var address = new URL(window.location.href);
    address.searchParams.set("mo", code);
    // The address always shows what is on screen, so a reload gives the same page.
    window.history.replaceState(null, "", address);
    window.htmx.ajax("GET", link.getAttribute("href"), { target: "#pane", swap: "innerHTML" });
  }

  document.addEventListener("click", function (event) {
    var link = event.target.closest("[data-open]");
    if (link && !event.metaKey && !event.ctrlKey && !event.shiftKey && pane && wide.matches) {
      event.preventDefault();
      open(link);
    }
    // A row lights up as a whole, so it opens as a whole; not where somebody marked text, ticks, or means another control.
    var row = event.target.closest("#list [data-row]");
    var cell = row && event.target.closest("td");
    var plain = !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
    if (cell && plain && !cell.querySelector("input") && !event.target.closest("a, button, label, select, summary") && window.getSelection().isCollapsed) open(row.querySelector("[data-open]"));
    if (event.target.closest("[data-keys]")) document.getElementById("keys").showModal();
  });

  function step(by) {
    var all = links();
    if (!all.length) return;
    var here = current() || document.querySelector("#list tr.on");
    var at = here ? all.indexOf(here.querySelector("[data-open]")) : -1;
    var next = all[Math.max(0, Math.min(all.length - 1, at + by))];
    next.focus();
  }

  function typing(target) {
    return target.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");
  }

  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (document.querySelector("dialog[open]")) return;
    var search = document.getElementById("tim");
    if (event.key === "/" && search) { event.preventDefault(); search.focus(); search.select(); return; }
    if (event.key === "?" && document.getElementById("keys")) { document.getElementById("keys").showModal(); return; }
    if (desk && event.key === "j") { event.preventDefault(); step(1); return; }
    if (desk && event.key === "k") { event.preventDefault(); step(-1); return; }
    if (!/^[a-z]$/.test(event.key)) return;
    var button = document.querySelector('#pane [data-key="' + event.key + '"], .sticky-actions [data-key="' + event.key + '"], .bar > [data-key="' + event.key + '"], #messages [data-key="' + event.key + '"]');
    if (button) { event.preventDefault(); button.click(); }
  });

  // A form was asked for to be filled in: begin there, wherever the key was pressed; with what is wrong, if anything is.
  function firstField(part) {
    return part.querySelector("form .is-invalid") || part.querySelector("form :is(input, select, textarea):not([type=hidden])");
  }
  var alone = document.querySelector(".narrow");
  if (alone && firstField(alone)) firstField(alone).focus({ preventScroll: true });

  // After a swap the reader keeps their place: the same field if it is still there, else the top of what came.
  document.addEventListener("htmx:afterSettle", function (event) {
    if (event.detail.target && event.detail.target.id === "pane") {
      var lost = !document.activeElement || document.activeElement === document.body || pane.contains(document.activeElement);
      var title = pane.querySelector(".pane-title");
      var stop = (pane.querySelector("[data-case]") ? null : firstField(pane)) || (lost ? title : null);
      if (stop) stop.focus({ preventScroll: true });
      pane.scrollTop = 0;
    }
    if (event.detail.target && event.detail.target.id === "list") { mark(); keepPlace(); }
  });

  // The list loads itself again after an action: whoever stood on a row stands on the row that took its place.
  var place = -1;
  document.addEventListener("htmx:beforeSwap", function (event) {
    if (!event.detail.target || event.detail.target.id !== "list") return;
    var here = current();
    place = here ? rows().indexOf(here) : -1;
  });
  function keepPlace() {
    if (place < 0 || (document.activeElement && document.activeElement !== document.body)) return;
    var all = links();
    var title = pane && pane.querySelector(".pane-title");
    var next = all[Math.min(place, all.length - 1)] || title;
    if (next) next.focus({ preventScroll: true });
    place = -1;
  }

  function mark() {
    var code = pane && pane.querySelector("[data-case]") && pane.querySelector("[data-case]").dataset.case;
    rows().forEach(function (row) { row.classList.toggle("on", row.dataset.row === code); });
  }

  // A sign of life for the request that is open, so that a colleague sees it is being worked on; the answer says who is.
  function held() { return document.querySelector("#held[data-hold]"); }
  function hold() {
    var open = held();
    if (open && document.visibilityState === "visible") window.htmx.ajax("POST", open.dataset.hold, { target: "#held", swap: "outerHTML" });
  }
  window.setInterval(hold, 30000);
  // Leaving frees it at once: the page, or the request that was in the pane.
  function letGo(open) {
    if (!open || !open.dataset.held) return;
    var form = new FormData();
    form.append("csrfmiddlewaretoken", JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"]);
    form.append("tha", open.dataset.held);
    navigator.sendBeacon(open.dataset.hold, form);
  }
  var had = held();
  document.addEventListener("htmx:afterSettle", function () {
    var now = held();
    if (had && (!now || now.dataset.hold !== had.dataset.hold)) letGo(had);
    had = now;
  });
  window.addEventListener("pagehide", function () { letGo(had); });
  window.addEventListener("pageshow", function (event) { if (event.persisted) hold(); });

  if (!desk) return;
  document.querySelectorAll("[data-keys]").forEach(function (button) { button.hidden = false; });

  // News: counts change in place, new requests are announced over the list and never push a row away under the mouse.
  var title = document.title;
  var heard = 0;
  function ask() {
    if (document.visibilityState === "hidden" && !desk.hasAttribute("data-rings")) return;
    var tabs = document.getElementById("tabs");
    var url = desk.dataset.news + "&dem=" + encodeURIComponent(tabs ? tabs.dataset.fingerprint : "");
    window.htmx.ajax("GET", url, { target: "#fresh", swap: "innerHTML" });
  }
  window.setInterval(ask, 10000);
  document.addEventListener("htmx:afterRequest", function (event) {
    var fresh = parseInt(event.detail.xhr.getResponseHeader("X-New") || "-1", 10);
    if (fresh < 0) return;
    document.title = (fresh ? "(" + fresh + ") " : "") + title;
    if (fresh > heard && desk.hasAttribute("data-rings")) ring();
    heard = fresh;
  });
  function ring() {
    try {
      var audio = new (window.AudioContext || window.webkitAudioContext)();
      var tone = audio.createOscillator();
      var loudness = audio.createGain();
      tone.frequency.value = 880;
      loudness.gain.setValueAtTime(0.08, audio.currentTime);
      loudness.gain.exponentialRampToValueAtTime(0.001, audio.currentTime + 0.4);
      tone.connect(loudness).connect(audio.destination);
      tone.start();
      tone.stop(audio.currentTime + 0.4);
    } catch (error) { /* a browser may refuse sound before the first click */ }
  }
})();
