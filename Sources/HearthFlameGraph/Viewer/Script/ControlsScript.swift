/// Controls, keys and the pointer; and what has to be made anew after each.
enum ControlsScript {
    static let source = #"""
        const input = byId("search"), expression = byId("expression"), matched = document.querySelector(".matched");
        const empty = document.querySelector(".empty"), chips = document.querySelector(".chips");
        const choice = document.querySelector(".choice");
        let plain = null;

        // Search: functions that match, and how much runs through any of them: a match inside a match counts once.
        const search = () => {
          let test = null;
          input.classList.remove("bad");
          if (state.search && state.expression) {
            try {
              const pattern = new RegExp(state.search, "i");
              test = (text) => pattern.test(text);
            } catch (_) {
              input.classList.add("bad");
            }
          } else if (state.search) {
            const lower = state.search.toLowerCase();
            test = (text) => text.toLowerCase().includes(lower);
          }
          hits = null;
          matched.textContent = "";
          if (!test) return;
          hits = Uint8Array.from(names, (name, f) => test(name) || fullNames[f] && test(fullNames[f]) ? 1 : 0);
          const totals = graph.totals[shownMeasure()], above = new Uint8Array(graph.count);
          let sum = 0, count = 0;
          for (let i = 1; i < graph.count; i++) {
            const isHit = hits[graph.func[i]], isInside = above[graph.parent[i]];
            above[i] = isHit || isInside;
            if (!isHit || !(totals[i] > 0)) continue;
            count++;
            if (!isInside) sum += totals[i];
          }
          matched.textContent = percent(sum, totals[0]) + " in " + groups(count) + (count === 1 ? " frame" : " frames");
        };

        const reflect = () => {
          for (const key of ["view", "side"]) {
            for (const button of document.querySelectorAll(`[data-${key}]`)) {
              button.setAttribute("aria-pressed", button.dataset[key] === state[key]);
            }
          }
          const type = settings.types[state.type];
          if (!diff && !TITLED) document.title = document.querySelector("h1").textContent = type.title;
          if (!diff && !SUBTITLED) document.querySelector(".subtitle").textContent = type.summary;
          byId("collapse").setAttribute("aria-pressed", state.collapse);
          expression.setAttribute("aria-pressed", state.expression);
          if (input.value !== state.search) input.value = state.search;
          byId("type").value = state.type;
          byId("group").value = state.group;
          byId("where").value = "";
          byId("scheme").value = state.scheme;
          byId("flip").disabled = state.view === "sandwich" || state.view === "table";

          chips.textContent = "";
          const chip = (text, undo) => {
            const title = "Take this filter away: " + text;
            element("button", chips, { type: "button", textContent: text, title }).addEventListener("click", undo);
          };
          for (const key in state.where) chip(key + " = " + state.where[key], () => { delete state.where[key]; rebuild(); });
          for (const edit of state.edits) {
            chip(EDITS[edit.what] + " " + names[edit.of], () => set({ edits: state.edits.filter((other) => other !== edit) }));
          }
          chips.hidden = !chips.children.length;

          choice.hidden = state.view !== "sandwich";
          if (state.view === "sandwich") {
            byId("function").value = state.of >= 0 ? names[state.of] : "";
            const m = diff ? NEW : 0, value = panes[0].graph.totals[m][0];
            const words = (diff ? amount(value, NEW) : quantity(value)) + ", " + percent(value, wholeOf(m));
            byId("chosen-total").textContent = state.of < 0 ? "" : words + " with all that it calls";
          }
        };

