// The simulator with a script: taps without reloading, new bubbles at once or within a second, links open inside the phone.
// Everything here also works without it, by forms and links.
(function () {
  "use strict";
  var EVERY_MS = 1000;
  // Who has just tapped waits for the answer, which comes within a tenth of a second or two.
  var EAGER_MS = 150, EAGER_FOR_MS = 3000;

  document.querySelectorAll("[data-theme-switch]").forEach(function (button) {
    button.hidden = false;
    button.addEventListener("click", function () {
      var root = document.documentElement;
      var next = root.getAttribute("data-bs-theme") === "dark" ? "light" : "dark";
      root.setAttribute("data-bs-theme", next);
      try { localStorage.setItem("theme", next); } catch (error) { /* storage may be blocked */ }
    });
  });

  // --- Bubbles: only what is new or changed touches the page, so nothing jumps and an open menu stays open.

  function merge(list, fresh) {
    var old = {};
    list.querySelectorAll(":scope > li").forEach(function (item) { old[item.dataset.key] = item; });
    Array.prototype.forEach.call(fresh.querySelectorAll(":scope > li"), function (item) {
      var before = old[item.dataset.key];
      delete old[item.dataset.key];
      if (!before) { list.appendChild(keepSource(item)); return; }
      if (before.source !== withoutToken(item.outerHTML)) { before.replaceWith(keepSource(item)); }
    });
    Object.keys(old).forEach(function (key) { old[key].remove(); });
    list.dataset.version = fresh.dataset.version;
  }

  // What the server said, to compare with what it says next: the page itself changes under the reader's hands.
  function keepSource(item) {
    var copy = document.importNode(item, true);
    copy.source = withoutToken(item.outerHTML);
    return copy;
  }
  function withoutToken(html) { return html.replace(/name="csrfmiddlewaretoken" value="[^"]*"/g, ""); }

  function Phone(element) {
    var list = element.querySelector(".chat-log");
    var lost = element.querySelector(".lost");
    var asking = false, again = false;
    list.querySelectorAll(":scope > li").forEach(function (item) { item.source = withoutToken(item.outerHTML); });

    function refresh() {
      if (asking) { again = true; return; }
      asking = true;
      fetch(element.dataset.chat + "&ban=" + encodeURIComponent(list.dataset.version)).then(function (answer) {
        if (!answer.ok) { throw new Error(answer.status); }
        return answer.status === 204 ? "" : answer.text();
      }).then(function (html) {
        lost.hidden = true;
        if (!html) { return; }
        var fresh = new DOMParser().parseFromString(html, "text/html").querySelector(".chat-log");
        merge(list, fresh);
      }).catch(function () { lost.hidden = false; }).then(function () {
        asking = false;
        if (again) { again = false; refresh(); }
      });
    }

    element.addEventListener("submit", function (event) {
      var form = event.target.closest("form[data-quiet]");
      if (!form || form.hasAttribute("data-reload")) { return; }
      event.preventDefault();
      var button = event.submitter;
      var data = new FormData(form, button);
      var say = form.hasAttribute("data-say");
      if (say && !data.get("text").trim()) { return; }
      fetch((button && button.getAttribute("formaction")) || form.action, {
        method: "POST", body: data, headers: { "X-Requested-With": "fetch" }
      }).then(function (answer) {
        if (!answer.ok) { throw new Error(answer.status); }
        lookEagerly();
      }).catch(function () { lost.hidden = false; if (say) { form.elements.text.value = data.get("text"); } });
      if (form.elements.text) { form.elements.text.value = ""; }
      if (form.elements.tep) { form.elements.tep.value = ""; }
      if (say) { quote("", ""); form.elements.text.focus(); }
      var open = form.closest("details[open]");
      if (open) { open.open = false; }
    });

    function quote(id, words) {
      var form = element.querySelector("[data-say]");
      form.elements.trich.value = id;
      var line = form.querySelector("[data-quoting]");
      line.hidden = !id;
      line.querySelector("span").textContent = words;
    }

    element.addEventListener("click", function (event) {
      var link = event.target.closest("a");
      if (link && link.hasAttribute("data-quote")) {
        event.preventDefault();
        var words = link.closest("li").querySelector(".words, .card-title");
        quote(link.dataset.quote, words ? words.textContent.slice(0, 60) : "Tin nhắn");
        link.closest("details").open = false;
        element.querySelector("[data-say]").elements.text.focus();
      } else if (link && link.hasAttribute("data-unquote")) {
        event.preventDefault();
        quote("", "");
      } else if (link && link.hasAttribute("data-webview") && sameSite(link)) {
        event.preventDefault();
        openPage(link.href, link);
      } else if (event.target.closest("[data-close]")) {
        closePage();
      }
    });

    // --- The page inside the phone

    var view = element.querySelector(".web"), frame = view.querySelector("iframe"), opener = null;
    function openPage(address, from) {
      opener = from;
      frame.src = address;
      view.hidden = false;
      view.querySelector("[data-address]").textContent = new URL(address).host;
      view.querySelector("[data-close]").focus();
    }
    function closePage() {
      view.hidden = true;
      frame.removeAttribute("src");
      if (opener && opener.isConnected) { opener.focus(); }
      lookEagerly();
    }
    frame.addEventListener("load", function () {
      if (view.hidden) { return; }
      try {
        if (frame.contentDocument.querySelector("[data-close-webview]")) { closePage(); }
      } catch (error) { /* a page of another site: it stays open */ }
    });
    view.addEventListener("keydown", function (event) { if (event.key === "Escape") { closePage(); } });

    var eagerUntil = 0, next = setTimeout(look, EVERY_MS);
    function look() {
      if (document.visibilityState === "visible") { refresh(); }
      next = setTimeout(look, Date.now() < eagerUntil ? EAGER_MS : EVERY_MS);
    }
    function lookEagerly() {
      eagerUntil = Date.now() + EAGER_FOR_MS;
      clearTimeout(next);
      look();
    }
  }

  function sameSite(link) { return new URL(link.href, location.href).origin === location.origin; }

  document.querySelectorAll("[data-phone]").forEach(Phone);

  // An open menu closes when the reader taps elsewhere.
  document.addEventListener("click", function (event) {
    document.querySelectorAll(".menu[open], .attach[open]").forEach(function (menu) {
      if (!menu.contains(event.target)) { menu.open = false; }
    });
  });

  // --- The logs

  document.querySelectorAll("[data-log]").forEach(function (box) {
    var last = "";
    setInterval(function () {
      if (document.visibilityState !== "visible" || !box.offsetParent) { return; }
      if (box.contains(document.activeElement) || box.querySelector("details[open]")) { return; }
      fetch(box.dataset.log).then(function (answer) { return answer.ok ? answer.text() : ""; }).then(function (html) {
        if (!html || html === last) { return; }
        last = html;
        var fresh = new DOMParser().parseFromString(html, "text/html").querySelector("[data-fragment]");
        box.querySelector("[data-fragment]").replaceWith(document.importNode(fresh, true));
      }).catch(function () { /* the next turn tries again */ });
    }, 2 * EVERY_MS);
  });
})();
