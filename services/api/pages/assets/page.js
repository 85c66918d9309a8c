// Comforts, for browsers that run scripts: show what is typed, print the codes. Every page works without.
(function () {
  "use strict";
  document.querySelectorAll("[data-needs-script]").forEach(function (part) {
    part.hidden = false;
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
