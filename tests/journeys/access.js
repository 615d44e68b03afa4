// What a page must not get wrong for people who cannot see it, or see it narrow. Returns sentences; none is good.
() => {
  const found = [];
  const ids = new Set();
  for (const element of document.querySelectorAll("[id]")) {
    if (ids.has(element.id)) found.push(`two elements are called ${element.id}`);
    ids.add(element.id);
  }
  for (const name of ["aria-describedby", "aria-labelledby"])
    for (const element of document.querySelectorAll(`[${name}]`))
      for (const id of element.getAttribute(name).split(/\s+/).filter(Boolean))
        if (!ids.has(id)) found.push(`${name} leads nowhere: ${id}`);
  for (const field of document.querySelectorAll("input:not([type=hidden]), select, textarea"))
    if (!field.labels?.length && !field.ariaLabel) found.push(`no label: ${field.name}`);
  for (const control of document.querySelectorAll("a[href], button:not([aria-hidden=true])")) {
    const pictures = [...control.querySelectorAll("img")].map((image) => image.alt).join("");
    if (!(control.textContent.trim() || control.ariaLabel || pictures)) found.push(`no name: ${control.outerHTML}`);
  }
  for (const image of document.querySelectorAll("img:not([alt])")) found.push(`no alt: ${image.src}`);
  let level = 0;
  for (const heading of document.querySelectorAll("h1, h2, h3, h4, h5, h6")) {
    const next = Number(heading.tagName[1]);
    if (heading.checkVisibility() && next > level + 1) found.push(`heading ${next} after ${level}: ${heading.textContent}`);
    if (heading.checkVisibility()) level = next;
  }
  if (document.querySelectorAll("h1").length !== 1) found.push("not one h1");

  const brightness = (colour) => {
    const [red, green, blue, alpha = 1] = colour.match(/[\d.]+/g).map(Number);
    const linear = (part) => (part / 255 <= 0.03928 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4);
    return { value: 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue), alpha };
  };
  const ground = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = brightness(getComputedStyle(at).backgroundColor);
      if (colour.alpha > 0.9) return colour.value;
    }
    return 1;
  };
  const words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (words.nextNode()) {
    const text = words.currentNode.data.trim();
    const element = words.currentNode.parentElement;
    if (!text || !element.checkVisibility() || element.closest("script, option, .visually-hidden")) continue;
    const ink = brightness(getComputedStyle(element).color).value;
    const paper = ground(element);
    const ratio = (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05);
    if (ratio < 4.5) found.push(`contrast ${ratio.toFixed(2)}: ${text.slice(0, 40)}`);
  }
  const sideways = document.documentElement.scrollWidth - document.documentElement.clientWidth;
  if (sideways > 0) found.push(`scrolls ${sideways} px sideways`);
  return [...new Set(found)];
}