        // After a change, from the dearest to the cheapest: values and stacks; the view of them; the places of boxes.
        const rebuild = (isStep = true) => {
          graph = built();
          functions = null;
          if (diff) {
            plain = state.edits.length || state.collapse ? plain || plainGraph(null) : graph;
            wholes = plain.totals;
            sideTotals[BASE] = wholes[BASE][0];
            sideTotals[NEW] = wholes[NEW][0];
          }
          review(isStep);
        };
        const review = (isStep) => {
          if (state.view === "sandwich" && state.of < 0) {
            functions = functions || functionTotals(diff ? plain : graph);
            const own = functions.own[shownMeasure()];
            for (let f = 0; f < functionCount; f++) if (own[f] > 0 && (state.of < 0 || own[f] > own[state.of])) state.of = f;
          }
          chosen = hovered = null;
          hideTip();
          makePanes();
          search();
          reflect();
          const isTable = state.view === "table", isEmpty = !(graph.totals[shownMeasure()][0] > 0);
          byId("graph").hidden = isTable;
          tableElement.hidden = !isTable;
          empty.hidden = !isEmpty || isTable;
          empty.textContent = rows.count ? "nothing left: take a filter away" : "no samples";
          if (isTable) showTable();
          else place();
          describe();
          remember(isStep);
        };
        const place = () => {
          arrange();
          const pane = panes[state.pane] || panes[0];
          if (panes.length > 1 && !pane.zoom) graphElement.scrollTop = Math.max(0, panes[0].top - height / 2);
          else if (!pane.zoom) graphElement.scrollTop = pane.up ? graphElement.scrollHeight : 0;
          else reveal(pane, pane.zoom);
          draw();
        };
        const zoomTo = (pane, node) => {
          for (const other of panes) if (other !== pane) other.zoom = 0;
          pane.zoom = node;
          state.pane = Math.max(panes.indexOf(pane), 0);
          state.zoom = node > 0 ? keyOf(pane.graph, node) : "";
          const box = { pane, node };
          arrange();
          reveal(pane, node);
          hovered = null;
          hideTip();
          choose(box);
          remember(true);
        };
        const zoomed = () => panes.find((pane) => pane.zoom > 0);
        const leaveZoom = () => { state.zoom = ""; state.pane = 0; };
        const set = (changes) => {
          Object.assign(state, changes);
          leaveZoom();
          rebuild();
        };
        const show = (changes) => {
          Object.assign(state, changes);
          leaveZoom();
          review(true);
        };
        // One function, found in the graph by its whole name.
        const find = (f) => {
          const pattern = names[f].replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
          show({ view: "graph", expression: true, search: "^" + pattern + "$" });
        };
        const edit = (what, f) => {
          if (f < 0 || state.edits.some((edit) => edit.what === what && edit.of === f)) return;
          set({ edits: [...state.edits, { what, of: f }] });
        };
        const reset = () => {
          const { scheme, type, icicle } = state, view = state.view === "sandwich" ? "graph" : state.view;
          state = { ...fresh(), view, scheme, type, icicle };
          rebuild();
        };

        // Controls
        const option = (select, value, text, parent) => element("option", parent || select, { value, textContent: text });
        settings.types.forEach((type, index) => option(byId("type"), index, type.title));
        byId("type").parentNode.hidden = settings.types.length < 2;
        option(byId("group"), "", "no grouping");
        option(byId("where"), "", "all samples");
        for (const label of settings.labels) {
          option(byId("group"), label.key, label.key);
          const group = element("optgroup", byId("where"), { label: label.key });
          label.values.forEach((value, index) => option(null, settings.labels.indexOf(label) + "/" + index, value, group));
        }
        if (settings.leftOut.length) {
          element("optgroup", byId("where"), { label: "too many values: " + settings.leftOut.join(", "), disabled: true });
        }
        for (const id of ["group", "where"]) byId(id).parentNode.hidden = !settings.labels.length && !settings.leftOut.length;
        const SCHEMES = { module: "by module", kind: "by kind of code", hash: "by function", warm: "warm", label: "by label" };
        for (const scheme in SCHEMES) {
          const isOffered = scheme !== "label" || settings.labels.length || kinds.includes(LABEL);
          if (isOffered) option(byId("scheme"), scheme, SCHEMES[scheme]);
        }
        byId("scheme").parentNode.hidden = diff !== null;
        byId("sides").hidden = byId("values").hidden = diff === null;

