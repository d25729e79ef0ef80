// What every staff page shares: the place in the navigation, theme switch, guard against double submits, messages after a swap.
(function () {
  "use strict";
  // On a phone the navigation and the tabs scroll sideways: begin where the reader is.
  document.querySelectorAll(".nav-side, .tabs").forEach(function (strip) {
    var here = strip.querySelector("[aria-current]");
    if (here) strip.scrollLeft = here.offsetLeft - strip.offsetLeft - 64;
  });
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
    if (form.hasAttribute("data-sign-out") && !forget()) { event.preventDefault(); return; }
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
  });
  // Signing out takes along what the phone kept for times without signal (see visits.js): not unasked while some of it waits.
  function forget() {
    var waiting = 0;
    try { waiting = Number(localStorage.getItem("viec-cho-gui")); } catch (error) { /* storage may be blocked */ }
    if (waiting && !window.confirm("Còn " + waiting + " việc chưa gửi được. Đăng xuất bây giờ là bỏ các việc đó. Vẫn đăng xuất?")) return false;
    try { localStorage.removeItem("viec-cho-gui"); indexedDB.deleteDatabase("viec-cua-toi"); caches.delete("viec-cua-toi"); } catch (error) { /* none there */ }
    return true;
  }
  // The back button may bring a page back with its forms still marked as sent.
  window.addEventListener("pageshow", function () {
    document.querySelectorAll("form[data-sent]").forEach(function (form) { delete form.dataset.sent; });
  });
  // Whoever stood in a part that is replaced stands at the same place in what replaces it. (The queue's list and pane have
  // their own rules, in workbench.js.)
  var stood = null;
  function stops(part) {
    return Array.prototype.slice.call(part.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]"));
  }
  function leave(event) {
    var part = event.detail.target;
    if (!part || part.id === "pane" || part.id === "list" || !part.contains(document.activeElement)) return;
    stood = { id: part.id, around: part.parentNode, at: stops(part).indexOf(document.activeElement) };
  }
  function arrive() {
    if (!stood) return;
    var part = stood.id ? document.getElementById(stood.id) : stood.around;
    var there = part ? stops(part) : [];
    var stop = stood.at < 0 ? part : there[Math.min(stood.at, there.length - 1)];
    stood = null;
    if (stop && (!document.activeElement || document.activeElement === document.body)) stop.focus({ preventScroll: true });
  }
  document.addEventListener("htmx:beforeSwap", leave);
  document.addEventListener("htmx:oobBeforeSwap", leave);
  document.addEventListener("htmx:afterSwap", arrive);
  document.addEventListener("htmx:oobAfterSwap", arrive);
  // What went wrong with a part of the page, over everything else; gone when the next part arrives.
  function trouble(words) {
    var line = document.getElementById("trouble") || document.body.appendChild(document.createElement("p"));
    line.id = "trouble";
    line.setAttribute("role", "alert");
    line.className = "notice stop position-fixed bottom-0 start-50 translate-middle-x z-3 shadow";
    line.textContent = words;
    return line;
  }
  function healed() { if (document.getElementById("trouble") && !signedOut) document.getElementById("trouble").remove(); }
  document.addEventListener("htmx:afterRequest", function (event) { if (event.detail.successful) healed(); });
  document.addEventListener("htmx:sendError", function () { trouble("Chưa kết nối được máy chủ. Kiểm tra mạng rồi bấm lại; chữ đang gõ vẫn còn."); });
  document.addEventListener("htmx:responseError", function (event) {
    var status = event.detail.xhr.status;
    if (status === 403) trouble("Chưa làm được: trang đã mở quá lâu, hoặc tài khoản này không có quyền. Tải lại trang rồi thử lại.");
    else if (status === 404) trouble("Không thấy nữa: có thể đồng nghiệp vừa chuyển đi. Tải lại trang.");
    else trouble("Máy chủ chưa làm được việc này (lỗi " + status + "). Thử lại sau ít phút; nếu vẫn lỗi, báo người quản trị.");
  });
  // An expired session answers htmx with the login page: go there, unless that would throw away what somebody has typed.
  var signedOut = false;
  function typed() {
    return Array.prototype.some.call(document.querySelectorAll("main textarea, main input[type=text], main input:not([type])"), function (field) {
      return field.value !== field.defaultValue;
    });
  }
  document.addEventListener("htmx:beforeSwap", function (event) {
    var url = event.detail.xhr.responseURL || "";
    if (url.indexOf("/dang-nhap/") === -1) return;
    event.preventDefault();
    if (!typed()) { window.location.reload(); return; }
    signedOut = true;
    var link = trouble("Phiên làm việc đã hết nên chưa lưu được. ").appendChild(document.createElement("a"));
    link.href = "/dang-nhap/";
    link.target = "_blank";
    link.textContent = "Đăng nhập lại ở thẻ mới";
    link.after(" rồi quay lại đây bấm tiếp: chữ đang gõ vẫn còn.");
  });
  // Back from signing in elsewhere: this page's forms need the key of the new session.
  window.addEventListener("focus", function () {
    if (!signedOut) return;
    fetch(window.location.href).then(function (answer) {
      return answer.url.indexOf("/dang-nhap/") === -1 ? answer.text() : "";
    }).then(function (page) {
      var key = /"X-CSRFToken": "(\w+)"/.exec(page);
      if (!key) return;
      signedOut = false;
      document.body.setAttribute("hx-headers", JSON.stringify({ "X-CSRFToken": key[1] }));
      document.querySelectorAll("[name=csrfmiddlewaretoken]").forEach(function (field) { field.value = key[1]; });
      healed();
    });
  });
})();
