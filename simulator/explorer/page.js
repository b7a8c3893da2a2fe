// What the page does by itself: puts new figures into its pictures, and words into what hangs at the pointer.
window.oilsim = {
  digits(value, most) {
    if (value === null || value === undefined || Number.isNaN(value)) return "–";
    return value.toLocaleString("en-US", { minimumFractionDigits: most, maximumFractionDigits: most });
  },
  fine(value) {
    return oilsim.digits(value, Math.abs(value) >= 1000 ? 0 : 1);
  },
  signed(point) {
    return (point.value > 0 ? "+" : "") + oilsim.digits(point.value, 0);
  },
  safe(text) {
    const node = document.createElement("span");
    node.textContent = text;
    return node.innerHTML;
  },
  lines(title, lines) {
    return `<b>${oilsim.safe(title)}</b><br>` + lines.join("<br>");
  },
  shares(points) {
    const shown = points.slice().reverse();
    return oilsim.lines(points[0].name, shown.map((p) => `${p.marker}${oilsim.safe(p.seriesName)} ${oilsim.digits(p.value, 1)} %`));
  },
  listed(points) {
    return oilsim.lines(points[0].name, points.map((p) => `${p.marker}${oilsim.safe(p.seriesName)} ${oilsim.digits(p.value, 0)}`));
  },
  path(points) {
    const value = {};
    for (const point of points) value[point.seriesIndex] = point;
    const lines = [];
    if (value[2]) lines.push(`${value[2].marker}${oilsim.safe(value[2].seriesName)} ${oilsim.fine(value[2].value)}`);
    if (value[0] && value[1])
      lines.push(`${value[1].marker}${oilsim.safe(value[1].seriesName)} ${oilsim.fine(value[0].value)} – ${oilsim.fine(value[0].value + value[1].value)}`);
    if (value[3]) lines.push(`${value[3].marker}${oilsim.safe(value[3].seriesName)} ${oilsim.fine(value[3].value)}`);
    return oilsim.lines(points[0].name, lines);
  },
  // A question is under way: said only where the answer lets itself be waited for.
  asked() {
    clearTimeout(oilsim.waiting);
    oilsim.waiting = setTimeout(() => document.body.classList.add("os-waiting"), 400);
  },
  answered() {
    clearTimeout(oilsim.waiting);
    document.body.classList.remove("os-waiting");
  },
  seen(node) {
    const place = node.getBoundingClientRect();
    return place.bottom > 0 && place.top < window.innerHeight;
  },
  fill(charts) {
    for (const [id, filling] of charts) getElement(Number(id)).chart.setOption(filling);
  },
  // Pictures take figures alone, those on the screen first; when they stand, the page says which answer they show.
  show(charts, revision) {
    const all = Object.entries(charts);
    if (!all.every(([id]) => getElement(Number(id))?.chart)) {
      setTimeout(() => oilsim.show(charts, revision), 20);
      return;
    }
    const here = all.filter(([id]) => oilsim.seen(getElement(Number(id)).$el));
    clearTimeout(oilsim.rest);
    oilsim.fill(here);
    oilsim.answered();
    requestAnimationFrame(() =>
      requestAnimationFrame(() => {
        document.body.dataset.drawn = revision;
        window.dispatchEvent(new CustomEvent("oilsim:drawn", { detail: { revision, at: performance.now() } }));
        oilsim.rest = setTimeout(() => oilsim.fill(all.filter((one) => !here.includes(one))), 0);
      }),
    );
  },
};
