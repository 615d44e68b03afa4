// Shows the codes of now in place of those the page came with.
const cells = document.querySelectorAll("[data-code-of]");
const refresh = async () => {
  try {
    const answer = await (await fetch("/demo/codes.json")).json();
    cells.forEach((cell) => { cell.textContent = answer.codes[cell.dataset.codeOf] || "–"; });
    setTimeout(refresh, Math.min(answer.seconds * 1000 + 200, 5000));
  } catch {
    setTimeout(refresh, 5000);
  }
};
if (cells.length) refresh();
