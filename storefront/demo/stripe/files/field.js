/* The card field of the demonstration bank. It talks to the page around it only in messages, never in card numbers. */
(() => {
  const texts = window.speak();
  const form = document.querySelector("form");
  const latin = (text) => text.replace(/[٠-٩]/g, (digit) => "٠١٢٣٤٥٦٧٨٩".indexOf(digit)).replace(/\D/g, "");
  const complete = () => latin(form.number.value).length >= 12 && latin(form.expiry.value).length >= 3 && latin(form.cvc.value).length >= 3;
  const told = (error) => ({
    error: { type: error.type, code: error.code, decline_code: error.decline_code, message: texts[error.decline_code] || texts[error.code] || texts.other },
  });

  async function ask(clientSecret, action, fields) {
    const intent = clientSecret.split("_secret_")[0];
    const body = new URLSearchParams({ ...fields, client_secret: clientSecret });
    const answer = action
      ? await fetch(`/v1/payment_intents/${intent}/${action}`, { method: "POST", body })
      : await fetch(`/v1/payment_intents/${intent}?${body}`);
    const result = await answer.json();
    return { intent, result };
  }

  async function confirm({ clientSecret, key }) {
    const { intent, result } = await ask(clientSecret, "confirm", { key, "card[number]": latin(form.number.value) });
    if (!result.error) return { intent, status: result.status };
    if (result.error.code === "payment_intent_unexpected_state") return { intent, status: "succeeded" }; // the shop asks the bank itself
    return told(result.error);
  }

  async function look({ clientSecret, key }) {
    const { intent, result } = await ask(clientSecret, "", { key });
    return result.last_payment_error && result.status === "requires_payment_method"
      ? told(result.last_payment_error) : { intent, status: result.status };
  }

  addEventListener("message", async (event) => {
    if (event.source !== parent || !event.data.id) return;
    const { id, action } = event.data;
    const failed = () => ({ error: { type: "api_connection_error", code: "other", message: texts.other } });
    let reply = {};
    if (action === "measure") reply = { height: document.body.offsetHeight + 4 };
    else if (action === "retrieve") reply = await look(event.data).catch(failed);
    else if (action === "unanswered") reply = told({ type: "invalid_request_error", code: "payment_intent_authentication_failure" });
    else if (!complete()) reply = { error: { type: "validation_error", code: "incomplete", message: texts.incomplete } };
    else if (action === "confirm") reply = await confirm(event.data).catch(failed);
    parent.postMessage({ ...reply, id }, event.origin);
  });
})();
