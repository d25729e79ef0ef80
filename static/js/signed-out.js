// Nobody is signed in here: the list of visits the phone kept to read without signal goes. What waits to be sent stays.
(function () {
  "use strict";
  if (!window.caches) return;
  function forget() { caches.delete("viec-cua-toi").catch(function () { /* none there */ }); }
  forget();
  // Once more: a copy may have been on its way into the cache when the session ended.
  window.setTimeout(forget, 1000);
})();
