"use strict";
// Draws the report that stands in the page. Every number comes from it; nothing is fetched.
(() => {
  const page = document.getElementById("page");
  const report = JSON.parse(document.getElementById("report").textContent);
  const kWords = {
    modelled: {gpu: "card, modelled", time: "modelled ms"},
    measured: {gpu: "card, measured", time: "measured ms"},
    none: {gpu: "card", time: "ms"},
  }[report.gpu_times];

  // ---- text ----

  const ms = (seconds) => seconds * 1e3;
  // Three digits that mean something, without an exponent.
  const figures = (value) => {
    if (value === null || value === undefined || Number.isNaN(value)) return "–";
    const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value) || 1)));
    return value.toFixed(Math.min(digits, 6));
  };
  const percent = (share) => (100 * share).toFixed(1) + " %";
  const sum = (rows, of) => rows.reduce((total, row) => total + of(row), 0);

  function element(name, attributes = {}, ...children) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...children);
    return made;
  }

  function showError(text) {
    let box = document.getElementById("errors");
    if (!box) page.prepend((box = element("div", {id: "errors", class: "notice errors"})));
    box.append(text + "\n");
  }
  addEventListener("error", (event) => showError(event.message));

  // ---- figures ----

  // Drawn anew when the width of the window changes; `draw` gets the width in px.
  const figuresOnPage = [];
  function figure(draw, caption) {
    const holder = element("div");
    figuresOnPage.push({holder, draw, width: 0});
    return element("figure", {}, holder, ...(caption ? [element("figcaption", {}, caption)] : []));
  }
  function drawFigures() {
    for (const each of figuresOnPage) {
      const width = Math.floor(each.holder.clientWidth);
      if (width === each.width || width === 0) continue;
      each.width = width;
      each.holder.replaceChildren(...[each.draw(width)].flat());
    }
  }

  function swatches(entries) {
    return element("div", {class: "swatches"}, ...entries.map(([name, color]) =>
      element("span", {style: `--swatch: ${color}`}, name)));
  }

  // Space on the left for the longest name at this width.
  const kCharacter = 6.7;
  function labels(names, width) {
    const longest = Math.max(...names.map((name) => name.length)) * kCharacter + 12;
    const room = Math.max(90, Math.min(longest, width * 0.45));
    const characters = Math.floor((room - 12) / kCharacter);
    const shorten = (name) =>
      name.length <= characters ? name : name.slice(0, Math.max(1, characters - 1)) + "…";
    return {marginLeft: room, tickFormat: shorten};
  }

  // Rows of layers, one below the other. On paper they share a page with another figure, unless they
  // are so many that nobody could read them then.
  const kManyRows = 40;
  function rowsPlot(width, names, options) {
    const {marginLeft, tickFormat} = labels(names, width);
    return Plot.plot({
      width,
      marginLeft,
      marginRight: 52,
      marginBottom: 40,
      height: names.length * 20 + 66,
      className: names.length > kManyRows ? "tall" : undefined,
      style: {fontSize: "12px", background: "none"},
      ...options,
      y: {domain: names, label: null, tickSize: 0, tickFormat, ...options.y},
    });
  }

  // Two times of each layer and their ratio.
  function pairPlot(width, rows, first, second) {
    const both = rows.filter((row) => row.first !== null && row.second !== null);
    const dots = rows.flatMap((row) => [
      {name: row.name, ms: row.first, what: first.name, color: first.color},
      {name: row.name, ms: row.second, what: second.name, color: second.color},
    ]).filter((dot) => dot.ms !== null);
    return [
      swatches([[first.name, first.color], [second.name, second.color]]),
      rowsPlot(width, rows.map((row) => row.name), {
        x: {type: "log", label: "ms of one convolution, logarithmic →", grid: true, inset: 8,
            ticks: width < 500 ? 3 : 6, tickFormat: (value) => String(+value.toPrecision(3))},
        marks: [
          Plot.ruleY(both, {y: "name", x1: "first", x2: "second", stroke: "var(--rest)", strokeWidth: 2}),
          Plot.dot(dots, {
            y: "name", x: "ms", fill: "color", r: 5,
            ariaLabel: (dot) => `${dot.name}, ${dot.what}: ${figures(dot.ms)} ms`,
            title: (dot) => `${dot.name}\n${dot.what}: ${figures(dot.ms)} ms`, tip: true,
          }),
          Plot.text(both, {
            y: "name", frameAnchor: "right", dx: 46, textAnchor: "end", fill: "var(--quiet)",
            text: (row) => figures(row.second / row.first) + "×",
          }),
        ],
      }),
    ];
  }

  function peakPlot(width, layers) {
    const share = (layer) => layer.flop / layer.gpu_seconds / report.device.fma_flop_per_second;
    const most = Math.max(1, ...layers.map(share));
    return rowsPlot(width, layers.map((layer) => layer.name), {
      x: {label: "% of the fp32 FMA peak →", grid: true, domain: [0, 100 * most]},
      marks: [
        Plot.ruleX([100], {stroke: "var(--quiet)", strokeDasharray: "4 3"}),
        Plot.barX(layers, {
          y: "name", x: (layer) => 100 * share(layer), fill: "var(--c0)", insetTop: 2, insetBottom: 2,
          ariaLabel: (layer) => `${layer.name}: ${percent(share(layer))} of peak`,
        }),
        Plot.text(layers, {
          y: "name", x: (layer) => 100 * share(layer), dx: 5, textAnchor: "start",
          text: (layer) => percent(share(layer)), fill: "var(--text)",
        }),
        Plot.ruleX([0], {stroke: "var(--quiet)"}),
      ],
    });
  }

  const kColors = [0, 1, 2, 3, 4, 5, 6, 7].map((i) => `var(--c${i})`);

  function rooflinePlot(width, layers) {
    const peak = report.device.fma_flop_per_second;
    const bandwidth = report.device.dram_bytes_per_second;
    const ridge = peak / bandwidth;
    const points = layers.map((layer) => ({
      ...layer,
      intensity: layer.flop / layer.bytes,
      rate: layer.flop / layer.gpu_seconds,
      seconds: layer.count * layer.gpu_seconds,
    }));
    const total = sum(points, (point) => point.seconds);
    const solvers = [...new Set(points.map((point) => point.solver))].sort();
    const color = (solver) => kColors[solvers.indexOf(solver) % kColors.length];
    const intensities = points.map((point) => point.intensity);
    const low = Math.min(ridge / 2, ...intensities) / 1.4;
    const high = Math.max(ridge * 4, ...intensities) * 1.4;
    const roof = [low, ridge, high].map((x) => ({x, y: Math.min(peak, x * bandwidth) * 1e-12}));
    const bottom = Math.min(roof[0].y, ...points.map((point) => point.rate * 1e-12)) / 1.4;
    const number = (value) => String(+value.toPrecision(3));
    return [
      swatches(solvers.map((solver) => [solver, color(solver)])),
      Plot.plot({
        width,
        height: Math.max(320, Math.min(460, width * 0.6)),
        marginLeft: 54,
        marginBottom: 42,
        marginRight: 20,
        style: {fontSize: "12px", background: "none"},
        x: {type: "log", domain: [low, high], grid: true, tickFormat: number,
            ticks: width < 500 ? 3 : 6, label: "FLOP a byte of x, w and y, each moved once →"},
        y: {type: "log", domain: [bottom, Math.max(peak * 1e-12, ...points.map((p) => p.rate * 1e-12)) * 1.5],
            grid: true, tickFormat: number, ticks: 5, label: "↑ TFLOP/s"},
        r: {range: [3, 15], domain: [0, Math.max(...points.map((point) => point.seconds))]},
        marks: [
          Plot.line(roof, {x: "x", y: "y", stroke: "var(--text)", strokeWidth: 2}),
          Plot.dot(points, {
            x: "intensity", y: (point) => point.rate * 1e-12, r: "seconds", sort: {channel: "-r"},
            fill: (point) => color(point.solver), fillOpacity: 0.65, stroke: (point) => color(point.solver),
            ariaLabel: (point) => `${point.name}: ${figures(point.rate * 1e-12)} TFLOP/s at ` +
              `${figures(point.intensity)} FLOP a byte`,
            title: (point) => `${point.name}\n${point.solver} ${point.instance}\n` +
              `${figures(point.rate * 1e-12)} TFLOP/s at ${figures(point.intensity)} FLOP a byte\n` +
              `${percent(point.seconds / total)} of the network's time`,
            tip: true,
          }),
          Plot.text([{x: high, y: peak * 1e-12}], {
            x: "x", y: "y", text: () => `${number(peak * 1e-12)} TFLOP/s of fp32 FMA`, dy: -9,
            textAnchor: "end", fill: "var(--text)", stroke: "var(--panel)", strokeWidth: 4,
          }),
          Plot.text([{x: low, y: low * bandwidth * 1e-12}], {
            x: "x", y: "y", text: () => `${number(bandwidth * 1e-9)} GB/s`, dx: 26, dy: 8,
            textAnchor: "start", fill: "var(--text)", stroke: "var(--panel)", strokeWidth: 4,
          }),
        ],
      }),
    ];
  }

  // The causes that take most, and one more for the others.
  const kCausesShown = 8;
  const kWork = "vector ALU";
  function spentPlot(width, layers) {
    const totals = new Map();
    for (const layer of layers) {
      for (const {cause, seconds} of layer.spent) {
        totals.set(cause, (totals.get(cause) || 0) + layer.count * seconds);
      }
    }
    const ordered = [...totals.keys()].sort((a, b) =>
      (b === kWork) - (a === kWork) || totals.get(b) - totals.get(a));
    const shown = ordered.slice(0, kCausesShown);
    const color = (cause) => shown.includes(cause) ? kColors[shown.indexOf(cause)] : "var(--rest)";
    const rest = "everything else";
    const legend = [...shown.map((cause) => [cause, color(cause)]),
                    ...(ordered.length > shown.length ? [[rest, "var(--rest)"]] : [])];
    const name = "all, by count";
    const pieces = (row, causes) => {
      const whole = sum(causes, ([, seconds]) => seconds);
      const others = sum(causes.filter(([cause]) => !shown.includes(cause)), ([, seconds]) => seconds);
      return [...shown.map((cause) => [cause, sum(causes.filter(([c]) => c === cause), ([, s]) => s)]),
              [rest, others]]
        .filter(([, seconds]) => seconds > 0)
        .map(([cause, seconds]) => ({row, cause, share: 100 * seconds / whole}));
    };
    const bars = [...pieces(name, [...totals]),
                  ...layers.flatMap((layer) => pieces(layer.name, layer.spent.map((s) => [s.cause, s.seconds])))];
    return [
      swatches(legend),
      rowsPlot(width, [name, ...layers.map((layer) => layer.name)], {
        x: {label: "% of the modelled time →", domain: [0, 100]},
        marginRight: 20,
        marks: [
          Plot.barX(bars, Plot.stackX({
            y: "row", x: "share", order: legend.map(([cause]) => cause), z: "cause",
            fill: (bar) => color(bar.cause), insetTop: 2, insetBottom: 2, insetRight: 0.5,
            ariaLabel: (bar) => `${bar.row}, ${bar.cause}: ${bar.share.toFixed(1)} %`,
            title: (bar) => `${bar.row}\n${bar.cause}: ${bar.share.toFixed(1)} %`, tip: true,
          })),
        ],
      }),
    ];
  }

  // Estimates against times of all plans that were timed.
  function plansPlot(width, layers) {
    const points = layers.flatMap((layer) => layer.plans.filter((plan) => plan.seconds).map((plan) => ({
      ...plan, layer: layer.name,
      chosen: plan.solver === layer.solver && plan.instance === layer.instance,
    })));
    const ends = [Math.min(...points.map((p) => Math.min(p.seconds, p.estimate_seconds))),
                  Math.max(...points.map((p) => Math.max(p.seconds, p.estimate_seconds)))].map(ms);
    const axis = {type: "log", domain: ends, grid: true, ticks: 4,
                  tickFormat: (value) => String(+value.toPrecision(3))};
    return [
      swatches([["chosen", "var(--c1)"], ["passed over", "var(--c0)"]]),
      Plot.plot({
        width: Math.min(width, 640), height: Math.min(width, 640) * 0.75, marginLeft: 54,
        marginBottom: 42, style: {fontSize: "12px", background: "none"},
        x: {...axis, label: "the dispatcher's estimate, ms →"},
        y: {...axis, label: `↑ ${kWords.time}`},
        marks: [
          Plot.line(ends.map((end) => ({end})), {x: "end", y: "end", stroke: "var(--quiet)"}),
          ...[false, true].map((chosen) => Plot.dot(points.filter((p) => p.chosen === chosen), {
            x: (p) => ms(p.estimate_seconds), y: (p) => ms(p.seconds), r: chosen ? 4.5 : 2.5,
            fill: chosen ? "var(--c1)" : "var(--c0)", fillOpacity: chosen ? 1 : 0.5,
            title: (p) => `${p.layer}\n${p.solver} ${p.instance}\n${figures(ms(p.seconds))} ms, ` +
              `estimated ${figures(ms(p.estimate_seconds))}`,
            tip: true,
          })),
        ],
      }),
    ];
  }

  // ---- tables ----

  // One row for each layer; `columns` are [title, field, text of a layer, class].
  function layerTable(layers, columns, total) {
    const row = (cells, attributes) => element("tr", attributes, ...columns.map(
      ([, field, , style], i) => element("td", {"data-field": field, class: style || ""}, cells[i])));
    return element("div", {class: "scroll"}, element("table", {},
      element("thead", {}, element("tr", {}, ...columns.map(
        ([title, , , style]) => element("th", {class: style || ""}, title)))),
      element("tbody", {},
        ...layers.map((layer) => row(columns.map(([, , text]) => text(layer)), {"data-layer": layer.name})),
        ...(total ? [row(total, {class: "total"})] : []))));
  }

  function numbersTable(layers, totals) {
    const times = report.gpu_times !== "none";
    const verdict = (layer) => layer.outcome === "verified" ? "ok"
      : element("span", {class: "wrong"}, layer.reason ? `${layer.outcome}: ${layer.reason}` : layer.outcome);
    const peak = report.device.fma_flop_per_second;
    const timed = (layer, text) => layer.gpu_seconds ? text(layer) : "–";
    const columns = [
      ["layer", "name", (l) => l.name, "left", "total"],
      ["count", "count", (l) => String(l.count), "", String(totals.count)],
      ["GFLOP", "gflop", (l) => figures(l.flop * 1e-9), "", figures(totals.flop * 1e-9)],
      ["solver, kernel", "solver", (l) => `${l.solver} ${l.instance}`, "left", ""],
      ...(times ? [
        [kWords.time, "gpu_ms", (l) => timed(l, () => figures(ms(l.gpu_seconds))), "", figures(ms(totals.gpu))],
        ["TFLOP/s", "tflops", (l) => timed(l, () => figures(l.flop / l.gpu_seconds * 1e-12)), "",
         figures(totals.flop / totals.gpu * 1e-12)],
        ["of peak", "peak", (l) => timed(l, () => percent(l.flop / l.gpu_seconds / peak)), "",
         percent(totals.flop / totals.gpu / peak)],
      ] : []),
      ...(report.cpu ? [["CPU ms", "cpu_ms", (l) => l.cpu_seconds ? figures(ms(l.cpu_seconds)) : "–", "",
                         figures(ms(totals.cpu))]] : []),
      ["error", "error", (l) => typeof l.error_rms_range === "number"
        ? l.error_rms_range.toExponential(1) : String(l.error_rms_range ?? "–"), "", ""],
      ["", "outcome", verdict, "left", ""],
    ];
    return layerTable(layers, columns, columns.map((column) => column[4]));
  }

  // What each solver would have taken, by the dispatcher's estimate, or why it refuses.
  function plansTable(layers) {
    const solvers = [...new Set(layers.flatMap((layer) =>
      [...layer.plans, ...layer.refusals].map((each) => each.solver)))];
    const taking = solvers.filter((solver) =>
      layers.some((layer) => layer.plans.some((plan) => plan.solver === solver)));
    const reasons = [];
    const cell = (solver) => (layer) => {
      const plans = layer.plans.filter((plan) => plan.solver === solver);
      if (plans.length > 0) {
        const best = plans.reduce((a, b) => (a.estimate_seconds <= b.estimate_seconds ? a : b));
        const text = figures(ms(best.estimate_seconds));
        const chosen = layer.solver === solver;
        return element("span", {title: `${best.instance}: the best of ${plans.length} by estimate`,
                                ...(chosen ? {style: "font-weight: 700; color: var(--c0)"} : {})},
                       chosen ? text + " ◀" : text);
      }
      const refusal = layer.refusals.find((each) => each.solver === solver);
      if (!refusal) return "";
      if (!reasons.includes(refusal.reason)) reasons.push(refusal.reason);
      return element("span", {title: refusal.reason, class: "quiet"},
                     `no (${reasons.indexOf(refusal.reason) + 1})`);
    };
    const columns = [["layer", "name", (l) => l.name, "left"],
                     ...taking.map((solver) => [solver.replace(/([a-z\d])([A-Z])/g, "$1\u200b$2"), solver, cell(solver)])];
    const table = layerTable(layers, columns);
    const never = solvers.filter((solver) => !taking.includes(solver));
    const list = element("ol", {class: "reasons"}, ...reasons.map((text) => element("li", {}, text)));
    const why = (solver) => solver + ": " + [...new Set(layers.flatMap((layer) =>
      layer.refusals.filter((each) => each.solver === solver).map((each) => each.reason)))].join("; ");
    return [table, list, ...(never.length > 0
      ? [element("p", {class: "quiet"}, "These take none of the layers. ", ...never.flatMap(
          (solver) => [element("br"), why(solver)]))] : [])];
  }

  // ---- the page ----

  function section(title, words, ...content) {
    return element("section", {}, element("h2", {}, title),
                   ...(words ? [element("p", {class: "quiet"}, words)] : []), ...content);
  }
  const long = (made) => (made.classList.add("long"), made);

  function tile(value, words, field) {
    return element("div", {class: "tile"}, element("b", field ? {"data-field": field} : {}, value),
                   element("span", {}, words));
  }

  function networkPart(workload, other) {
    const part = element("section", {class: "network", "data-network": workload.name});
    const ran = workload.layers.filter((layer) => layer.gpu_seconds);
    const compared = ran.filter((layer) => layer.cpu_seconds);
    const totals = {
      count: sum(workload.layers, (layer) => layer.count),
      flop: sum(ran, (layer) => layer.count * layer.flop),
      gpu: sum(ran, (layer) => layer.count * layer.gpu_seconds),
      cpu: sum(compared, (layer) => layer.count * layer.cpu_seconds),
    };
    const verified = workload.layers.filter((layer) => layer.outcome === "verified").length;
    part.append(element("h1", {}, `${workload.name}, ${workload.type}`));
    const tiles = element("div", {class: "tiles"},
      tile(String(totals.count), `convolutions, ${workload.layers.length} of them distinct`));
    if (totals.gpu > 0) {
      tiles.append(
        tile(`${figures(ms(totals.gpu))} ms`, `on the ${kWords.gpu}`, "total_gpu_ms"),
        tile(`${figures(totals.flop / totals.gpu * 1e-12)} TFLOP/s`,
             `${percent(totals.flop / totals.gpu / report.device.fma_flop_per_second)} of the fp32 FMA peak`,
             "total_tflops"));
    }
    if (totals.cpu > 0) {
      tiles.append(tile(`${figures(ms(totals.cpu))} ms`, "on the CPU, measured, oneDNN in fp32", "total_cpu_ms"));
    }
    tiles.append(tile(`${verified} of ${workload.layers.length}`, "layers verified", "verified"));
    part.append(tiles);

    if (compared.length > 0) {
      part.append(section("Card against CPU",
        `One convolution on the ${kWords.gpu}, and on the CPU, measured: ${report.cpu}. At the right, how ` +
        "many times as long the CPU takes.",
        figure((width) => pairPlot(width, compared.map((layer) =>
          ({name: layer.name, first: ms(layer.gpu_seconds), second: ms(layer.cpu_seconds)})),
          {name: kWords.gpu, color: "var(--c0)"}, {name: "CPU, measured", color: "var(--c1)"}))));
    }
    if (ran.length > 0) {
      part.append(
        section("Share of peak",
          "The direct algorithm's FLOPs over the time, against one fp32 multiply-add a lane and clock. " +
          "Winograd does less work than that and may exceed 100 %.",
          figure((width) => peakPlot(width, ran))),
        section("Roofline",
          "Each layer under what arithmetic and memory allow; the larger, the more of the network's time " +
          "it takes. The diagonal moves every tensor once, at the peak rate of the memory.",
          figure((width) => rooflinePlot(width, ran))));
    }
    const profiled = ran.filter((layer) => layer.spent.length > 0);
    if (profiled.length > 0) {
      part.append(section("Where the time goes",
        "By the clock model: clocks in which the vector ALU works, and what it waits for in the others. " +
        "“occupancy”: no wave is there; “launch” and “between launches”: no kernel runs; “other units”: " +
        "waves are at loads, LDS and scalar work.",
        figure((width) => spentPlot(width, profiled))));
    }
    if (other) {
      const byName = new Map(other.layers.map((layer) => [layer.name, layer]));
      const pairs = ran.filter((layer) => byName.get(layer.name)?.gpu_seconds).map((layer) => ({
        name: layer.name, first: ms(layer.gpu_seconds), second: ms(byName.get(layer.name).gpu_seconds),
      }));
      const total = sum(other.layers, (layer) => layer.count * (layer.gpu_seconds || 0));
      const ok = other.layers.filter((layer) => layer.outcome === "verified").length;
      if (pairs.length > 0) {
        part.append(section(`${workload.type} against ${other.type}`,
          `The same layers in both types, ${kWords.gpu}: ${figures(ms(totals.gpu))} ms in ${workload.type}, ` +
          `${figures(ms(total))} ms in ${other.type} in all. ${ok} of ${other.layers.length} layers verified ` +
          `in ${other.type}. At the right, how many times as long ${other.type} takes.`,
          figure((width) => pairPlot(width, pairs, {name: workload.type, color: "var(--c0)"},
                                     {name: other.type, color: "var(--c2)"}))));
      }
    }
    if (workload.layers.some((layer) => layer.plans.length + layer.refusals.length > 0)) {
      part.append(long(section("What the dispatcher passed over",
        "The estimate in ms of each solver's best kernel; ◀ is the solver that was chosen. Estimates order " +
        "solvers and are no times. “no” has its reason below the table.", ...plansTable(workload.layers))));
    }
    const timed = ran.filter((layer) => layer.plans.some((plan) => plan.seconds));
    if (timed.length > 0) {
      const regret = (layer) => {
        const chosen = layer.plans.find((p) => p.solver === layer.solver && p.instance === layer.instance);
        return chosen ? chosen.seconds / Math.min(...layer.plans.map((plan) => plan.seconds)) - 1 : 0;
      };
      const regrets = timed.map(regret);
      part.append(section("Estimates against times",
        `Every kernel instance of every layer, ${kWords.gpu}. What was chosen takes ` +
        `${percent(sum(regrets, (r) => r) / regrets.length)} longer than the best on average, ` +
        `${percent(Math.max(...regrets))} at most.`,
        figure((width) => plansPlot(width, timed))));
    }
    part.append(long(section("All numbers", null, numbersTable(workload.layers, totals))));
    return part;
  }

  function draw() {
    document.title = `${report.workloads.map((w) => w.name)[0]} on ${report.device.name}: conv-bench`;
    const device = report.device;
    page.append(element("p", {class: "quiet"}, `conv-bench of rdna1conv ${report.version}. ${device.name}, ` +
      `${device.architecture}, ${device.workgroup_processors} workgroup processors, ` +
      (device.clock ? `${device.clock_mhz} MHz by the clock model “${device.clock}”`
                    : `${device.hip_mhz} MHz`) + ". CPU: " + (report.cpu ?? "left out") + "."));
    if (report.gpu_times === "modelled") {
      page.append(element("div", {class: "notice"}, element("b", {}, "All GPU times here are modelled, not measured. "),
        "There is no card in this machine: its machine code was executed by software, and a clock model of " +
        "the chip gave the times, of a first run with cold caches."));
    } else if (report.gpu_times === "none") {
      page.append(element("div", {class: "notice"}, "The software device's clock was off: there are no GPU times."));
    }
    for (const workload of report.workloads.filter((w) => w.name === w.network)) {
      page.append(networkPart(workload, report.workloads.find(
        (w) => w.network === workload.name && w !== workload)));
    }
    const file = URL.createObjectURL(new Blob([JSON.stringify(report, null, 1)], {type: "application/json"}));
    page.append(element("p", {class: "quiet"}, element("a", {href: file, download: "report.json"},
      "All of this as JSON"), ", as conv-bench --json writes it."));
  }

  try {
    draw();
    drawFigures();
    new ResizeObserver(drawFigures).observe(page);
    // Paper has a width of its own.
    document.documentElement.dataset.drawn = String(figuresOnPage.length);
  } catch (error) {
    showError(String(error));
    throw error;
  }
})();
