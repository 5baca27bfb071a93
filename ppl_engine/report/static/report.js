// What a reader can do with a report beyond reading: sort, point at words, look closely at
// profiles. All that is said stands in the page already; nothing here is needed to read it.
(() => {
  "use strict";

  const POWERS = "⁰¹²³⁴⁵⁶⁷⁸⁹";
  const HOT = ".h3, .h4, .h5";

  /** Says how rare a word of so many bits is, as in "1 in 4,100". */
  function oneIn(bits) {
    const number = 2 ** Math.max(0, bits);
    if (number < 10) return `1 in ${number.toFixed(1)}`;
    if (number < 995e3) {
      const step = 10 ** Math.max(0, Math.floor(Math.log10(number)) - 1);
      return `1 in ${(Math.round(number / step) * step).toLocaleString("en")}`;
    }
    for (const [size, name] of [[1e6, "million"], [1e9, "billion"], [1e12, "trillion"]]) {
      if (number < size * 999.5) return `1 in ${Number((number / size).toPrecision(2))} ${name}`;
    }
    const power = Math.round(Math.max(0, bits) * Math.log10(2));
    return `1 in 10${[...String(power)].map((digit) => POWERS[digit]).join("")}`;
  }

  /** Returns the value of a list in tenths of a bit, null where it is unknown. */
  function tenthsAt(list, index) {
    const value = list.split(" ")[index];
    return value === undefined || value === "-" ? null : Number(value) / 10;
  }

  /** Says the numbers of a word. */
  function numbers(bits, entropy) {
    if (bits === null) return "not scored: nothing stands before it";
    const open = entropy === null ? "" : ` · entropy ${entropy.toFixed(1)} bits`;
    return `${bits.toFixed(1)} bits · ${oneIn(bits)}${open}`;
  }

  /** Orders cells: numbers as numbers, texts as people would; unequal ones never tie. */
  function order(a, b) {
    if (typeof a === "number" && typeof b === "number") return a - b;
    return String(a).localeCompare(String(b), "en", { numeric: true });
  }

  /** Returns the last index whose value is at most `value` in an ascending list, or 0. */
  function lastAtMost(list, value) {
    let low = 0;
    let high = list.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (list[middle] <= value) low = middle + 1;
      else high = middle;
    }
    return Math.max(0, low - 1);
  }

  if (typeof module === "object") {
    module.exports = { oneIn, tenthsAt, numbers, order, lastAtMost };
    return;
  }

  document.documentElement.classList.add("has-script");
  const isStill = matchMedia("(prefers-reduced-motion: reduce)").matches;

  // ---- words -------------------------------------------------------------------------------

  const tip = document.createElement("div");
  tip.className = "tip";
  tip.setAttribute("aria-hidden", "true");
  const said = document.createElement("div");
  said.className = "unseen";
  said.setAttribute("aria-live", "polite");
  document.body.append(tip, said);
  let current = null; // the word whose numbers are shown
  let here = null; // where the arrow keys go on from
  const wordsOf = new WeakMap();

  function wordsIn(text) {
    if (!wordsOf.has(text)) wordsOf.set(text, [...text.querySelectorAll("p span")]);
    return wordsOf.get(text);
  }

  function describe(word) {
    const paragraph = word.closest("p");
    const index = [...paragraph.querySelectorAll("span")].indexOf(word);
    const { b = "", h = "" } = paragraph.dataset;
    return numbers(tenthsAt(b, index), tenthsAt(h, index));
  }

  function show(word) {
    if (current === word) return;
    current?.classList.remove("current");
    current = word;
    tip.hidden = !word;
    if (!word) return;
    word.classList.add("current");
    const name = document.createElement("b");
    name.textContent = word.textContent;
    tip.replaceChildren(name, ` ${describe(word)}`);
    const box = word.getClientRects()[0] ?? word.getBoundingClientRect();
    const width = tip.offsetWidth;
    const left = Math.max(8, Math.min(box.left, document.documentElement.clientWidth - width - 8));
    const above = box.top - tip.offsetHeight - 8;
    tip.style.left = `${left + scrollX}px`;
    tip.style.top = `${(above < 0 ? box.bottom + 8 : above) + scrollY}px`;
  }

  const wordAt = (target) => target.closest?.(".text p span") ?? null;

  document.addEventListener("pointerover", (event) => {
    if (event.pointerType === "mouse") show(wordAt(event.target));
  });
  document.addEventListener("click", (event) => {
    const word = wordAt(event.target);
    if (event.target.closest?.(".go, a")) return;
    if (word) here = word;
    show(word);
  });

  function goTo(word) {
    open(word);
    word.scrollIntoView({ block: "center", behavior: isStill ? "auto" : "smooth" });
    word.classList.remove("flash");
    void word.offsetWidth; // so that the animation starts anew
    word.classList.add("flash");
    word.closest(".text").focus({ preventScroll: true });
    here = word;
  }

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") show(null);
    const text = event.target.closest?.(".text");
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!text || !step || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const words = wordsIn(text);
    let index = here && text.contains(here) ? words.indexOf(here) : step < 0 ? 0 : -1;
    do index += step;
    while (event.shiftKey && words[index] && !words[index].matches(HOT));
    const word = words[index];
    if (!word) return;
    here = word;
    word.scrollIntoView({ block: "nearest" });
    show(word);
    said.textContent = `${word.textContent}: ${describe(word)}`;
  });

  // ---- places ------------------------------------------------------------------------------

  function open(element) {
    for (let box = element?.closest("details"); box; box = box.parentElement?.closest("details")) {
      box.open = true;
    }
  }

  function followHash() {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    open(target);
    target.scrollIntoView({ block: target.matches("details") ? "start" : "center" });
  }

  addEventListener("hashchange", followHash);
  if (location.hash) followHash();
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("[data-go]");
    if (!link) return;
    const word = wordsIn(link.closest("details").querySelector(".text"))[Number(link.dataset.go)];
    if (!word) return;
    event.preventDefault();
    goTo(word);
  });

  const documents = [...document.querySelectorAll("details.document")];
  if (1 < documents.length) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "all";
    const refresh = () => {
      button.textContent = documents.every((one) => one.open) ? "Close all" : "Open all";
    };
    button.addEventListener("click", () => {
      const opens = !documents.every((one) => one.open);
      for (const one of documents) one.open = opens;
      refresh();
    });
    for (const one of documents) one.addEventListener("toggle", refresh);
    document.getElementById("documents").after(button);
    refresh();
  }

  let closed = [];
  addEventListener("beforeprint", () => {
    closed = documents.filter((one) => !one.open);
    for (const one of closed) one.open = true;
  });
  addEventListener("afterprint", () => {
    for (const one of closed) one.open = false;
  });

  // ---- tables ------------------------------------------------------------------------------

  function valueOf(row, column) {
    const cell = row.cells[column];
    return cell.dataset.v === undefined ? cell.textContent : Number(cell.dataset.v);
  }

  for (const table of document.querySelectorAll("table.sortable")) {
    const heads = [...table.tHead.rows[0].cells];
    const body = table.tBodies[0];
    heads.forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        // Numbers begin with the largest: that is what one looks for.
        const before = head.getAttribute("aria-sort");
        const first = column === 0 ? "ascending" : "descending";
        const other = column === 0 ? "descending" : "ascending";
        const now = before === first ? other : first;
        for (const one of heads) one.removeAttribute("aria-sort");
        head.setAttribute("aria-sort", now);
        const sign = now === "ascending" ? 1 : -1;
        const rows = [...body.rows];
        rows.sort((a, b) => sign * order(valueOf(a, column), valueOf(b, column)));
        body.append(...rows);
      });
    });
  }

  // ---- profiles ----------------------------------------------------------------------------

  const plots = new Map();
  const color = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`);

  function draw(figure) {
    const values = JSON.parse(figure.querySelector("script").textContent);
    const text = document.getElementById(`${figure.dataset.for}-text`);
    const box = figure.querySelector(".close") ?? document.createElement("div");
    box.className = "close";
    box.replaceChildren();
    figure.querySelector(".plot").after(box);
    figure.classList.add("is-close");
    const title = document.createElement("p");
    title.className = "section";
    const axis = {
      stroke: color("faint-text"),
      grid: { stroke: color("line"), width: 1 },
      ticks: { show: false },
      gap: 6,
      font: "12px system-ui, sans-serif",
    };
    const pale = `${color("information")}80`; // half of it, so that the mean stands out
    const paths = uPlot.paths.bars({ size: [1, 3], align: 1 });
    const plot = new uPlot(
      {
        width: Math.max(200, box.clientWidth),
        height: 200,
        scales: { x: { time: false }, y: { range: (_, low, high) => [0, Math.max(high, 1) * 1.04] } },
        axes: [
          { ...axis, size: 26, space: 70, values: (_, ticks) => ticks.map((at) => at.toLocaleString("en")) },
          { ...axis, size: 36, space: 40 },
        ],
        cursor: { y: false, points: { size: 7 } },
        legend: { live: true, markers: { width: 0, fill: (_, index) => [undefined, pale, color("mean")][index] } },
        series: [
          { label: "word", value: (_, at) => (at === null ? "–" : (at + 1).toLocaleString("en")) },
          {
            label: "highest",
            stroke: pale,
            fill: pale,
            width: 0,
            paths,
            points: { show: false },
            value: (_, bits) => (bits === null ? "–" : `${bits.toFixed(1)} bits`),
          },
          {
            label: "mean",
            stroke: color("mean"),
            width: 2,
            points: { show: false },
            value: (_, bits) => (bits === null ? "–" : `${bits.toFixed(1)} bits`),
          },
        ],
        hooks: {
          drawClear: [(u) => stripes(u, values)],
          draw: [(u) => marks(u, values)],
          setCursor: [
            (u) => {
              const { sections } = values;
              const at = u.cursor.idx === null ? undefined : u.data[0][u.cursor.idx];
              const index = lastAtMost(sections.map(([start]) => start), at ?? 0);
              const isIn = at !== undefined && sections.length && sections[0][0] <= at;
              title.textContent = isIn ? sections[index][1] : "";
            },
          ],
        },
      },
      [values.words, values.highest, values.mean],
      box,
    );
    box.append(title);
    plots.set(figure, plot);
    plot.over.classList.add("go");
    let pressed = null;
    plot.over.addEventListener("pointerdown", (event) => (pressed = event.clientX));
    plot.over.addEventListener("pointerup", (event) => {
      // A drag looks closer at a stretch; a click goes to the word.
      if (pressed === null || 4 < Math.abs(event.clientX - pressed)) return;
      const x = event.clientX - plot.over.getBoundingClientRect().left;
      const word = wordsIn(text)[values.at[plot.posToIdx(x)]];
      if (word) goTo(word);
    });
  }

  function stripes(u, { sections, n }) {
    const { ctx, bbox } = u;
    ctx.save();
    ctx.fillStyle = color("stripe");
    ctx.beginPath();
    ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
    ctx.clip();
    sections.forEach(([start], index) => {
      if (index % 2) return;
      const end = sections[index + 1]?.[0] ?? n;
      const left = u.valToPos(start, "x", true);
      ctx.fillRect(left, bbox.top, u.valToPos(end, "x", true) - left, bbox.height);
    });
    ctx.restore();
  }

  function marks(u, { findings }) {
    const { ctx, bbox } = u;
    ctx.save();
    ctx.fillStyle = color("warning");
    for (const at of findings) {
      const x = u.valToPos(at, "x", true);
      if (x < bbox.left || bbox.left + bbox.width < x) continue;
      const size = 5 * devicePixelRatio;
      ctx.beginPath();
      ctx.moveTo(x - size, bbox.top);
      ctx.lineTo(x + size, bbox.top);
      ctx.lineTo(x, bbox.top + 1.6 * size);
      ctx.fill();
    }
    ctx.restore();
  }

  const figures = [...document.querySelectorAll("figure.profile")];
  const seen = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) {
        if (!isIntersecting || plots.has(target)) continue;
        seen.unobserve(target);
        draw(target);
        sizes.observe(target);
      }
    },
    { rootMargin: "300px" },
  );
  const sizes = new ResizeObserver((entries) => {
    for (const { target } of entries) {
      const width = target.querySelector(".close").clientWidth;
      const plot = plots.get(target);
      if (0 < width && plot.width !== width) plot.setSize({ width, height: 200 });
    }
  });
  for (const figure of figures) seen.observe(figure);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    for (const [figure, plot] of plots) {
      plot.destroy();
      draw(figure);
    }
  });
})();