        byId("type").addEventListener("change", (event) => set({ type: +event.target.value }));
        byId("group").addEventListener("change", (event) => set({ group: event.target.value }));
        byId("where").addEventListener("change", (event) => {
          if (!event.target.value) return;
          const [key, value] = event.target.value.split("/").map(Number), label = settings.labels[key];
          set({ where: { ...state.where, [label.key]: label.values[value] } });
        });
        byId("scheme").addEventListener("change", (event) => {
          state.scheme = event.target.value;
          draw();
          remember(false);
        });
        for (const key of ["view", "side"]) {
          for (const button of document.querySelectorAll(`[data-${key}]`)) {
            button.addEventListener("click", () => show({ [key]: button.dataset[key] }));
          }
        }
        const flip = () => { state.icicle = !state.icicle; place(); remember(false); };
        const collapse = () => set({ collapse: !state.collapse });
        byId("flip").addEventListener("click", flip);
        byId("collapse").addEventListener("click", collapse);
        byId("reset").addEventListener("click", reset);
        const toggleHelp = () => {
          byId("help").hidden = !byId("help").hidden;
          byId("keys").setAttribute("aria-expanded", !byId("help").hidden);
        };
        byId("keys").addEventListener("click", toggleHelp);
        const searched = () => {
          search();
          if (state.view === "table") {
            tableElement.scrollTop = 0;
            showTable();
          } else {
            draw();
          }
          remember(false);
        };
        input.addEventListener("input", () => {
          state.search = input.value;
          searched();
        });
        expression.addEventListener("click", () => {
          state.expression = !state.expression;
          expression.setAttribute("aria-pressed", state.expression);
          searched();
        });
        byId("function").addEventListener("focus", () => {
          const list = byId("functions");
          if (list.children.length) return;
          for (let f = 0; f < Math.min(functionCount, 20000); f++) if (isFunction(f)) option(list, names[f], "");
        });
        byId("function").addEventListener("change", (event) => {
          const f = functionNamed(event.target.value);
          event.target.classList.toggle("bad", f < 0);
          if (f >= 0) show({ of: f });
        });

        // What keys and buttons act on.
        const functionAt = (box) => box && box.node >= 0 ? box.pane.graph.func[box.node] : -1;
        const act = {
          focus: (box) => edit("focus", functionAt(box)),
          hide: (box) => edit("hide", functionAt(box)),
          drop: (box) => edit("drop", functionAt(box)),
          sandwich: (box) => show({ view: "sandwich", of: functionAt(box) >= 0 ? functionAt(box) : state.of }),
          copy: (box) => { if (functionAt(box) >= 0) copyText(stackText(box.pane, box.node)); },
        };
        for (const name in act) byId(name).addEventListener("click", () => act[name](chosen));

        // Pointer
        graphElement.addEventListener("pointermove", (event) => {
          const edge = graphElement.getBoundingClientRect(), box = boxAt(event.clientX - edge.left, event.clientY - edge.top);
          const isOther = !box !== !hovered || box && (box.node !== hovered.node || box.pane !== hovered.pane);
          hovered = box;
          graphElement.classList.toggle("over", box !== null);
          if (box) showTip(box, event.clientX, event.clientY); else hideTip();
          if (isOther) draw();
        });
        const leave = () => {
          hovered = null;
          hideTip();
          draw();
        };
        graphElement.addEventListener("pointerleave", leave);
        graphElement.addEventListener("scroll", leave);
        graphElement.addEventListener("click", (event) => {
          const edge = graphElement.getBoundingClientRect(), box = boxAt(event.clientX - edge.left, event.clientY - edge.top);
          if (box) zoomTo(box.pane, box.node < 0 ? -1 - box.node : box.node);
        });

