/* What the frames of the demonstration bank say. */
window.TEXTS = {
  ar: {
    bank: "بنك تجريبي: لا تُدفع أي أموال.", number: "رقم البطاقة", expiry: "تاريخ الانتهاء", cvc: "رمز الأمان",
    incomplete: "يرجى ملء رقم البطاقة وتاريخ الانتهاء ورمز الأمان.",
    card_declined: "رُفضت البطاقة. لم يُسحب أي مبلغ؛ يمكنكم تجربة بطاقة أخرى.",
    insufficient_funds: "رصيد البطاقة غير كافٍ. لم يُسحب أي مبلغ؛ يمكنكم تجربة بطاقة أخرى.",
    expired_card: "انتهت صلاحية البطاقة. يمكنكم تجربة بطاقة أخرى.",
    incorrect_cvc: "رمز الأمان غير صحيح.",
    incorrect_number: "رقم البطاقة غير صحيح.", other: "لم تتم عملية الأداء. حاولوا مرة أخرى.",
    payment_intent_authentication_failure: "لم يؤكد بنككم الأداء. لم يُسحب أي مبلغ؛ حاولوا مرة أخرى أو جربوا بطاقة أخرى.",
    challenge: "بنككم يطلب التأكيد", ask: "هل تؤكدون هذا الأداء لفائدة «بلاد الخير»؟",
    accept: "أؤكد الأداء", refuse: "أرفض", abandon: "إغلاق دون جواب",
  },
  fr: {
    bank: "Banque de démonstration : aucun argent ne circule.", number: "Numéro de carte", expiry: "Expiration", cvc: "Code de sécurité",
    incomplete: "Remplissez le numéro de carte, l'expiration et le code de sécurité.",
    card_declined: "La carte a été refusée. Rien n'a été prélevé ; essayez une autre carte.",
    insufficient_funds: "Le solde de la carte est insuffisant. Rien n'a été prélevé ; essayez une autre carte.",
    expired_card: "La carte a expiré. Essayez une autre carte.",
    incorrect_cvc: "Le code de sécurité est incorrect.",
    incorrect_number: "Le numéro de carte est incorrect.", other: "Le paiement n'a pas abouti. Réessayez.",
    payment_intent_authentication_failure: "Votre banque n'a pas confirmé le paiement. Rien n'a été prélevé ; réessayez ou prenez une autre carte.",
    challenge: "Votre banque demande une confirmation", ask: "Confirmez-vous ce paiement à Bilad Al Khair ?",
    accept: "Confirmer le paiement", refuse: "Refuser", abandon: "Fermer sans répondre",
  },
  en: {
    bank: "Demonstration bank: no money moves.", number: "Card number", expiry: "Expiry", cvc: "Security code",
    incomplete: "Fill in the card number, the expiry and the security code.",
    card_declined: "The card was declined. Nothing was taken; try another card.",
    insufficient_funds: "There is not enough money on this card. Nothing was taken; try another card.",
    expired_card: "The card has expired. Try another card.",
    incorrect_cvc: "The security code is incorrect.",
    incorrect_number: "The card number is incorrect.", other: "The payment did not go through. Try again.",
    payment_intent_authentication_failure: "Your bank did not confirm the payment. Nothing was taken; try again or use another card.",
    challenge: "Your bank asks you to confirm", ask: "Do you confirm this payment to Bilad Al Khair?",
    accept: "Confirm the payment", refuse: "Refuse", abandon: "Close without answering",
  },
};
/* The language of the address, put on the page, and its texts. */
window.speak = () => {
  const locale = (new URLSearchParams(location.search).get("locale") || "en").slice(0, 2);
  const texts = window.TEXTS[locale] || window.TEXTS.en;
  document.documentElement.lang = locale;
  document.documentElement.dir = locale === "ar" ? "rtl" : "ltr";
  for (const node of document.querySelectorAll("[data-text]")) node.textContent = texts[node.dataset.text];
  return texts;
};
