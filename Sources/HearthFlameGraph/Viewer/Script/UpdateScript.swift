/// Search, and what has to be made anew after a change: values, views, places of boxes.
enum UpdateScript {
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
        """#
}
