// The day board: a visit opens in a dialog, can be dragged to a person and a time, and moved by keyboard. Everything ends
// in the server's preview; without this script each visit is a link to the same page.
(function () {
  "use strict";
  var dialog = document.getElementById("hop");
  var dragged = null;
  var aim = null;
  var chosen = "";

  function table() { return document.getElementById("bang"); }

  function open(url) {
    chosen = "luot-" + (/luot\/(\d+)/.exec(url) || ["", ""])[1];
    htmx.ajax("GET", url, { target: "#hop-noi-dung", swap: "innerHTML" }).then(function () {
      if (!dialog.open) dialog.showModal();
      var first = dialog.querySelector("a.btn, button, select, input:not([type=hidden])");
      if (first) first.focus();
    });
  }

  // Minutes from the left edge of the day to a pointer, in steps of five.
  function clockAt(x) {
    var row = table().querySelector("thead tr");
    var left = row.cells[0].getBoundingClientRect().right;
    var right = row.cells[row.cells.length - 1].getBoundingClientRect().right;
    var steps = Number(table().dataset.steps);
    var parts = table().dataset.from.split(":");
    var step = Math.max(0, Math.min(steps - 1, Math.floor(((x - left) / (right - left)) * steps)));
    var minutes = Number(parts[0]) * 60 + Number(parts[1]) + step * 5;
    return String(Math.floor(minutes / 60)).padStart(2, "0") + ":" + String(minutes % 60).padStart(2, "0");
  }

  function drawNow() {
    var board = table() && table().querySelector(".board");
    if (!board || !("today" in table().dataset)) return;
    var old = board.querySelector(".nowline");
    if (old) old.remove();
    var head = board.querySelector("thead tr");
    var local = new Date(Date.now() + 7 * 3600 * 1000);
    var parts = table().dataset.from.split(":");
    var passed = local.getUTCHours() * 60 + local.getUTCMinutes() - Number(parts[0]) * 60 - Number(parts[1]);
    var whole = Number(table().dataset.steps) * 5;
    if (passed < 0 || passed > whole || !head.offsetParent) return;
    var left = head.cells[0].offsetWidth;
    var line = document.createElement("span");
    line.className = "nowline";
    line.style.left = left + ((head.offsetWidth - left) * passed) / whole + "px";
    line.style.height = board.querySelector("table").offsetHeight + "px";
    board.appendChild(line);
  }

  function aimAt(cell) {
    if (aim) aim.classList.remove("aim");
    aim = cell;
    if (aim) aim.classList.add("aim");
  }

  document.addEventListener("click", function (event) {
    var visit = event.target.closest("#bang a.visit, #bang li a");
    if (visit && !event.ctrlKey && !event.metaKey && !event.shiftKey) { event.preventDefault(); open(visit.href); }
    if (event.target === dialog) dialog.close();
  });

  document.addEventListener("dragstart", function (event) {
    var visit = event.target.closest && event.target.closest("a.visit");
    if (!visit || !table() || !("mayChange" in table().dataset)) return;
    dragged = { url: visit.href, grip: event.clientX - visit.getBoundingClientRect().left };
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", visit.id);
    visit.classList.add("taken");
  });
  document.addEventListener("dragover", function (event) {
    var cell = dragged && event.target.closest("#bang tbody td, #bang tbody th");
    if (!cell) { aimAt(null); return; }
    event.preventDefault();
    aimAt(cell);
  });
  document.addEventListener("drop", function (event) {
    var body = dragged && event.target.closest("#bang tbody");
    if (!body) return;
    event.preventDefault();
    var query = "?nguoi=" + body.dataset.staff + "&ngay=" + table().dataset.day;
    open(dragged.url + query + "&gio=" + clockAt(event.clientX - dragged.grip));
  });
  document.addEventListener("dragend", function () {
    document.querySelectorAll(".visit.taken").forEach(function (visit) { visit.classList.remove("taken"); });
    aimAt(null);
    dragged = null;
  });

  // Arrow keys go from visit to visit, m opens the move form of the one in focus.
  document.addEventListener("keydown", function (event) {
    var visit = document.activeElement && document.activeElement.closest && document.activeElement.closest("a.visit");
    if (!visit || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === "m") { event.preventDefault(); open(visit.href); return; }
    var all = Array.prototype.slice.call(document.querySelectorAll("#bang a.visit"));
    var next = null;
    if (event.key === "ArrowRight") next = all[all.indexOf(visit) + 1];
    if (event.key === "ArrowLeft") next = all[all.indexOf(visit) - 1];
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      var body = visit.closest("tbody");
      do { body = event.key === "ArrowDown" ? body.nextElementSibling : body.previousElementSibling; }
      while (body && (body.tagName !== "TBODY" || !body.querySelector("a.visit")));
      if (body) {
        var x = visit.getBoundingClientRect().left;
        next = Array.prototype.slice.call(body.querySelectorAll("a.visit")).sort(function (a, b) {
          return Math.abs(a.getBoundingClientRect().left - x) - Math.abs(b.getBoundingClientRect().left - x);
        })[0];
      }
    }
    if (next) { event.preventDefault(); next.focus(); }
  });

  // While somebody drags or decides, the table under their hand must not change.
  document.addEventListener("htmx:beforeRequest", function (event) {
    if (event.detail.elt.id === "bang" && (dragged || dialog.open || document.hidden)) event.preventDefault();
  });
  // After a move the board comes anew: whoever moved a visit by keyboard goes on from it, not from the top of the page.
  document.addEventListener("htmx:beforeRequest", function (event) {
    if (dialog.contains(event.detail.elt) && event.detail.requestConfig.verb === "post") keep(chosen);
  });
  dialog.addEventListener("close", function () { keep(""); });
  function keep(id) { try { sessionStorage.setItem("vua-chuyen", id); } catch (error) { /* storage may be blocked */ } }
  function goOn() {
    var moved = null;
    try { moved = document.getElementById(sessionStorage.getItem("vua-chuyen")); } catch (error) { /* as above */ }
    keep("");
    if (moved) moved.focus({ preventScroll: true });
  }
  goOn();

  document.addEventListener("htmx:afterSettle", drawNow);
  window.addEventListener("resize", drawNow);
  window.setInterval(drawNow, 60000);
  drawNow();
})();
