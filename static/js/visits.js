// My visits on a phone that loses its signal: every press is kept on the phone first, then sent, in order, until the server
// has answered. Each has a key of its own, so the server does it once however often it is sent. Without scripts the same
// forms go as they are.
(async function () {
  "use strict";
  const page = document.getElementById("viec");
  if (!page) return;
  const user = page.dataset.user;
  const bar = document.getElementById("sync");
  const KEEP_MS = 12 * 3600e3; // how long a press stays on the screen after it was sent
  const RETRY_MS = 20e3;
  const LONGEST_SIDE = 2000; // of a photo, in pixels
  // What a press makes pointless until the server has answered.
  const BEFORE = ["dang-di", "bao-tre", "da-den"];
  const ENDS = [...BEFORE, "da-nop", "khong-gap"];
  const HIDES = { "dang-di": ["dang-di"], "bao-tre": [], "da-den": BEFORE, "da-nop": ENDS, "khong-gap": ENDS, "giay-to": [], "bien-nhan": [] };
  const STATES = { waiting: ["wait", "đang chờ mạng"], sending: ["sea", "đang gửi"], login: ["wait", "chờ đăng nhập lại"], again: ["wait", "máy chủ chưa nhận, sẽ gửi lại"], sent: ["go", "đã gửi"], refused: ["stop", "không được"], undone: ["", "đã hoàn tác"] };
  let shelf = null;
  await open().catch(() => { /* this browser keeps nothing: the forms go as they are */ });

  // --- what is kept on the phone ---
  function open() {
    return new Promise((done, fail) => {
      const asked = indexedDB.open("viec-cua-toi", 1);
      asked.onupgradeneeded = () => asked.result.createObjectStore("presses", { keyPath: "id", autoIncrement: true });
      asked.onsuccess = () => {
        shelf = asked.result;
        // Signing out takes everything away: do not stand in its way.
        shelf.onversionchange = () => { shelf.close(); shelf = null; };
        done();
      };
      asked.onerror = () => fail(asked.error);
    });
  }
  function store(mode, act) {
    return shelf && new Promise((done, fail) => {
      const deal = shelf.transaction("presses", mode);
      const asked = act(deal.objectStore("presses"));
      deal.oncomplete = () => done(asked.result);
      deal.onabort = deal.onerror = () => fail(deal.error);
    });
  }
  const put = (press) => store("readwrite", (presses) => presses.put(press));
  const drop = (press) => store("readwrite", (presses) => presses.delete(press.id));
  const all = async () => (await store("readonly", (presses) => presses.getAll())) || [];
  const isCopy = () => "copy" in page.dataset;
  const owed = (presses) => presses.filter((press) => press.user === user && press.state === "waiting");

  // --- a press ---
  async function keep(form, button) {
    const fields = [...new FormData(form)].filter(([name]) => !["csrfmiddlewaretoken", "next", "key"].includes(name));
    if (button && button.name) fields.push([button.name, button.value]);
    for (const field of fields) if (field[1] instanceof File) field[1] = await smaller(field[1]);
    const code = form.closest("article").id;
    const press = {
      user, code, slug: form.dataset.press, title: form.dataset.title, fields, at: Date.now(), state: "waiting", sentence: "",
      key: form.elements.key.value + "-" + Date.now().toString(36),
    };
    // Ticks are sent as a whole list: only the last list counts.
    if (press.slug === "giay-to") for (const old of await all()) if (old.slug === "giay-to" && old.code === code && old.user === user) await drop(old);
    await put(press);
    await paint().catch(() => { /* it is kept: it must not go as a plain form too */ });
    flush();
  }
  // A photo as small as it may be and still be read; drawing it anew also leaves behind where it was taken.
  async function smaller(photo) {
    try {
      const picture = await createImageBitmap(photo);
      const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
      const canvas = document.createElement("canvas");
      canvas.width = Math.round(picture.width * scale);
      canvas.height = Math.round(picture.height * scale);
      canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
      return (await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.85))) || photo;
    } catch (error) { return photo; } // not a picture this browser knows: the server will say so
  }

  // --- sending ---
  let busy = false;
  let trouble = ""; // "waiting": no signal, "login": nobody is signed in
  const stuck = new Set(); // visits whose next press the server could not take just now: theirs wait, the others go on
  async function flush() {
    if (busy) return;
    busy = true;
    let sent = false;
    trouble = "";
    stuck.clear();
    const next = async () => owed(await all()).find((press) => !stuck.has(press.code));
    try {
      for (let press = await next(); press && !trouble; press = await next()) {
        const outcome = await send(press);
        if (outcome === "again") stuck.add(press.code);
        else if (outcome === "sent") sent = true;
        else trouble = outcome;
        await paint();
      }
      if (sent || (isCopy() && navigator.onLine && !trouble)) await refresh();
    } finally { busy = false; await paint(); }
    if (!trouble && await next()) flush(); // pressed while the list was fetched
  }
  async function send(press) {
    const facts = { nguoi: press.user, ma: press.code, viec: press.slug, khoa: press.key, ago: Math.max(0, Math.round((Date.now() - press.at) / 1000)) };
    let answer, said;
    try {
      answer = await post(page.dataset.send, [...Object.entries(facts), ...press.fields]);
      if (answer.type === "opaqueredirect" || answer.status === 403) return "login";
      if (answer.status === 413) said = { sentence: "Ảnh quá lớn." };
      else if (answer.ok || answer.status === 409) said = await answer.json();
      else return "again";
    } catch (error) { return "waiting"; }
    // What was typed or photographed has arrived, or never will: it need not lie on the phone any longer.
    await put({ ...press, state: answer.ok ? "sent" : "refused", sentence: said.sentence, fields: [], undoUntil: Date.now() + 1000 * (said.undo_seconds || 0) });
    return "sent";
  }
  function post(address, fields) {
    const form = new FormData();
    for (const [name, value] of fields) value instanceof Blob ? form.append(name, value, "anh.jpg") : form.append(name, value);
    const token = (document.cookie.match(/(?:^|; )csrftoken=([^;]*)/) || [])[1] || "";
    return fetch(address, { method: "POST", body: form, headers: { "X-CSRFToken": token }, redirect: "manual", signal: AbortSignal.timeout ? AbortSignal.timeout(60e3) : undefined });
  }
  // Take back what the server has done. It needs the signal: nobody can say later whether it still may be taken back.
  async function undo(press) {
    let answer = null, said = {};
    try {
      answer = await post(page.dataset.unsend, [["nguoi", press.user], ["khoa", press.key]]);
      if (answer.ok || answer.status === 409) said = await answer.json();
    } catch (error) { /* said below */ }
    if (said.sentence) {
      await put({ ...press, state: answer.ok ? "undone" : press.state, sentence: said.sentence, undoUntil: 0 });
      if (answer.ok) await refresh();
    } else window.alert("Chưa hoàn tác được: máy chủ không trả lời. Có mạng rồi bấm lại.");
    await paint();
  }
  let newest = 0; // the list asked for last: an answer that others have overtaken is of the past
  // The list as the server sees it now, unless somebody is writing in it.
  async function refresh() {
    const asked = ++newest;
    const mine = document.getElementById("stops");
    const writing = () => [...mine.querySelectorAll("input:not([type=hidden], [type=checkbox])")].some((input) => input.value);
    if (writing()) return;
    const answer = await fetch(location.href).catch(() => null);
    if (!answer || !answer.ok || answer.redirected) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("viec");
    // Asked again: the answer may have taken long enough for somebody to begin.
    if (asked !== newest || !fresh || "copy" in fresh.dataset || writing()) return;
    // Whoever reads or ticks something stays where they are.
    const opened = [...mine.querySelectorAll("details[open]")].map((part) => `#${part.closest("article").id} [data-part="${part.dataset.part}"]`);
    const here = mine.contains(document.activeElement) && document.activeElement;
    const list = document.adoptNode(fresh.querySelector("#stops"));
    opened.forEach((way) => { const part = list.querySelector(way); if (part) part.open = true; });
    mine.replaceWith(list);
    const card = here && document.getElementById(here.closest("article").id);
    if (card) ([...card.querySelectorAll("input")].find((field) => here.name && field.name === here.name && field.value === here.value) || card.querySelector("h2")).focus({ preventScroll: true });
    page.dataset.at = fresh.dataset.at;
    delete page.dataset.copy;
    await listed();
    prepare();
  }
  // The list on the screen has come from the server after these were sent: it shows what they did.
  async function listed() {
    for (const press of await all()) {
      if (press.state !== "waiting" && Date.now() - press.at > KEEP_MS) await drop(press);
      else if (press.state === "sent" && !press.listed) await put({ ...press, listed: true });
    }
  }

  // --- what is seen of it ---
  async function paint() {
    const presses = await all();
    const mine = presses.filter((press) => press.user === user);
    const waiting = owed(presses).length;
    // Whoever signs out here takes everybody's along, and is asked first (app.js).
    try { localStorage.setItem("viec-cho-gui", String(presses.filter((press) => press.state === "waiting").length)); } catch (error) { /* storage may be blocked */ }
    document.querySelectorAll(".presses").forEach((list) => list.remove());
    document.querySelectorAll("[data-press]").forEach((form) => { shell(form).hidden = false; });
    for (const press of mine) {
      line(press, canUndo(press, mine));
      const card = document.getElementById(press.code);
      if (!card || ["refused", "undone"].includes(press.state) || press.listed) continue;
      for (const form of card.querySelectorAll("[data-press]")) if (HIDES[press.slug].includes(form.dataset.press)) shell(form).hidden = true;
      if (press.slug === "giay-to" && press.state === "waiting") card.querySelectorAll("[name=papers]").forEach((tick) => { tick.checked = press.fields.some((field) => field[1] === tick.value); });
    }
    banner(waiting, presses.filter((press) => press.user !== user && press.state === "waiting").length);
  }
  const shell = (form) => form.parentNode.matches("details.tool-inline") ? form.parentNode : form;
  // Only the last step of a visit can be taken back.
  function canUndo(press, mine) {
    const steps = mine.filter((other) => other.code === press.code && ["sent", "waiting"].includes(other.state) && ENDS.includes(other.slug));
    return press.state === "sent" && press.undoUntil > Date.now() && steps[steps.length - 1] === press;
  }
  function line(press, undoable) {
    const card = document.getElementById(press.code);
    let list = (card || page).querySelector(":scope > .presses");
    if (!list) {
      list = make("ul", "presses list-unstyled stack-sm mb-0");
      card ? card.querySelector(".two-buttons").before(list) : bar.after(list);
    }
    const [tone, words] = STATES[press.state === "waiting" ? waits(press) : press.state];
    const item = make("li", "");
    const clock = new Date(press.at).toLocaleTimeString("vi-VN", { hour: "2-digit", minute: "2-digit" });
    item.append(`${card ? "" : press.code + " · "}${press.title} · ${clock} `, make("span", "pill " + tone, words));
    if (press.sentence) item.append(press.state === "refused" ? ": " + press.sentence : " " + press.sentence);
    if (press.state === "refused") {
      const button = make("button", "linkish ms-2", "Đã hiểu");
      button.addEventListener("click", async () => { await drop(press); paint(); });
      item.append(button);
    }
    if (undoable) {
      const button = make("button", "linkish ms-2", "Hoàn tác");
      button.dataset.undo = "";
      button.addEventListener("click", () => { button.disabled = true; undo(press); });
      item.append(button);
    }
    list.append(item);
  }
  function waits(press) {
    if (trouble === "login") return "login";
    if (stuck.has(press.code)) return "again";
    return busy && !trouble ? "sending" : "waiting";
  }
  function banner(waiting, others) {
    const said = [];
    const cut = !navigator.onLine || trouble === "waiting" || isCopy();
    if (cut) said.push(["wait", `Đang mất mạng. Danh sách lúc ${page.dataset.at}; anh/chị cứ bấm, máy giữ lại và gửi khi có mạng.`]);
    if (trouble === "login") said.push(["stop", `Phiên đăng nhập đã hết. ${waiting} việc vẫn giữ trong máy, `, "đăng nhập lại để gửi"]);
    else if (waiting && !busy) said.push(["wait", `${waiting} việc đang chờ mạng. `, ""]);
    if (others) said.push(["wait", `Máy này còn ${others} việc chưa gửi của tài khoản khác: đăng nhập bằng tài khoản đó để gửi.`]);
    const now = JSON.stringify(said);
    if (bar.dataset.said === now) return; // not read aloud again
    bar.dataset.said = now;
    bar.replaceChildren(...said.map(([tone, words, way]) => {
      const notice = make("div", "notice " + tone, words);
      if (way) { const link = make("a", "", way); link.href = page.dataset.login; notice.append(link, "."); }
      if (way === "") { const button = make("button", "linkish", "Gửi ngay"); button.addEventListener("click", flush); notice.append(button); }
      return notice;
    }));
  }
  function make(name, classes, words) {
    const element = document.createElement(name);
    element.className = classes;
    if (words) element.textContent = words;
    if (name === "button") element.type = "button";
    return element;
  }
  // With scripts a tick and a photo need no button.
  function prepare() {
    if (shelf) document.querySelectorAll('[data-press="giay-to"] button, [data-press="bien-nhan"] button').forEach((button) => { button.hidden = true; });
  }

  // Long before the hour it is most likely the wrong card, and the citizen may be told: asked here, where no signal is needed.
  function isMeant(form) {
    const hour = new Date(form.closest("article").querySelector("time").dateTime);
    if (hour - Date.now() <= form.dataset.early * 60e3) return true;
    const clock = hour.toLocaleTimeString("vi-VN", { hour: "2-digit", minute: "2-digit" });
    return window.confirm(`Lượt này hẹn ${clock} ngày ${hour.getDate()}/${hour.getMonth() + 1}, chưa tới giờ. Vẫn ghi “${form.dataset.title}” bây giờ?`);
  }
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.matches("[data-needs-net]") && !navigator.onLine) {
      event.preventDefault();
      event.stopImmediatePropagation();
      window.alert("Đang mất mạng nên chưa lấy được số. Số đã xem trong ngày thì hiện sẵn trên thẻ.");
    }
    if (!form.matches("[data-press]")) return;
    if (form.dataset.early && !isMeant(form)) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    if (!shelf) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const card = form.closest("article");
    keep(form, event.submitter).then(() => {
      if (form.dataset.press !== "giay-to") form.reset();
      if (shell(form).hidden) card.querySelector("h2").focus({ preventScroll: true });
    }, () => form.submit());
  }, true);
  document.addEventListener("change", (event) => {
    const form = event.target.closest('[data-press="giay-to"], [data-press="bien-nhan"]');
    if (shelf && form && (event.target.type === "checkbox" || event.target.files.length)) form.requestSubmit();
  });

  if (navigator.serviceWorker) {
    const first = !navigator.serviceWorker.controller;
    navigator.serviceWorker.register(page.dataset.worker).then(() => navigator.serviceWorker.ready).then((keeper) => {
      if (first) keeper.active.postMessage({ files: [...document.querySelectorAll("link[rel=stylesheet], link[rel=icon], script[src]")].map((each) => each.href || each.src) });
    }).catch(() => { /* a private window may refuse: the page works, only not without signal */ });
  }
  if (!shelf) return;
  prepare();
  if (!isCopy()) await listed();
  await paint();
  flush();
  window.addEventListener("online", flush);
  window.addEventListener("offline", paint);
  // Pressed or sent in another window of this phone: no button is left here to press it a second time.
  window.addEventListener("storage", (event) => { if (event.key === "viec-cho-gui") paint(); });
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "visible") flush(); });
  window.setInterval(async () => {
    if (owed(await all()).length) flush();
    else if (document.querySelector("[data-undo]")) paint(); // its time may be over
  }, RETRY_MS);
})();
