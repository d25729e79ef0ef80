// Keeps the last good copy of today's visits and what the page is made of, for a phone without signal.
// Its reach is its own folder: no other page of the site passes through here.
"use strict";
const SHELF = "viec-cua-toi";
const TODAY = "{% url 'registrations:my_visits' %}";
const KEPT_AT = "x-kept-at";
const GOOD_FOR = {{ session_seconds }} * 1000; // as long as somebody stays signed in

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

// The first visit is over before this runs: the page says what it was made of.
self.addEventListener("message", (event) => {
  const wanted = [TODAY, ...event.data.files];
  event.waitUntil(Promise.all(wanted.map((url) => fetch(url).then((answer) => keep(url, answer)).catch(() => {}))));
});

self.addEventListener("fetch", (event) => {
  const request = event.request;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (request.mode === "navigate" || url.pathname === TODAY) event.respondWith(page(request, url));
  else if (url.pathname.startsWith("{{ static_url }}")) event.respondWith(file(request));
});

// A bar of signal that brings nothing is as good as none.
function within(seconds, request) {
  return Promise.race([fetch(request), new Promise((done, fail) => setTimeout(fail, seconds * 1000))]);
}

async function page(request, url) {
  if (url.pathname !== TODAY) return fetch(request);
  try {
    const answer = await within(10, request);
    if (!url.search) await keep(TODAY, answer.clone());
    return answer;
  } catch (error) {
    const copy = await fetchCopy();
    if (!copy) return fetch(request);
    if (url.search) return Response.redirect(TODAY);
    const text = await copy.text();
    // So that the page can say what it is.
    return new Response(text.replace('id="viec"', 'id="viec" data-copy'), { headers: copy.headers });
  }
}

async function fetchCopy() {
  const shelf = await caches.open(SHELF);
  const copy = await shelf.match(TODAY);
  if (copy && Date.now() - Number(copy.headers.get(KEPT_AT)) < GOOD_FOR) return copy;
  await shelf.delete(TODAY);
  return null;
}

async function file(request) {
  try {
    const answer = await within(5, request);
    await keep(request.url, answer.clone());
    return answer;
  } catch (error) {
    const copy = await (await caches.open(SHELF)).match(request.url);
    return copy || fetch(request);
  }
}

async function keep(url, answer) {
  const shelf = await caches.open(SHELF);
  // A way to the login page instead of the list: whoever was signed in is no longer, and their list goes.
  if (answer.redirected || answer.type === "opaqueredirect") return shelf.delete(url);
  if (!answer.ok) return false;
  const headers = new Headers(answer.headers);
  headers.set(KEPT_AT, String(Date.now()));
  return shelf.put(url, new Response(await answer.blob(), { headers }));
}
