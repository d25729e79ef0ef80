// The figures renew themselves on a screen nobody touches; whoever reads or types meanwhile notices nothing of it (the
// focus is kept by app.js).
(function () {
  "use strict";
  var seen = null;
  function board() { return document.getElementById("so-lieu"); }
  function pieces(what) { return Array.prototype.slice.call(board().querySelectorAll(what)); }

  document.addEventListener("htmx:beforeRequest", function (event) {
    var isTyping = pieces("input").some(function (field) { return field.value !== field.defaultValue; });
    if (event.detail.elt === board() && isTyping) event.preventDefault();
  });
  document.addEventListener("htmx:beforeSwap", function (event) {
    if (event.detail.target !== board()) return;
    seen = {
      open: pieces("details").map(function (each) { return each.open; }),
      left: pieces(".pane, .chart").map(function (each) { return each.scrollLeft; })
    };
  });
  // In the same breath as the swap: nothing is painted in between.
  document.addEventListener("htmx:afterSwap", function () {
    if (!seen) return;
    var before = seen;
    seen = null;
    pieces("details").forEach(function (each, i) { each.open = Boolean(before.open[i]); });
    pieces(".pane, .chart").forEach(function (each, i) { each.scrollLeft = before.left[i] || 0; });
  });
})();
