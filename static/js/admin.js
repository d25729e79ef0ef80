// What Django's pages leave unsaid to who listens to them: names of fields in tables and beside dates, of signs, of lists.
(function () {
  "use strict";
  const FIELDS = "input:not([type=hidden]), select, textarea";
  const words = (node) => node ? node.textContent.replace(/\s+/g, " ").trim() : "";
  const say = (field, name) => { if (name) field.setAttribute("aria-label", name); };

  function inTable(row) {
    const heads = row.closest("table").tHead.rows[0].cells;
    [...row.cells].forEach((cell) => cell.querySelectorAll(FIELDS).forEach((field) =>
      say(field, words(heads[cell.cellIndex]) + ", dòng " + (row.sectionRowIndex + 1))));
  }

  function mend() {
    document.querySelectorAll(".help-tooltip").forEach((sign) => sign.setAttribute("role", "img"));
    document.querySelectorAll("#searchbar").forEach((field) => say(field, "Tìm"));
    document.querySelectorAll(".tabular tr.form-row:not(.empty-form), #result_list tbody tr").forEach(inTable);
    document.querySelectorAll(".inline-group").forEach((list) => { list.tabIndex = 0; });
    document.querySelectorAll(".tabular thead th").forEach((head) => {
      if (!words(head)) head.insertAdjacentHTML("beforeend", '<span class="visually-hidden">Dòng</span>');
    });
    document.querySelectorAll(".datetime input").forEach((field) => say(field,
      words(field.closest("fieldset, .form-row").querySelector("legend, label")) +
      (field.classList.contains("vTimeField") ? " giờ" : " ngày")));
  }

  window.addEventListener("load", mend);  // after Django's own scripts have built their lists
  document.addEventListener("formset:added", mend);
})();
