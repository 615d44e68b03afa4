/* Makes the checkout page follow its choices at once. Without it, the buttons beside the fields do the same. */
(() => {
  const form = document.querySelector("[data-checkout]");
  if (!form) return;

  for (const button of form.querySelectorAll("[data-without-script]")) button.hidden = true;
  const recompute = () => form.querySelector("button[name=step]").click();
  form.querySelector("[data-recompute]").addEventListener("change", recompute);
  form.querySelector("select[name=province]")?.addEventListener("change", recompute);

  form.addEventListener("change", (event) => {
    if (!event.target.matches("[data-delivery]")) return;
    const fetched = form.querySelector("[data-fetched]"); // a shop asks for no address
    if (fetched || event.target.value.startsWith("collect:")) return recompute();
    const choice = event.target.closest("label");
    form.querySelector("[data-sum-delivery]").innerHTML = choice.querySelector("[data-price]").innerHTML;
    form.querySelector("[data-sum-total]").innerHTML = choice.querySelector("[data-total]").innerHTML;
    const asksApart = form.querySelector("[data-door]"); // what is asked at the door depends on the delivery too
    if (asksApart || form.querySelectorAll("[name=payment]").length < 2) recompute(); // cash may be offered for one only
  });

  form.addEventListener("change", (event) => {
    if (event.target.name === "payment" && form.querySelector("[data-door]")) recompute();
  });

  form.addEventListener("change", (event) => {
    if (event.target.name !== "prices_hidden") return;
    const cash = form.querySelector("[name=payment][value=cash]"); // asked at the door, so it would tell the price
    if (!cash) return;
    cash.disabled = event.target.checked;
    if (cash.disabled && cash.checked) form.querySelector("[name=payment][value=card]")?.click();
  });

  let sent = false; // a second press of the button while the first is under way does nothing
  form.addEventListener("submit", (event) => {
    if (sent) event.preventDefault();
    sent = true;
  });
  addEventListener("pageshow", () => { sent = false; });
})();
