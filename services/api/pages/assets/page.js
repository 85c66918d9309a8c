// Comforts, for browsers that run scripts: show what is typed, print the codes, send no form twice. Every page works
// without.
(function () {
  "use strict";
  document.querySelectorAll("[data-needs-script]").forEach(function (part) {
    part.hidden = false;
  });
  // The same button twice: a double tap would spend a try, or the only look at the recovery codes. Another button goes
  // through: "This is not me" waits for nothing. A browser that does not say which of several it was is left alone.
  var PATIENCE_MS = 15000;
  document.querySelectorAll("form").forEach(function (form) {
    var buttons = form.querySelectorAll("button[type=submit]");
    var sent = null;
    function free() {
      sent = null;
    }
    form.addEventListener("submit", function (event) {
      var pressed = event.submitter || (buttons.length === 1 ? buttons[0] : null);
      if (pressed && pressed === sent) {
        event.preventDefault();
        return;
      }
      sent = pressed;
      window.setTimeout(free, PATIENCE_MS);
    });
    window.addEventListener("pageshow", free);
  });
  var show = document.getElementById("show");
  if (show) {
    var fields = document.querySelectorAll("input[type=password]");
    show.checked = false;
    show.addEventListener("change", function () {
      fields.forEach(function (field) {
        field.type = show.checked ? "text" : "password";
      });
    });
    // A password left in a text field would be offered again by the browser: hide it before it is sent.
    show.form.addEventListener("submit", function () {
      fields.forEach(function (field) {
        field.type = "password";
      });
    });
  }
  var print = document.getElementById("print");
  if (print) {
    print.addEventListener("click", function () {
      window.print();
    });
  }
})();
