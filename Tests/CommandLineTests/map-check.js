// Looks at each frame's page: is every text inside the page, its table cell and its segment, and over no other?
function rectangle(element) {
  if (element instanceof element.ownerDocument.defaultView.SVGElement) return element.getBoundingClientRect();
  const range = element.ownerDocument.createRange();
  range.selectNodeContents(element);
  return range.getBoundingClientRect();
}

function check(frame) {
  const page = frame.contentDocument;
  const problems = [];
  const selector = "text,td,th,h1,h2,figcaption,p,li";
  const texts = [...page.querySelectorAll(selector)]
    .filter((element) => element.textContent.trim() && element.getClientRects().length)
    .map((element) => ({ element, box: rectangle(element), words: element.textContent.trim().slice(0, 60) }))
    .filter((text) => text.box.width > 0 && text.box.height > 0);
  const width = page.documentElement.clientWidth;
  if (page.documentElement.scrollWidth > width) problems.push("the page is wider than its window");
  for (const { element, box, words } of texts) {
    if (box.left < -0.5 || box.right > width + 0.5) problems.push(`"${words}" leaves the page`);
    if (element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 0) problems.push(`"${words}" is cut`);
    if (element.classList.contains("label")) {
      const segment = element.parentElement.querySelector("rect.edge").getBoundingClientRect();
      if (box.left < segment.left - 0.5 || box.right > segment.right + 0.5) {
        problems.push(`"${words}" is wider than its segment`);
      }
    }
  }
  for (let first = 0; first < texts.length; first++) {
    for (let second = first + 1; second < texts.length; second++) {
      const [a, b] = [texts[first].box, texts[second].box];
      const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      if (across > 1 && down > 1.5) {
        problems.push(`"${texts[first].words}" and "${texts[second].words}" overlap`);
      }
    }
  }
  return { texts: texts.length, problems: problems.slice(0, 20) };
}

addEventListener("load", () => {
  const verdicts = [...document.querySelectorAll("iframe")].map(check);
  document.getElementById("verdict").textContent = JSON.stringify(verdicts);
});
