// Draws the charts of the page with the colours of the reader's screen, and again when those change.
const page = getComputedStyle(document.documentElement);
const colour = (name) => page.getPropertyValue(`--${name}`).trim();
const painted = (text) => JSON.parse(text.replace(/"@(\w+)"/g, (_, name) => JSON.stringify(colour(name))));

function look() {
  const font = page.getPropertyValue("--sans").trim();
  const words = { labelColor: colour("muted"), titleColor: colour("muted"), labelFont: font, titleFont: font };
  return {
    background: "transparent",
    font,
    axis: { ...words, gridColor: colour("rule"), domainColor: colour("grid"), tickColor: colour("grid"), labelFontSize: 12, titleFontSize: 12, titleFontWeight: 400, labelLimit: 170 },
    legend: { ...words, labelColor: colour("ink"), labelFontSize: 12.5, symbolStrokeWidth: 3, symbolSize: 90 },
    text: { font, fontSize: 12, color: colour("ink") },
    view: { stroke: "transparent" },
  };
}

function draw() {
  for (const holder of document.querySelectorAll(".chart")) {
    const spec = document.getElementById(`spec-${holder.dataset.chart}`).textContent;
    const options = { actions: false, renderer: "svg", config: look(), tooltip: { theme: matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light" } };
    vegaEmbed(holder, painted(spec), options).catch((error) => { holder.textContent = `This chart could not be drawn: ${error.message}`; });
  }
}

draw();
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