        // Keys
        graphElement.addEventListener("focus", () => {
          const pane = zoomed() || panes[0];
          if (!chosen && graphElement.matches(":focus-visible")) choose({ pane, node: pane.zoom });
        });
        const beside = (box, step) => {
          const row = box.pane.rows[box.level];
          for (let k = box.index + step; k >= 0 && k < row.node.length; k += step) {
            if (row.node[k] >= 0) return { pane: box.pane, node: row.node[k] };
          }
          return box;
        };
        const widest = (box) => {
          const { graph, rows } = box.pane, row = rows[box.level + 1];
          let best = -1;
          for (let k = 0; row && k < row.node.length; k++) {
            const node = row.node[k];
            if (node >= 0 && graph.parent[node] === box.node && (best < 0 || row.width[k] > row.width[best])) best = k;
          }
          return best < 0 ? box : { pane: box.pane, node: row.node[best] };
        };
        const walk = (key) => {
          const pane = zoomed() || panes[0];
          let box = chosen ? boxOf(chosen.pane, chosen.node) : null;
          if (!box) return { pane, node: pane.zoom };
          if (key === "ArrowLeft" || key === "ArrowRight") return beside(box, key === "ArrowLeft" ? -1 : 1);
          const isDeeper = box.pane.up === (key === "ArrowUp");
          if (isDeeper) return widest(box);
          if (box.node > 0 && box.level - 1 >= box.pane.skip) return { pane: box.pane, node: box.pane.graph.parent[box.node] };
          // In a sandwich the way leads on through the function in the middle.
          if (panes.length < 2) return box;
          if (box.pane === panes[1]) return { pane: panes[0], node: 0 };
          const over = panes[1].rows.length > 1 ? widest({ pane: panes[1], level: 0, node: 0 }) : box;
          return over.node > 0 ? over : box;
        };
        const escape = () => {
          if (!byId("help").hidden) toggleHelp();
          else if (state.search) {
            state.search = input.value = "";
            searched();
          } else if (zoomed()) {
            zoomTo(zoomed(), 0);
            choose(null);
          } else {
            reset();
          }
        };
        window.addEventListener("keydown", (event) => {
          if (event.defaultPrevented || event.altKey) return;
          const command = event.ctrlKey || event.metaKey, target = event.target;
          const typing = target.tagName === "INPUT" || target.tagName === "SELECT";
          if (command && event.key.toLowerCase() === "f" && target !== input || event.key === "/" && !command && !typing) {
            event.preventDefault();
            input.focus();
            input.select();
            return;
          }
          if (event.key === "Escape") {
            event.preventDefault();
            if (typing) target.blur();
            escape();
            return;
          }
          if (command || typing) return;
          const isTable = state.view === "table", row = target.dataset && target.dataset.of;
          const pick = hovered || chosen;
          switch (event.key) {
            case "ArrowUp": case "ArrowDown": case "ArrowLeft": case "ArrowRight": {
              if (isTable) return;
              const box = walk(event.key);
              choose(box);
              reveal(box.pane, box.node);
              break;
            }
            case "Enter":
              // On a button, Enter is the button's.
              if (isTable || target.tagName === "BUTTON") return;
              if (chosen) zoomTo(chosen.pane, chosen.node);
              break;
            case "f": case "F": act.focus(pick); break;
            case "h": case "H": act.hide(pick); break;
            case "x": case "X": act.drop(pick); break;
            case "c": case "C": act.copy(pick); break;
            case "s": case "S":
              if (row !== undefined) show({ view: "sandwich", of: +row }); else act.sandwich(isTable ? null : pick);
              break;
            case "u": case "U": if (state.edits.length) set({ edits: state.edits.slice(0, -1) }); break;
            case "g": case "G": show({ view: "graph" }); break;
            case "r": case "R": show({ view: "reversed" }); break;
            case "t": case "T": show({ view: "table" }); break;
            case "i": case "I": if (!isTable) flip(); break;
            case "m": case "M": collapse(); break;
            case "?": toggleHelp(); break;
            default: return;
          }
          event.preventDefault();
        });

        const follow = () => {
          if (link() === location.hash.slice(1)) return;
          state = stateOf(location.hash.slice(1));
          rebuild(false);
        };
        window.addEventListener("hashchange", follow);
        window.addEventListener("popstate", follow);
        new ResizeObserver(() => {
          if (graphElement.hidden) return fillTable();
          if (graphElement.clientWidth === width + 24 && graphElement.clientHeight === height) return;
          place();
        }).observe(document.querySelector("main"));
        darkness.addEventListener("change", draw);

        brush.font = "11px " + FONT;
        columnWidth = brush.measureText("0".repeat(50)).width / 50;
        state = stateOf(location.hash.slice(1));
        rebuild(false);
        // For those who measure: when the first picture was there.
        requestAnimationFrame(() => requestAnimationFrame(() => performance.mark("hearth.drawn")));
        """#
}
