/* Sorts the shops by how far they are, once someone asks. Where they stand is read by this page and goes nowhere. */
(() => {
  const list = document.querySelector("[data-shops]");
  const button = document.querySelector("[data-near-me]");
  if (!list || !button || !navigator.geolocation) return;

  const said = document.querySelector("[data-near-said]");
  const rad = (degrees) => (degrees * Math.PI) / 180;
  const far = (here, row) => {
    const [lat, lon] = [rad(row.dataset.lat), rad(row.dataset.lon)];
    const half = Math.sin((lat - rad(here.latitude)) / 2) ** 2
      + Math.cos(lat) * Math.cos(rad(here.latitude)) * Math.sin((lon - rad(here.longitude)) / 2) ** 2;
    return 2 * 6371 * Math.asin(Math.sqrt(half));
  };

  button.hidden = false;
  button.addEventListener("click", () => {
    said.textContent = said.dataset.asking;
    navigator.geolocation.getCurrentPosition(({ coords }) => {
      const rows = [...list.children].map((row) => [far(coords, row), row]).sort((one, other) => one[0] - other[0]);
      for (const [km, row] of rows) {
        row.querySelector("[data-km]").textContent = said.dataset.km.replace("0", km < 10 ? km.toFixed(1) : Math.round(km));
        list.append(row);
      }
      said.textContent = said.dataset.done;
    }, () => { said.textContent = said.dataset.failed; }, { timeout: 15000, maximumAge: 300000 });
  });
})();
